"""Compares observations in their v1 and v2 views."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.sdk_matrix.comparison import SLACK, Comparer, parse_time, shorten, words
from tests.sdk_matrix.expectations import RELEASE, ExpectedObservation

OBSERVATION_KEYS = words("""
    id traceId projectId environment type name startTime endTime completionStartTime parentObservationId level statusMessage
    version model modelParameters input output metadata usage usageDetails costDetails promptId promptName promptVersion
    modelId inputPrice outputPrice totalPrice calculatedInputCost calculatedOutputCost calculatedTotalCost latency
    timeToFirstToken createdAt updatedAt
""")
OBSERVATION_V2_KEYS = words("""
    id traceId startTime endTime projectId parentObservationId type name level statusMessage version environment bookmarked
    public userId sessionId isRootObservation completionStartTime createdAt updatedAt input output metadata providedModelName
    model internalModelId modelParameters usageDetails costDetails totalCost usagePricingTierName promptId promptName
    promptVersion latency timeToFirstToken tags release traceName modelId inputPrice outputPrice totalPrice
""")


class ObservationComparer(Comparer):
    """Adds what compares observations."""

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
            self.found.append(f"{where}: {shorten(actual)} is not text")
        else:
            self.same(where, json.loads(actual), wanted)


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
