"""The score of the first two score APIs (``/scores``, ``/v2/scores``): number and text side by side."""

from __future__ import annotations

from typing import Annotated, Final, NotRequired

from typing_extensions import TypedDict

from spanwise_server.api.schemas.json_values import Json, json_object, one_of
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.domain.scores import Score, ScoreDataType, ScoreSource
from spanwise_server.domain.traces import Trace


class _ScoreBase(TypedDict):
    id: str
    observationId: str | None
    name: str
    source: Annotated[str, one_of(ScoreSource)]
    timestamp: str
    environment: str
    createdAt: str
    updatedAt: str
    dataType: Annotated[str, one_of(ScoreDataType)]
    value: NotRequired[float]
    stringValue: str | None
    comment: str | None
    configId: str | None
    metadata: dict[str, Json]
    authorUserId: str | None
    queueId: str | None
    executionTraceId: str | None


class ScoreV1(_ScoreBase):
    """A score of a trace or an observation. ``value`` is absent from a TEXT score; a BOOLEAN has 0 or 1 and its word."""

    traceId: str


class TraceOfScoreV1(TypedDict):
    """The trace that a listed score belongs to; all null while the trace is unknown."""

    userId: str | None
    tags: list[str] | None
    environment: str | None


class ScoreItemV1(ScoreV1):
    """A score in the first list."""

    trace: TraceOfScoreV1


class ScoresV1(TypedDict):
    """A numbered page of trace scores, newest first."""

    data: list[ScoreItemV1]
    meta: PageMeta


class ScoreV2(_ScoreBase):
    """A score of any subject; exactly one of ``traceId``, ``sessionId`` and ``datasetRunId`` is set."""

    traceId: str | None
    sessionId: str | None
    datasetRunId: str | None


class TraceOfScoreV2(TraceOfScoreV1):
    """As in the first list, and the trace's session."""

    sessionId: str | None


class ScoreItemV2(ScoreV2):
    """A score in the second list; ``trace`` is null without a known trace or when ``fields`` leaves it out."""

    trace: TraceOfScoreV2 | None


class ScoresV2(TypedDict):
    """A numbered page of scores, newest first."""

    data: list[ScoreItemV2]
    meta: PageMeta


VIOLATION_KEY: Final = "score_config_violation"
"""Where the metadata of a score says why it was kept without its config."""


def score_metadata(score: Score) -> dict[str, Json]:
    """Return the score's metadata, with a word about its config where there is one to say."""
    metadata = json_object(score.metadata)
    return {**metadata, VIOLATION_KEY: score.config_violation} if score.config_violation else metadata


def _string_value(score: Score) -> str | None:
    if score.data_type == ScoreDataType.NUMERIC:
        return None
    if score.data_type == ScoreDataType.BOOLEAN:
        return "True" if score.value else "False"
    return score.string_value


def _score_base(score: Score) -> _ScoreBase:
    wire: _ScoreBase = {
        "id": score.id,
        "observationId": score.observation_id or None,
        "name": score.name,
        "source": score.source,
        "timestamp": to_millis(score.timestamp),
        "environment": score.environment,
        "createdAt": to_millis(score.created_at),
        "updatedAt": to_millis(score.row_version // 1000),
        "dataType": score.data_type,
        "stringValue": _string_value(score),
        "comment": score.comment or None,
        "configId": score.config_id or None,
        "metadata": score_metadata(score),
        "authorUserId": score.author_user_id or None,
        "queueId": score.queue_id or None,
        "executionTraceId": score.execution_trace_id or None,
    }
    if score.data_type != ScoreDataType.TEXT:
        wire["value"] = score.value or 0.0
    return wire


def score_v1(score: Score) -> ScoreV1:
    """Return a trace score as the first API shows it."""
    return {**_score_base(score), "traceId": score.trace_id}


def score_item_v1(score: Score, trace: Trace | None) -> ScoreItemV1:
    """Return a trace score with what the list says about its trace."""
    return {**score_v1(score), "trace": _trace_v1(trace)}


def score_v2(score: Score) -> ScoreV2:
    """Return a score as the second API shows it."""
    return {
        **_score_base(score),
        "traceId": score.trace_id or None,
        "sessionId": score.session_id or None,
        "datasetRunId": score.dataset_run_id or None,
    }


def score_item_v2(score: Score, trace: Trace | None) -> ScoreItemV2:
    """Return a score with what the list says about its trace."""
    return {**score_v2(score), "trace": None if trace is None else {**_trace_v1(trace), "sessionId": trace.session_id or None}}


def _trace_v1(trace: Trace | None) -> TraceOfScoreV1:
    if trace is None:
        return {"userId": None, "tags": None, "environment": None}
    return {"userId": trace.user_id or None, "tags": trace.tags, "environment": trace.environment}
