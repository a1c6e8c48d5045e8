"""An OTLP trace export request, whole: which spans are kept, which are refused, and the limits of one request.

The encodings are ``otlp_protobuf``'s and ``otlp_json``'s business, the meaning of attributes ``ingest.conventions``'s.
The body arrives decompressed (``decode.body``).

What is refused follows the OTLP specification (1.x, "Partial Success") rather than failing the request for one bad span: a
client that gets a 400 throws the whole batch away, so one wrong id would cost its neighbours. Only a request whose
structure cannot be read (not protobuf, not JSON, ``resourceSpans``, ``scopeSpans`` or ``spans`` no arrays) fails as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from spanwise_server.domain.errors import InvalidRequestError, PayloadRejectedError, PayloadTooLargeError
from spanwise_server.domain.observations import Micros, Observation
from spanwise_server.ingest.conventions.mapping import SpanMapper
from spanwise_server.ingest.decode import otlp_json, otlp_protobuf
from spanwise_server.ingest.decode.body import parse_json
from spanwise_server.ingest.decode.otlp_values import cut_text
from spanwise_server.ingest.decoded import DecodedSpans, IngestContext, IngestLimits
from spanwise_server.ingest.spans import Attributes, Resource, Scope, Span

_ROW_BYTES: Final = 2500
"""Measured with realistic spans: what a row holds besides the text that came in the request."""
_TEXT_FACTOR: Final = 2
"""Text in memory is wider than UTF-8 when it is not Latin."""


class _Group(msgspec.Struct, gc=False):
    """The spans of one scope in one resource, not yet read."""

    resource: Resource
    scope: Scope
    spans: Sequence[Any]  # messages of the encoding
    where: str


class _Encoding(msgspec.Struct, frozen=True):
    """How one encoding names faults and reads spans."""

    find_fault: Callable[[Any], str]
    read_span: Callable[[Any, Micros, IngestLimits], Span]


_PROTOBUF: Final = _Encoding(otlp_protobuf.find_fault, otlp_protobuf.read_span)
_JSON: Final = _Encoding(otlp_json.find_fault, otlp_json.read_span)


def decode_spans(body: bytes, *, is_json: bool, context: IngestContext) -> DecodedSpans:
    """Decode an ExportTraceServiceRequest into complete observations.

    Args:
        body: The decompressed body.
        is_json: The body is OTLP/JSON; else it is OTLP/protobuf.
        context: Who sent it, when, and the limits.

    Returns:
        The observations of all spans that can be kept, in the order sent. ``rejected_spans`` counts the others (ids of
        the wrong length, not hex, or all zeros) and ``rejection`` names the first of them.

    Raises:
        InvalidRequestError: The request's structure cannot be read.
        PayloadTooLargeError: It holds more than ``max_batch_events`` spans.
    """
    groups = _read_json_groups(body, context) if is_json else _read_protobuf_groups(body, context)
    limits = context.limits
    span_count = sum(len(group.spans) for group in groups)
    if span_count > limits.max_batch_events:
        raise PayloadTooLargeError(
            f"The request has {span_count} spans; at most {limits.max_batch_events} are accepted in one request",
            hint="Export smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE), or raise SPANWISE_MAX_BATCH_EVENTS on the server.",
        )
    result = DecodedSpans()
    encoding = _JSON if is_json else _PROTOBUF
    mapper = SpanMapper(context)
    for group in groups:
        _decode_group(group, encoding, mapper, result, context)
    result.size_bytes = len(body) * _TEXT_FACTOR + _ROW_BYTES * len(result.observations)
    return result


def _decode_group(group: _Group, encoding: _Encoding, mapper: SpanMapper, result: DecodedSpans, context: IngestContext) -> None:
    """Append the group's observations to ``result`` and count what is refused."""
    find_fault = encoding.find_fault
    read_span = encoding.read_span
    map_span = mapper.for_scope(group.resource, group.scope)
    observations: list[Observation] = result.observations
    received_at = context.received_at
    limits = context.limits
    for index, message in enumerate(group.spans):
        fault = find_fault(message)
        if fault:
            result.rejected_spans += 1
            if not result.rejection:
                result.rejection = f"{group.where}.spans[{index}]: {fault}"
            continue
        observations.append(map_span(read_span(message, received_at, limits)))


def _read_protobuf_groups(body: bytes, context: IngestContext) -> list[_Group]:
    request = otlp_protobuf.parse_request(body)
    groups = []
    for r, resource_spans in enumerate(request.resource_spans):
        resource = Resource(*otlp_protobuf.read_part(resource_spans.resource.attributes, context.limits))
        for s, scope_spans in enumerate(resource_spans.scope_spans):
            message = scope_spans.scope
            scope = _make_scope(
                message.name, message.version, otlp_protobuf.read_part(message.attributes, context.limits), context
            )
            groups.append(_Group(resource, scope, scope_spans.spans, f"resourceSpans[{r}].scopeSpans[{s}]"))
    return groups


def _read_json_groups(body: bytes, context: IngestContext) -> list[_Group]:
    try:
        request = parse_json(body, context.limits)
    except PayloadRejectedError:
        raise
    except InvalidRequestError as error:
        raise otlp_json.broken_request(error.message, ()) from error
    if not isinstance(request, dict):
        raise otlp_json.broken_request("the body must be an object with resourceSpans", ())
    groups = []
    for r, resource_spans in enumerate(otlp_json.list_of(request, "resourceSpans", "resource_spans", ())):
        path = ("resourceSpans", r)
        entry = _as_object(resource_spans, path)
        resource = Resource(*_read_json_part(entry.get("resource"), context))
        for s, scope_spans in enumerate(otlp_json.list_of(entry, "scopeSpans", "scope_spans", path)):
            scope_path = (*path, "scopeSpans", s)
            scope_entry = _as_object(scope_spans, scope_path)
            message = scope_entry.get("scope")
            message = message if isinstance(message, dict) else {}
            name, version = (text if isinstance(text, str) else "" for text in (message.get("name"), message.get("version")))
            scope = _make_scope(name, version, _read_json_part(message, context), context)
            spans = otlp_json.list_of(scope_entry, "spans", "spans", scope_path)
            groups.append(_Group(resource, scope, spans, f"resourceSpans[{r}].scopeSpans[{s}]"))
    return groups


def _as_object(value: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise otlp_json.broken_request("must be an object", path)
    return value


def _read_json_part(owner: object, context: IngestContext) -> tuple[Attributes, bool]:
    return otlp_json.read_part(owner.get("attributes") if isinstance(owner, dict) else None, context.limits)


def _make_scope(name: str, version: str, part: tuple[Attributes, bool], context: IngestContext) -> Scope:
    truncated: list[str] = []
    name = cut_text(name, "metadata", context.limits, truncated)
    version = cut_text(version, "metadata", context.limits, truncated)
    attributes, is_cut = part
    return Scope(name, version, attributes, is_cut or bool(truncated))
