"""Metrics: aggregates over telemetry and scores."""

from __future__ import annotations

from spanwise_server.storage.interface import EventReader


class Metrics:
    """Answers metrics queries from the event store."""

    def __init__(self, events: EventReader) -> None:
        self._events = events
