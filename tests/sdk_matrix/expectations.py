"""What must be read back: the scenario, narrowed to what the generation's wire can carry, in plain Python values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.sdk_matrix.differences import Dialect
from tests.sdk_matrix.environments import AGENTS

SCENARIO: dict[str, Any] = json.loads((AGENTS / "scenario.json").read_text("utf-8"))
RELEASE = "release-9"
ENVIRONMENT = "staging"
PAYLOAD_UNIT: str = SCENARIO["payload_unit"]
ROOT = "plan-trip"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedObservation:
    """One observation as every read must show it. ``parent`` is the parent's name in the scenario, or none."""

    name: str
    type: str
    parent: str | None
    level: str
    status_message: str | None
    version: str | None
    input: Any
    output: Any
    metadata: dict[str, Any]
    model: str | None
    model_parameters: dict[str, Any]
    usage: dict[str, int]
    cost: dict[str, float]
    has_completion_start: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedScore:
    """One score. ``observation`` is a name in the scenario; ``value`` is typed as the newest read gives it."""

    name: str
    data_type: str
    value: float | str | bool
    comment: str | None
    metadata: dict[str, Any]
    observation: str | None
    is_session_score: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Everything that one generation's run must read back as."""

    dialect: Dialect
    payload_repeat: int
    name: str
    user_id: str
    tags: list[str]
    version: str
    input: Any
    output: Any
    metadata: dict[str, Any]
    observations: dict[str, ExpectedObservation]
    scores: dict[str, ExpectedScore]

    @property
    def total_cost(self) -> float:
        return sum(observation.cost.get("total", 0.0) for observation in self.observations.values())


def _read_metadata(metadata: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    if not dialect.string_numbers_are_numbers:
        return metadata
    return {key: int(value) if isinstance(value, str) and value.isdigit() else value for key, value in metadata.items()}


def _observation(name: str, told: dict[str, Any], dialect: Dialect, payload: str) -> ExpectedObservation:
    failed = told.get("error")
    error = f"NoRoomsLeftError: {failed}" if failed and dialect.error_names_its_type else failed
    type_ = "SPAN" if told["type"] in {"AGENT", "TOOL"} and not dialect.knows_agents_and_tools else told["type"]
    cost = told.get("cost", {})
    return ExpectedObservation(
        name=name,
        type=type_,
        parent=told["parent"],
        level="ERROR" if failed else told.get("level", "DEFAULT"),
        status_message=error or told.get("status_message"),
        version=SCENARIO["trace"]["version"] if dialect.version_on_observations else None,
        input=payload if told.get("payload") else told.get("input"),
        output=payload if told.get("payload") else told.get("output"),
        metadata=_read_metadata(told.get("metadata", {}), dialect),
        model=told.get("model"),
        model_parameters={
            key: str(value) if isinstance(value, float) and not dialect.sends_parameters_as_numbers else value
            for key, value in told.get("model_parameters", {}).items()
        },
        usage=told.get("usage", {}),
        cost=cost if dialect.cost_has_parts or not cost else {"total": cost["total"]},
        has_completion_start=told.get("completion_start", False),
    )


def _score(name: str, told: dict[str, Any], dialect: Dialect) -> ExpectedScore:
    data_type = told.get("data_type", "NUMERIC")
    return ExpectedScore(
        name=name,
        data_type=data_type,
        value=bool(told["value"]) if data_type == "BOOLEAN" else told["value"],
        comment=told.get("comment"),
        metadata=told.get("metadata", {}) if dialect.has_score_metadata else {},
        observation=told.get("observation"),
        is_session_score=told.get("session", False),
    )


def expect(dialect: Dialect) -> Expected:
    """Return what a client of this dialect must read back after running the scenario."""
    trace = SCENARIO["trace"]
    repeat = dialect.payload_bytes // len(PAYLOAD_UNIT.encode())
    told = {
        name: observation
        for name, observation in SCENARIO["observations"].items()
        if dialect.has_event_observations or observation["type"] != "EVENT"
    }
    observations = {name: _observation(name, one, dialect, PAYLOAD_UNIT * repeat) for name, one in told.items()}
    scores = {name: _score(name, one, dialect) for name, one in SCENARIO["scores"].items()}
    return Expected(
        dialect=dialect,
        payload_repeat=repeat,
        name=trace["name"],
        user_id=trace["user_id"],
        tags=sorted(trace["tags"]),
        version=trace["version"],
        input=trace["input"] if dialect.has_own_trace_io else observations[ROOT].input,
        output=trace["output"] if dialect.has_own_trace_io else observations[ROOT].output,
        metadata=(observations[ROOT].metadata if dialect.trace_has_root_metadata else {})
        | _read_metadata(trace["metadata"], dialect),
        observations=observations,
        scores={n: s for n, s in scores.items() if dialect.has_session_scores or not s.is_session_score},
    )
