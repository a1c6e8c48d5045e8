"""Compares traces and sessions, and with them everything one generation recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.sdk_matrix.comparison import parse_time, words
from tests.sdk_matrix.comparison_of_observations import ObservationComparer
from tests.sdk_matrix.comparison_of_scores import ScoreComparer
from tests.sdk_matrix.expectations import RELEASE

TRACE_KEYS = words("""
    id projectId timestamp name environment tags bookmarked public release version userId sessionId input output metadata
    createdAt updatedAt externalId htmlPath latency totalCost observations scores
""")


class RunComparer(ObservationComparer, ScoreComparer):
    """Adds what compares traces and sessions."""

    def trace(self, where: str, trace: Mapping[str, Any]) -> None:
        """Compare ``GET /traces/{id}``, its observations and scores included."""
        self.trace_fields(where, trace)
        self.observations(f"{where}.observations", trace.get("observations") or [])
        scores = trace.get("scores") or []
        wanted = [score for score in self.expected.scores.values() if not score.is_session_score]
        self.scores(f"{where}.scores", scores, wanted)

    def trace_fields(self, where: str, trace: Mapping[str, Any]) -> None:
        """Compare what a trace says of itself, in a list as well as alone."""
        expected = self.expected
        self.keys(where, trace, TRACE_KEYS)
        self.fields(
            where,
            trace,
            id=self.trace_id,
            name=expected.name,
            environment=expected.dialect.environment,
            release=RELEASE,
            version=expected.version,
            userId=expected.user_id,
            sessionId=self.session_id,
            public=True,
            input=expected.input,
            output=expected.output,
        )
        if self.is_wire:
            self.fields(where, trace, projectId=self.project_id, bookmarked=False, externalId=None)
        self.same(f"{where}.tags", sorted(trace.get("tags") or []), expected.tags)
        self.metadata(f"{where}.metadata", trace.get("metadata"), expected.metadata)
        self.same(f"{where}.htmlPath", trace.get("htmlPath"), f"/project/{self.project_id}/traces/{self.trace_id}")
        self.within_run(f"{where}.timestamp", trace.get("timestamp"))
        cost = trace.get("totalCost")
        is_cost = isinstance(cost, int | float) and abs(cost - expected.total_cost) < 1e-12
        self.holds(f"{where}.totalCost: {cost!r} instead of {expected.total_cost}", is_cost)
        latency = trace.get("latency")
        run = (parse_time(self.report["after"]) - parse_time(self.report["before"])).total_seconds()
        self.holds(f"{where}.latency: {latency!r}", isinstance(latency, int | float) and 0 <= latency <= run)

    def trace_item(self, where: str, trace: Mapping[str, Any]) -> None:
        """Compare an item of ``GET /traces``, which has ids where the single trace has objects."""
        self.trace_fields(where, trace)
        wanted = sorted(str(self.id_of(name)) for name in self.expected.observations)
        self.same(f"{where}.observations", sorted(trace.get("observations") or []), wanted)
        count = sum(not score.is_session_score for score in self.expected.scores.values())
        self.same(f"{where}.scores", len(trace.get("scores") or []), count)

    def session(self, where: str, session: Mapping[str, Any]) -> None:
        """Compare ``GET /sessions/{id}``."""
        self.session_fields(where, session)
        self.same(f"{where}.traces", [trace.get("id") for trace in session.get("traces") or []], [self.trace_id])

    def session_fields(self, where: str, session: Mapping[str, Any]) -> None:
        """Compare what a session says of itself, in a list as well as alone."""
        self.fields(
            where, session, id=self.session_id, projectId=self.project_id, environment=self.expected.dialect.environment
        )
        self.within_run(f"{where}.createdAt", session.get("createdAt"))
