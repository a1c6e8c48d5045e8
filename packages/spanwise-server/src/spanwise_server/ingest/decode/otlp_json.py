"""OTLP/JSON: from plain JSON values to ``Span``s. Owns the JSON encoding only; which spans count is ``otlp``'s business.

Field names are lowerCamelCase as OTLP says; the snake_case of the protobuf file is taken too, because hand-written clients
send it and ignoring it would lose their data without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.observations import Micros
from spanwise_server.ingest.decode.otlp_values import (
    MAX_VALUE_DEPTH,
    SPAN_ID_BYTES,
    TOO_DEEP,
    TRACE_ID_BYTES,
    cut_text,
    parse_double,
    parse_enum,
    parse_id,
    parse_integer,
    pick_times,
)
from spanwise_server.ingest.decoded import IngestLimits
from spanwise_server.ingest.spans import Attributes, AttributeValue, Span, SpanEvent, SpanLink
from spanwise_server.ingest.truncation import cut, encode_cut

JsonObject = Mapping[str, Any]

_STATUS_CODES: Final = {
    "STATUS_CODE_UNSET": 0,
    "STATUS_CODE_OK": 1,
    "STATUS_CODE_ERROR": 2,
    "UNSET": 0,
    "OK": 1,
    "ERROR": 2,
}
_STATUS_ERROR: Final = 2
_INT64_MIN: Final = -(2**63)
_UINT64_MAX: Final = 2**64 - 1


def get_field(source: JsonObject, name: str, snake_name: str) -> Any:
    """Return a field under its JSON name, or under its protobuf name; ``None`` when it has neither."""
    value = source.get(name)
    return source.get(snake_name) if value is None else value


def list_of(source: JsonObject, name: str, snake_name: str, path: tuple[str | int, ...]) -> list[Any]:
    """Return a repeated field; a missing one is empty, as protobuf's JSON mapping leaves empty lists out.

    Raises:
        InvalidRequestError: When it is there and no list.
    """
    value = get_field(source, name, snake_name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise broken_request(f"{name} must be an array", (*path, name))
    return value


def broken_request(what: str, path: tuple[str | int, ...]) -> InvalidRequestError:
    """Make the error for a request whose structure is not OTLP."""
    where = ".".join(map(str, path))
    return InvalidRequestError(
        "Failed to parse OTel JSON Trace",
        hint=f"{where}: {what}." if where else f"{what}.",
    )


def find_fault(span: object) -> str:
    """Say why a span cannot be kept; empty when it can."""
    if not isinstance(span, dict):
        return "is not an object"
    for name, snake_name, size in (("traceId", "trace_id", TRACE_ID_BYTES), ("spanId", "span_id", SPAN_ID_BYTES)):
        value = get_field(span, name, snake_name)
        if parse_id(value, size) is None:
            if value is None or value == "":
                return f"{name} is missing"
            return f"{name} {str(value)[:64]!r} is not {size} bytes in hex, or is all zeros"
    return ""


def read_span(message: JsonObject, received_at: Micros, limits: IngestLimits) -> Span:
    """Read a span that ``find_fault`` found none in. What is longer or more than the limits is cut and named."""
    start, end = pick_times(
        parse_integer(get_field(message, "startTimeUnixNano", "start_time_unix_nano")) or 0,
        parse_integer(get_field(message, "endTimeUnixNano", "end_time_unix_nano")) or 0,
        received_at,
    )
    parent = get_field(message, "parentSpanId", "parent_span_id")
    parent_id = parse_id(parent, SPAN_ID_BYTES) or ""
    cut_keys: list[str] = []
    truncated: list[str] = []
    pairs = message.get("attributes")
    status = message.get("status")
    status = status if isinstance(status, dict) else {}
    events = [event for event in _items(message.get("events")) if isinstance(event, dict)]
    links = [link for link in _items(message.get("links")) if isinstance(link, dict)]
    span = Span(
        parse_id(get_field(message, "traceId", "trace_id"), TRACE_ID_BYTES) or "",
        parse_id(get_field(message, "spanId", "span_id"), SPAN_ID_BYTES) or "",
        parent_id,
        cut_text(_text(message.get("name")), "name", limits, truncated),
        start,
        end,
        read_attributes(pairs, limits, cut_keys),
        parse_enum(status.get("code"), _STATUS_CODES) == _STATUS_ERROR,
        cut_text(_text(status.get("message")), "status_message", limits, truncated),
        [_read_event(event, start, limits, truncated) for event in events],
        [_read_link(link, limits, truncated) for link in links],
        cut_keys,
        truncated,
    )
    if len(_items(pairs)) > limits.max_attributes:
        truncated.append("attributes")
    if not parent_id and not _is_no_id(parent):
        truncated.append("parent_id")
    return span


def read_attributes(pairs: object, limits: IngestLimits, cut_keys: list[str]) -> Attributes:
    """Read attributes into a plain dict; a plain JSON object is taken for what it means. The last of equal keys wins."""
    attributes: Attributes = {}
    for pair in _items(pairs)[: limits.max_attributes]:
        if not isinstance(pair, dict) or "key" not in pair:
            continue
        key = _text(pair["key"])
        value = _read_value(pair.get("value"), 0)
        if isinstance(value, str):
            value, is_cut = cut(value, limits.max_attribute_bytes)
        elif isinstance(value, (list, dict)):
            text, is_cut = encode_cut(value, limits.max_attribute_bytes)
            value = text if is_cut else value
        else:
            is_cut = False
        attributes[key] = value
        if is_cut:
            cut_keys.append(key)
    return attributes


def read_part(pairs: object, limits: IngestLimits) -> tuple[Attributes, bool]:
    """Read the attributes of something other than a span, and say whether any of it was cut."""
    cut_keys: list[str] = []
    attributes = read_attributes(pairs, limits, cut_keys)
    return attributes, bool(cut_keys) or len(_items(pairs)) > limits.max_attributes


def _items(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [{"key": key, "value": item} for key, item in value.items()]
    return []


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _is_no_id(value: object) -> bool:
    """Say whether a parent id means "none": missing, empty, or nothing but zeros."""
    if isinstance(value, str):
        return not value.strip("0= A")
    if isinstance(value, list):
        return not any(value)
    return not value


def _read_event(event: JsonObject, start: Micros, limits: IngestLimits, truncated: list[str]) -> SpanEvent:
    nanos = parse_integer(get_field(event, "timeUnixNano", "time_unix_nano")) or 0
    attributes, is_cut = read_part(event.get("attributes"), limits)
    if is_cut:
        truncated.append("span_events")
    name = cut_text(_text(event.get("name")), "span_events", limits, truncated)
    return SpanEvent(name, pick_times(nanos, 0, start)[0], attributes)


def _read_link(link: JsonObject, limits: IngestLimits, truncated: list[str]) -> SpanLink:
    attributes, is_cut = read_part(link.get("attributes"), limits)
    if is_cut:
        truncated.append("span_links")
    return SpanLink(
        parse_id(get_field(link, "traceId", "trace_id"), TRACE_ID_BYTES) or "",
        parse_id(get_field(link, "spanId", "span_id"), SPAN_ID_BYTES) or "",
        attributes,
    )


def _read_value(value: object, depth: int) -> AttributeValue:
    """Read an AnyValue; a JSON value that is not wrapped in one is taken as it is."""
    if isinstance(value, dict) and len(value) == 1:
        ((kind, content),) = value.items()
        if kind in ("stringValue", "string_value"):
            return content if isinstance(content, str) else _plain(content, depth)
        return _read_other(kind, content, value, depth)
    if isinstance(value, dict) and not value:
        return None
    return _plain(value, depth)


def _read_other(kind: str, content: Any, whole: JsonObject, depth: int) -> AttributeValue:
    if kind in ("intValue", "int_value"):
        number = parse_integer(content)
        return _plain(content if number is None else number, depth)
    if kind in ("boolValue", "bool_value"):
        return content if isinstance(content, bool) else content in ("true", 1)
    if kind in ("doubleValue", "double_value"):
        double = parse_double(content)
        return _plain(content, depth) if double is None else double
    if kind in ("arrayValue", "array_value", "kvlistValue", "kvlist_value"):
        if depth >= MAX_VALUE_DEPTH:
            return TOO_DEEP
        items = content.get("values") if isinstance(content, dict) else content
        if kind[0] == "a":
            return [_read_value(item, depth + 1) for item in items] if isinstance(items, list) else []
        return {
            _text(pair["key"]): _read_value(pair.get("value"), depth + 1)
            for pair in _items(items)
            if isinstance(pair, dict) and "key" in pair
        }
    if kind in ("bytesValue", "bytes_value"):
        return content if isinstance(content, str) else _plain(content, depth)
    return _plain(whole, depth)


def _plain(value: Any, depth: int) -> AttributeValue:
    """Bound a plain JSON value: depth, and integers to what 64 bits hold (larger ones become text)."""
    if value.__class__ is int:
        return value if _INT64_MIN <= value <= _UINT64_MAX else str(value)
    if not isinstance(value, (list, dict)):
        return value
    if depth >= MAX_VALUE_DEPTH:
        return TOO_DEEP
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    return {key: _plain(item, depth + 1) for key, item in value.items()}
