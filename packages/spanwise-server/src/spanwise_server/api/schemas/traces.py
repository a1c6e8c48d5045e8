"""The trace of ``GET /traces`` and ``GET /traces/{id}``, with the parts that ``fields`` can leave out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from typing_extensions import TypedDict

from spanwise_server.api.schemas.json_values import Json, json_object, payload
from spanwise_server.api.schemas.observations import ObservationView
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.scores import ScoreV1
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.domain.traces import Trace

GROUPS: Final = frozenset({"core", "io", "scores", "observations", "metrics"})
EXCLUDED_METRIC: Final = -1.0
"""What ``latency`` and ``totalCost`` hold when ``metrics`` was left out: clients need a number there."""
_MICROS = 1_000_000


class TraceBase(TypedDict):
    """A trace without what is computed from its observations; the form inside a session."""

    id: str
    projectId: str
    timestamp: str
    name: str | None
    environment: str
    tags: list[str]
    bookmarked: bool
    public: bool
    release: str | None
    version: str | None
    userId: str | None
    sessionId: str | None
    input: Json
    output: Json
    metadata: dict[str, Json]
    createdAt: str
    updatedAt: str
    externalId: str | None


class _TraceMetrics(TraceBase):
    htmlPath: str
    latency: float
    totalCost: float


class TraceItem(_TraceMetrics):
    """A trace in a list: ids of its observations and scores. ``latency`` in seconds, ``totalCost`` in USD, -1 when left out."""

    observations: list[str]
    scores: list[str]


class TraceDetails(_TraceMetrics):
    """One trace with its observations and scores in full (corrections are not among them)."""

    observations: list[ObservationView]
    scores: list[ScoreV1]


class Traces(TypedDict):
    """A numbered page of traces."""

    data: list[TraceItem]
    meta: PageMeta


def trace_base(trace: Trace) -> TraceBase:
    """Return the trace as a session lists it; excluded payloads are empty in ``trace`` already."""
    return {
        "id": trace.id,
        "projectId": trace.project_id,
        "timestamp": to_millis(trace.timestamp),
        "name": trace.name or None,
        "environment": trace.environment,
        "tags": trace.tags,
        "bookmarked": False,
        "public": trace.public,
        "release": trace.release or None,
        "version": trace.version or None,
        "userId": trace.user_id or None,
        "sessionId": trace.session_id or None,
        "input": payload(trace.input),
        "output": payload(trace.output),
        "metadata": json_object(trace.metadata),
        "createdAt": to_millis(trace.created_at),
        "updatedAt": to_millis(trace.updated_at),
        "externalId": None,
    }


def _trace_metrics(trace: Trace, groups: Collection[str]) -> _TraceMetrics:
    base = trace_base(trace)
    if "io" not in groups:
        base["input"] = base["output"] = None
        base["metadata"] = {}
    has_metrics = "metrics" in groups
    return {
        **base,
        "htmlPath": f"/project/{trace.project_id}/traces/{trace.id}",
        "latency": trace.latency_us / _MICROS if has_metrics else EXCLUDED_METRIC,
        "totalCost": float(trace.total_cost) if has_metrics else EXCLUDED_METRIC,
    }


def trace_item(trace: Trace, groups: Collection[str], score_ids: list[str]) -> TraceItem:
    """Return the trace as the list shows it."""
    return {
        **_trace_metrics(trace, groups),
        "observations": trace.observation_ids if "observations" in groups else [],
        "scores": score_ids,
    }


def trace_details(
    trace: Trace, groups: Collection[str], observations: list[ObservationView], scores: list[ScoreV1]
) -> TraceDetails:
    """Return the trace with everything that belongs to it."""
    return {**_trace_metrics(trace, groups), "observations": observations, "scores": scores}
