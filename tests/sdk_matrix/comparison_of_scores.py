"""Compares scores in their v1, v2 and v3 shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.sdk_matrix.comparison import Comparer
from tests.sdk_matrix.expectations import ExpectedScore


class ScoreComparer(Comparer):
    """Adds what compares scores."""

    def scores(self, where: str, rows: Sequence[Mapping[str, Any]], wanted: Sequence[ExpectedScore]) -> None:
        """Compare scores in their v1 or v2 shape: none missing, none added."""
        by_name = {row.get("name"): row for row in rows}
        self.same(f"{where}: names", sorted(str(row.get("name")) for row in rows), sorted(score.name for score in wanted))
        for score in wanted:
            if score.name in by_name:
                self.score(f"{where}[{score.name}]", by_name[score.name], score)

    def score(self, where: str, row: Mapping[str, Any], wanted: ExpectedScore) -> None:
        """Compare one score in its v1 or v2 shape."""
        self._score_fields(where, row, wanted)
        self.fields(
            where,
            row,
            traceId=None if wanted.is_session_score else self.trace_id,
            observationId=self.id_of(wanted.observation),
            comment=wanted.comment,
        )
        if wanted.is_session_score:
            self.same(f"{where}.sessionId", row.get("sessionId"), self.session_id)
        self.metadata(f"{where}.metadata", row.get("metadata") or {}, wanted.metadata)
        match wanted.value:
            case bool():
                self.fields(where, row, value=float(wanted.value), stringValue=str(wanted.value))
            case str():
                self.fields(where, row, stringValue=wanted.value)
            case _:
                self.fields(where, row, value=wanted.value)

    def scores_v3(self, where: str, rows: Sequence[Mapping[str, Any]], wanted: Sequence[ExpectedScore]) -> None:
        """Compare scores in their v3 shape: typed values and a subject."""
        by_name = {row.get("name"): row for row in rows}
        self.same(f"{where}: names", sorted(str(row.get("name")) for row in rows), sorted(score.name for score in wanted))
        for score in wanted:
            if score.name in by_name:
                row = by_name[score.name]
                self._score_fields(f"{where}[{score.name}]", row, score)
                self.fields(f"{where}[{score.name}]", row, projectId=self.project_id, value=score.value, comment=score.comment)
                self.metadata(f"{where}[{score.name}].metadata", row.get("metadata") or {}, score.metadata)
                self.same(f"{where}[{score.name}].subject", row.get("subject"), self._subject(score))

    def _score_fields(self, where: str, row: Mapping[str, Any], wanted: ExpectedScore) -> None:
        environment = self.expected.dialect.environment
        self.fields(where, row, name=wanted.name, dataType=wanted.data_type, source="API", environment=environment)
        self.within_run(f"{where}.timestamp", row.get("timestamp"))
        self.within_run(f"{where}.createdAt", row.get("createdAt"))

    def _subject(self, score: ExpectedScore) -> dict[str, str]:
        if score.is_session_score:
            return {"kind": "session", "id": self.session_id}
        if score.observation is not None:
            return {"kind": "observation", "id": str(self.id_of(score.observation)), "traceId": self.trace_id}
        return {"kind": "trace", "id": self.trace_id}
