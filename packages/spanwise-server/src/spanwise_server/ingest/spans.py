"""A span as OpenTelemetry means it, whichever encoding it came in: what decoding hands to the conventions.

Owns plain types only. Attribute values are JSON values (text, bool, int, float, list, dict, ``None``); text is always
encodable as UTF-8. Times are microseconds since the epoch, ids lower-case hex.
"""

from __future__ import annotations

from typing import Any

import msgspec

from spanwise_server.domain.observations import Micros

AttributeValue = Any
"""A JSON value. ``Any`` because this is the edge where clients put what they like."""
Attributes = dict[str, AttributeValue]


class SpanEvent(msgspec.Struct, gc=False):
    """Something that happened at one moment of a span."""

    name: str
    time: Micros
    attributes: Attributes


class SpanLink(msgspec.Struct, gc=False):
    """A reference to another span, possibly of another trace."""

    trace_id: str
    span_id: str
    attributes: Attributes


class Span(msgspec.Struct, gc=False):
    """One valid span."""

    trace_id: str
    span_id: str
    parent_id: str
    """Empty for a span without a parent."""
    name: str
    start_time: Micros
    end_time: Micros
    attributes: Attributes
    is_error: bool = False
    status_message: str = ""
    events: list[SpanEvent] = []
    links: list[SpanLink] = []
    cut_keys: list[str] = []
    """Attributes whose value was longer than the limit and has been cut."""
    truncated: list[str] = []
    """Other parts that were cut, by the name under which the observation reports it."""


class LogRecord(msgspec.Struct, gc=False):
    """One log record, as far as it is read: its text and severity are not."""

    time: Micros
    attributes: Attributes
    trace_id: str
    """Empty for a record that was not made inside of a span."""


class Resource(msgspec.Struct, gc=False):
    """Who produced spans."""

    attributes: Attributes
    is_truncated: bool = False


class Scope(msgspec.Struct, gc=False):
    """The instrumentation library that produced spans."""

    name: str
    version: str
    attributes: Attributes
    is_truncated: bool = False
