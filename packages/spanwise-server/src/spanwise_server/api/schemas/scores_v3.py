"""The score of ``GET /v3/scores``: one ``value`` whose type follows ``dataType``, and optional groups of fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Final, Literal, NotRequired

from typing_extensions import TypedDict

from spanwise_server.api.schemas.json_values import Json, one_of
from spanwise_server.api.schemas.pages import LimitedCursorMeta
from spanwise_server.api.schemas.scores import score_metadata
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.domain.scores import Score, ScoreDataType, ScoreSource

GROUPS: Final = frozenset({"core", "details", "subject", "annotation"})


class TraceSubject(TypedDict):
    """The score judges a trace."""

    kind: Literal["trace"]
    id: str


class ObservationSubject(TypedDict):
    """The score judges an observation of the trace ``traceId``."""

    kind: Literal["observation"]
    id: str
    traceId: str


class SessionSubject(TypedDict):
    """The score judges a session."""

    kind: Literal["session"]
    id: str


class ExperimentSubject(TypedDict):
    """The score judges an experiment (a dataset run)."""

    kind: Literal["experiment"]
    id: str


Subject = TraceSubject | ObservationSubject | SessionSubject | ExperimentSubject


class ScoreV3(TypedDict):
    """One score; ``value`` is a number (NUMERIC), a boolean (BOOLEAN) or text (all other data types)."""

    id: str
    projectId: str
    name: str
    value: bool | float | str
    dataType: Annotated[str, one_of(ScoreDataType)]
    source: Annotated[str, one_of(ScoreSource)]
    timestamp: str
    environment: str
    createdAt: str
    updatedAt: str
    comment: NotRequired[str | None]
    configId: NotRequired[str | None]
    metadata: NotRequired[dict[str, Json]]
    subject: NotRequired[Subject | None]
    authorUserId: NotRequired[str | None]
    queueId: NotRequired[str | None]


class ScoresV3(TypedDict):
    """A page of scores, newest first."""

    data: list[ScoreV3]
    meta: LimitedCursorMeta


def score_value(score: Score) -> bool | float | str:
    """Return the value in the type that the score's data type promises."""
    if score.data_type == ScoreDataType.NUMERIC:
        return score.value or 0.0
    if score.data_type == ScoreDataType.BOOLEAN:
        return bool(score.value)
    return score.string_value


def subject(score: Score) -> Subject | None:
    """Return what the score judges; ``None`` for a score that names nothing."""
    if score.observation_id and score.trace_id:
        return {"kind": "observation", "id": score.observation_id, "traceId": score.trace_id}
    if score.trace_id:
        return {"kind": "trace", "id": score.trace_id}
    if score.session_id:
        return {"kind": "session", "id": score.session_id}
    if score.dataset_run_id:
        return {"kind": "experiment", "id": score.dataset_run_id}
    return None


def score_v3(score: Score, groups: Collection[str]) -> ScoreV3:
    """Return ``score`` with its core keys and those of ``groups``."""
    wire: ScoreV3 = {
        "id": score.id,
        "projectId": score.project_id,
        "name": score.name,
        "value": score_value(score),
        "dataType": score.data_type,
        "source": score.source,
        "timestamp": to_millis(score.timestamp),
        "environment": score.environment,
        "createdAt": to_millis(score.created_at),
        "updatedAt": to_millis(score.row_version // 1000),
    }
    if "details" in groups:
        wire["comment"] = score.comment or None
        wire["configId"] = score.config_id or None
        wire["metadata"] = score_metadata(score)
    if "subject" in groups:
        wire["subject"] = subject(score)
    if "annotation" in groups:
        wire["authorUserId"] = score.author_user_id or None
        wire["queueId"] = score.queue_id or None
    return wire
