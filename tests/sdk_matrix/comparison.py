"""Compares what was read back with what was expected, field by field, and collects every difference.

One comparer serves plain HTTP answers and the answers of SDK models alike: both are the JSON of the wire. Wire answers
are additionally held to having every documented key, because the SDK generations disagree about which may be missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.sdk_matrix.expectations import RELEASE, Expected, ExpectedObservation, ExpectedScore

SLACK = timedelta(milliseconds=2)
"""The public API cuts times to milliseconds; the JS SDK rounds them as well."""
ADDED_METADATA = {"resourceAttributes", "scope", "attributes"}
"""Keys of metadata that ingest adds to what the client sent."""


def _words(text: str) -> list[str]:
    return text.split()


OBSERVATION_KEYS = frozenset(
    _words("""
    id traceId projectId environment type name startTime endTime completionStartTime parentObservationId level statusMessage
    version model modelParameters input output metadata usage usageDetails costDetails promptId promptName promptVersion
    modelId inputPrice outputPrice totalPrice calculatedInputCost calculatedOutputCost calculatedTotalCost latency
    timeToFirstToken createdAt updatedAt
""")
)
OBSERVATION_V2_KEYS = frozenset(
    _words("""
    id traceId startTime endTime projectId parentObservationId type name level statusMessage version environment bookmarked
    public userId sessionId isRootObservation completionStartTime createdAt updatedAt input output metadata providedModelName
    model internalModelId modelParameters usageDetails costDetails totalCost usagePricingTierName promptId promptName
    promptVersion latency timeToFirstToken tags release traceName modelId inputPrice outputPrice totalPrice
""")
)
TRACE_KEYS = frozenset(
    _words("""
    id projectId timestamp name environment tags bookmarked public release version userId sessionId input output metadata
    createdAt updatedAt externalId htmlPath latency totalCost observations scores
""")
)


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(kw_only=True)
class Comparer:
    """What one generation recorded, and the differences found so far. ``report`` is what the agent script wrote."""

    expected: Expected
    report: Mapping[str, Any]
    project_id: str
    session_id: str
    is_wire: bool
    """Whether the answers came by plain HTTP and so must have every key."""
    found: list[str] = field(default_factory=list)

    @property
    def trace_id(self) -> str:
        return str(self.report["trace_id"])

    def id_of(self, name: str | None) -> str | None:
        return None if name is None else str(self.report["ids"][name])

    def same(self, where: str, actual: Any, wanted: Any) -> None:
        is_boolean_mixup = isinstance(actual, bool) is not isinstance(wanted, bool)
        if actual != wanted or is_boolean_mixup:
            self.found.append(f"{where}: {_short(actual)} instead of {_short(wanted)}")

    def fields(self, where: str, actual: Mapping[str, Any], **wanted: Any) -> None:
        for key, value in wanted.items():
            self.same(f"{where}.{key}", actual.get(key), value)

    def holds(self, where: str, fact: object) -> None:
        if not fact:
            self.found.append(where)

    def keys(self, where: str, actual: Mapping[str, Any], wanted: frozenset[str]) -> None:
        if self.is_wire:
            self.same(f"{where}: missing keys", sorted(wanted - actual.keys()), [])

    def within_run(self, where: str, text: Any) -> datetime | None:
        """Check that a time lies between the script's first and last moment."""
        if not isinstance(text, str):
            self.found.append(f"{where}: {text!r} is not a time")
            return None
        time = parse_time(text)
        if not parse_time(self.report["before"]) - SLACK <= time <= parse_time(self.report["after"]) + SLACK:
            self.found.append(f"{where}: {text} is outside of the run")
        return time

    def metadata(self, where: str, actual: Any, wanted: Mapping[str, Any]) -> None:
        if not isinstance(actual, dict):
            self.found.append(f"{where}: {actual!r} is not an object")
            return
        self.same(where, {k: v for k, v in actual.items() if k.split(".")[0] not in ADDED_METADATA}, dict(wanted))

    def observations(self, where: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Compare the v1 views of one trace's observations: none missing, none added."""
        by_name = {row.get("name"): row for row in rows}
        self.same(f"{where}: names", sorted(str(row.get("name")) for row in rows), sorted(self.expected.observations))
        for name, wanted in self.expected.observations.items():
            if name in by_name:
                self.observation(f"{where}[{name}]", by_name[name], wanted)

    def observation(self, where: str, row: Mapping[str, Any], wanted: ExpectedObservation) -> None:
        """Compare one v1 view."""
        self.keys(where, row, OBSERVATION_KEYS)
        self._shared_fields(where, row, wanted)
        self.fields(
            where,
            row,
            model=wanted.model,
            input=wanted.input,
            output=wanted.output,
            modelParameters=wanted.model_parameters,
            promptName=None,
            promptVersion=None,
            calculatedInputCost=wanted.cost.get("input"),
            calculatedOutputCost=wanted.cost.get("output"),
            calculatedTotalCost=wanted.cost.get("total"),
        )
        self.metadata(f"{where}.metadata", row.get("metadata"), wanted.metadata)
        usage = row.get("usage") or {}
        self.same(f"{where}.usage.input", usage.get("input"), _units(wanted.usage, "input"))
        self.same(f"{where}.usage.output", usage.get("output"), _units(wanted.usage, "output"))
        self.same(f"{where}.usage.total", usage.get("total"), wanted.usage.get("total", 0))

    def observations_v2(self, where: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Compare the v2 rows, all field groups asked for: none missing, none added."""
        by_name = {row.get("name"): row for row in rows}
        self.same(f"{where}: names", sorted(str(row.get("name")) for row in rows), sorted(self.expected.observations))
        for name, wanted in self.expected.observations.items():
            if name in by_name:
                self.observation_v2(f"{where}[{name}]", by_name[name], wanted)

    def observation_v2(self, where: str, row: Mapping[str, Any], wanted: ExpectedObservation) -> None:
        """Compare one v2 row: payloads as text, metadata flat, the trace's facts on every row."""
        expected = self.expected
        self.keys(where, row, OBSERVATION_V2_KEYS)
        self._shared_fields(where, row, wanted)
        self._payload_text(f"{where}.input", row.get("input"), wanted.input)
        self._payload_text(f"{where}.output", row.get("output"), wanted.output)
        self.metadata(f"{where}.metadata", row.get("metadata"), flatten(wanted.metadata))
        # SDK 5 declares "model", the JS SDK and SDK 4 declare "providedModelName"; each model keeps only what it declares.
        for key in ("model", "providedModelName"):
            if self.is_wire or key in row:
                self.same(f"{where}.{key}", row.get(key), wanted.model)
        parameters = row.get("modelParameters") or {}
        self.same(f"{where}.modelParameters", parameters, wanted.model_parameters)
        self.fields(
            where,
            row,
            public=True,
            userId=expected.user_id,
            sessionId=self.session_id,
            isRootObservation=wanted.parent is None,
            totalCost=wanted.cost.get("total"),
            traceName=expected.name,
            release=RELEASE,
        )
        self.same(f"{where}.tags", sorted(row.get("tags") or []), expected.tags)

    def _shared_fields(self, where: str, row: Mapping[str, Any], wanted: ExpectedObservation) -> None:
        self.fields(
            where,
            row,
            id=self.id_of(wanted.name),
            traceId=self.trace_id,
            projectId=self.project_id,
            parentObservationId=self.id_of(wanted.parent),
            type=wanted.type,
            name=wanted.name,
            level=wanted.level,
            statusMessage=wanted.status_message,
            version=wanted.version,
            environment=self.expected.dialect.environment,
            usageDetails=wanted.usage,
            costDetails=wanted.cost,
        )
        self._times(where, row, wanted)

    def _times(self, where: str, row: Mapping[str, Any], wanted: ExpectedObservation) -> None:
        started = self.within_run(f"{where}.startTime", row.get("startTime"))
        self.within_run(f"{where}.createdAt", row.get("createdAt"))
        self.within_run(f"{where}.updatedAt", row.get("updatedAt"))
        if wanted.type == "EVENT":
            self.holds(f"{where}.endTime of an event", row.get("endTime") in {None, row.get("startTime")})
        else:
            ended = self.within_run(f"{where}.endTime", row.get("endTime"))
            if started and ended:
                self.holds(f"{where}: ends before it starts", started <= ended)
                self._seconds(f"{where}.latency", row.get("latency"), (ended - started).total_seconds())
        if wanted.has_completion_start:
            first = self.within_run(f"{where}.completionStartTime", row.get("completionStartTime"))
            sent = parse_time(self.report["completion_start_time"])
            if first and started:
                self.holds(f"{where}.completionStartTime: {first} instead of {sent}", abs(first - sent) <= SLACK)
                self._seconds(f"{where}.timeToFirstToken", row.get("timeToFirstToken"), (first - started).total_seconds())
        else:
            self.same(f"{where}.completionStartTime", row.get("completionStartTime"), None)

    def _seconds(self, where: str, actual: Any, wanted: float) -> None:
        is_near = isinstance(actual, int | float) and abs(actual - wanted) <= SLACK.total_seconds()
        self.holds(f"{where}: {actual!r} instead of {wanted:.3f}", is_near)

    def _payload_text(self, where: str, actual: Any, wanted: Any) -> None:
        if wanted is None or isinstance(wanted, str):
            self.same(where, actual, wanted)
        elif not isinstance(actual, str):
            self.found.append(f"{where}: {_short(actual)} is not text")
        else:
            self.same(where, json.loads(actual), wanted)

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


def flatten(metadata: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return metadata under dotted keys, as the v2 observations show it."""
    flat: dict[str, Any] = {}
    for key, value in metadata.items():
        if isinstance(value, dict) and value:
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _units(usage: Mapping[str, int], direction: str) -> int:
    return sum(count for key, count in usage.items() if direction in key)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:300]}… ({len(text)} characters)"
