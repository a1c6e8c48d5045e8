"""OTLP/protobuf: from bytes to ``Span``s. Owns the binary encoding only; which spans count is ``otlp``'s business."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.observations import Micros
from spanwise_server.ingest.decode.otlp_text_repair import repair_text
from spanwise_server.ingest.decode.otlp_values import (
    MAX_VALUE_DEPTH,
    SPAN_ID_BYTES,
    TOO_DEEP,
    TRACE_ID_BYTES,
    cut_text,
    encode_bytes,
    name_double,
    pick_times,
)
from spanwise_server.ingest.decoded import IngestLimits
from spanwise_server.ingest.spans import Attributes, AttributeValue, Span, SpanEvent, SpanLink
from spanwise_server.ingest.truncation import cut, encode_cut

_STATUS_ERROR: Final = 2
_CONTAINERS: Final = (list, dict)
_NO_TRACE_ID: Final = bytes(TRACE_ID_BYTES)
_NO_SPAN_ID: Final = bytes(SPAN_ID_BYTES)


def parse_request(body: bytes) -> ExportTraceServiceRequest:
    """Parse a request, repairing text that is not UTF-8.

    Raises:
        InvalidRequestError: When the bytes are not an ExportTraceServiceRequest.
    """
    request = ExportTraceServiceRequest()
    try:
        try:
            request.ParseFromString(body)
        except DecodeError:
            request.ParseFromString(repair_text(body))
    except (DecodeError, RecursionError) as error:
        raise InvalidRequestError(
            "Failed to parse OTel Protobuf Trace",
            hint="Send an ExportTraceServiceRequest in protobuf binary form, or JSON with Content-Type: application/json.",
        ) from error
    return request


def find_fault(span: SpanMessage) -> str:
    """Say why a span cannot be kept; empty when it can."""
    trace_id = span.trace_id
    span_id = span.span_id
    if len(trace_id) != TRACE_ID_BYTES:
        return f"traceId has {len(trace_id)} bytes instead of {TRACE_ID_BYTES}"
    if len(span_id) != SPAN_ID_BYTES:
        return f"spanId has {len(span_id)} bytes instead of {SPAN_ID_BYTES}"
    if trace_id == _NO_TRACE_ID:
        return "traceId is all zeros"
    if span_id == _NO_SPAN_ID:
        return "spanId is all zeros"
    return ""


def read_span(message: SpanMessage, received_at: Micros, limits: IngestLimits) -> Span:
    """Read a span that ``find_fault`` found none in. What is longer or more than the limits is cut and named."""
    parent = message.parent_span_id
    start, end = pick_times(message.start_time_unix_nano, message.end_time_unix_nano, received_at)
    cut_keys: list[str] = []
    truncated: list[str] = []
    pairs = message.attributes
    span = Span(
        message.trace_id.hex(),
        message.span_id.hex(),
        parent.hex() if len(parent) == SPAN_ID_BYTES and parent != _NO_SPAN_ID else "",
        cut_text(message.name, "name", limits, truncated),
        start,
        end,
        read_attributes(pairs, limits, cut_keys),
    )
    if message.HasField("status"):
        status = message.status
        span.is_error = status.code == _STATUS_ERROR
        span.status_message = cut_text(status.message, "status_message", limits, truncated)
    if len(pairs) > limits.max_attributes:
        truncated.append("attributes")
    if parent and len(parent) != SPAN_ID_BYTES:
        truncated.append("parent_id")
    if cut_keys:
        span.cut_keys = cut_keys
    if message.events:
        span.events = [_read_event(event, start, limits, truncated) for event in message.events]
    if message.links:
        span.links = [_read_link(link, limits, truncated) for link in message.links]
    if truncated:
        span.truncated = truncated
    return span


def read_attributes(pairs: Sequence[KeyValue], limits: IngestLimits, cut_keys: list[str]) -> Attributes:
    """Read attributes into a plain dict; the last of equal keys wins, as in OpenTelemetry SDKs."""
    attributes: Attributes = {}
    if len(pairs) > limits.max_attributes:
        pairs = pairs[: limits.max_attributes]
    max_bytes = limits.max_attribute_bytes
    surely_short = max_bytes // 4  # characters; UTF-8 has at most four bytes for each
    for pair in pairs:
        value = pair.value
        # Most values are non-empty text, and for those one look at string_value replaces the oneof machinery.
        text = value.string_value
        if not text:
            content = _read_value(value, 0)
            is_cut = False
            if content.__class__ in _CONTAINERS and value.ByteSize() > max_bytes:
                content, is_cut = encode_cut(content, max_bytes)
        elif len(text) <= surely_short:
            attributes[pair.key] = text
            continue
        else:
            content, is_cut = cut(text, max_bytes)
        attributes[pair.key] = content
        if is_cut:
            cut_keys.append(pair.key)
    return attributes


def read_part(pairs: Sequence[KeyValue], limits: IngestLimits) -> tuple[Attributes, bool]:
    """Read the attributes of something other than a span, and say whether any of it was cut."""
    cut_keys: list[str] = []
    attributes = read_attributes(pairs, limits, cut_keys)
    return attributes, bool(cut_keys) or len(pairs) > limits.max_attributes


def _read_value(value: AnyValue, depth: int) -> AttributeValue:
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return value.string_value
    if kind == "int_value":
        return value.int_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "double_value":
        number = value.double_value
        return number if math.isfinite(number) else name_double(number)
    if depth >= MAX_VALUE_DEPTH:
        return TOO_DEEP
    if kind == "array_value":
        return [_read_value(item, depth + 1) for item in value.array_value.values]
    if kind == "kvlist_value":
        return {pair.key: _read_value(pair.value, depth + 1) for pair in value.kvlist_value.values}
    if kind == "bytes_value":
        return encode_bytes(value.bytes_value)
    return None


def _read_event(event: SpanMessage.Event, start: Micros, limits: IngestLimits, truncated: list[str]) -> SpanEvent:
    attributes, is_cut = read_part(event.attributes, limits)
    if is_cut:
        truncated.append("span_events")
    name = cut_text(event.name, "span_events", limits, truncated)
    return SpanEvent(name, pick_times(event.time_unix_nano, 0, start)[0], attributes)


def _read_link(link: SpanMessage.Link, limits: IngestLimits, truncated: list[str]) -> SpanLink:
    attributes, is_cut = read_part(link.attributes, limits)
    if is_cut:
        truncated.append("span_links")
    return SpanLink(link.trace_id.hex(), link.span_id.hex(), attributes)
