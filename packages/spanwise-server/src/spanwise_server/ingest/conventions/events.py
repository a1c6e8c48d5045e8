"""Span events and links as stored JSON text, and the exception among them. Which events are messages is the tables' business."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from spanwise_server.domain.observations import Micros
from spanwise_server.ingest.spans import SpanEvent, SpanLink

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EXCEPTION: Final = "exception"
_encode = msgspec.json.encode


def encode_events(events: Sequence[SpanEvent], left_out: Collection[int]) -> str:
    """Encode events as a JSON array of ``{name, time, attributes}``; times are ISO 8601 with microseconds and ``Z``.

    Args:
        events: The span's events.
        left_out: Positions of events that became the observation's input or output.
    """
    kept = [
        {"name": event.name, "time": _iso(event.time), "attributes": event.attributes}
        for position, event in enumerate(events)
        if position not in left_out
    ]
    return _encode(kept).decode() if kept else ""


def encode_links(links: Sequence[SpanLink]) -> str:
    """Encode links as a JSON array of ``{traceId, spanId, attributes}``."""
    return _encode(
        [{"traceId": link.trace_id, "spanId": link.span_id, "attributes": link.attributes} for link in links]
    ).decode()


def find_exception(events: Sequence[SpanEvent]) -> str:
    """Return ``type: message`` of the last recorded exception, the one that ended the span; empty when there is none."""
    for event in reversed(events):
        if event.name == _EXCEPTION:
            parts = (event.attributes.get("exception.type"), event.attributes.get("exception.message"))
            text = ": ".join(part for part in parts if isinstance(part, str) and part)
            if text:
                return text
    return ""


def _iso(time: Micros) -> str:
    moment = _EPOCH + timedelta(microseconds=time)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
