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
    encode_bytes,
    name_double,
    pick_times,
)
from spanwise_server.ingest.spans import Attributes, AttributeValue, Span, SpanEvent, SpanLink
from spanwise_server.ingest.truncation import cut

_STATUS_ERROR: Final = 2
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


def read_span(message: SpanMessage, received_at: Micros, max_attributes: int, max_value_bytes: int) -> Span:
    """Read a span that ``find_fault`` found none in. Long values and attributes beyond the limit are cut and named."""
    parent = message.parent_span_id
    start, end = pick_times(message.start_time_unix_nano, message.end_time_unix_nano, received_at)
    cut_keys: list[str] = []
    pairs = message.attributes
    span = Span(
        message.trace_id.hex(),
        message.span_id.hex(),
        parent.hex() if len(parent) == SPAN_ID_BYTES and parent != _NO_SPAN_ID else "",
        message.name,
        start,
        end,
        read_attributes(pairs, max_value_bytes, cut_keys, max_attributes),
    )
    if message.HasField("status"):
        status = message.status
        span.is_error = status.code == _STATUS_ERROR
        span.status_message = status.message
    if len(pairs) > max_attributes:
        span.truncated = ["attributes"]
    if parent and len(parent) != SPAN_ID_BYTES:
        span.truncated = [*span.truncated, "parent_id"]
    if cut_keys:
        span.cut_keys = cut_keys
    events = message.events
    if events:
        span.events = [_read_event(event, start, max_attributes, max_value_bytes) for event in events]
    links = message.links
    if links:
        span.links = [
            SpanLink(
                link.trace_id.hex(), link.span_id.hex(), read_attributes(link.attributes, max_value_bytes, [], max_attributes)
            )
            for link in links
        ]
    return span


def read_attributes(pairs: Sequence[KeyValue], max_value_bytes: int, cut_keys: list[str], max_attributes: int) -> Attributes:
    """Read attributes into a plain dict; the last of equal keys wins, as in OpenTelemetry SDKs."""
    attributes: Attributes = {}
    if len(pairs) > max_attributes:
        pairs = pairs[:max_attributes]
    surely_short = max_value_bytes // 4  # characters; UTF-8 has at most four bytes for each
    for pair in pairs:
        value = pair.value
        # Most values are non-empty text, and for those one look at string_value replaces the oneof machinery.
        text = value.string_value
        if not text:
            attributes[pair.key] = _read_value(value, 0)
        elif len(text) <= surely_short:
            attributes[pair.key] = text
        else:
            key = pair.key
            attributes[key], is_cut = cut(text, max_value_bytes)
            if is_cut:
                cut_keys.append(key)
    return attributes


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


def _read_event(event: SpanMessage.Event, start: Micros, max_attributes: int, max_value_bytes: int) -> SpanEvent:
    time, _ = pick_times(event.time_unix_nano, 0, start)
    return SpanEvent(event.name, time, read_attributes(event.attributes, max_value_bytes, [], max_attributes))
