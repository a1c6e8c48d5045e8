"""The shapes of the native API (``/api/v1``) that the browser reads: snake_case, times with microseconds."""

from __future__ import annotations

from typing_extensions import TypedDict

from spanwise_server.api.schemas.json_values import PREVIEW_CHARACTERS, Json, json_object, number, numbers, object_text
from spanwise_server.api.schemas.scores import score_metadata
from spanwise_server.api.schemas.scores_v3 import score_value
from spanwise_server.api.schemas.times import seconds_between, to_micros, to_micros_or_none
from spanwise_server.domain.observations import Level, Observation
from spanwise_server.domain.scores import Score
from spanwise_server.domain.traces import Trace

_MICROS = 1_000_000


class NativeTraceItem(TypedDict):
    """A trace in a list. Previews are the first 200 characters of the payload text; ``level_counts`` has every level."""

    id: str
    timestamp: str
    name: str | None
    user_id: str | None
    session_id: str | None
    tags: list[str]
    release: str | None
    version: str | None
    environment: str
    public: bool
    latency_seconds: float
    total_cost_usd: float | None
    usage: dict[str, int]
    observation_count: int
    level_counts: dict[str, int]
    models: list[str]
    input_preview: str | None
    output_preview: str | None


class NativeTracePage(TypedDict):
    """Traces, newest first; ``next_cursor`` is null on the last page."""

    items: list[NativeTraceItem]
    next_cursor: str | None


class NativeTrace(NativeTraceItem):
    """One trace. ``input`` and ``output`` are payload text: JSON if it parses as JSON, else plain text."""

    metadata: dict[str, Json]
    input: str | None
    output: str | None
    created_at: str
    updated_at: str


class NativeObservationItem(TypedDict):
    """An observation without its payloads; ``truncated`` names the fields that were cut at ingest."""

    id: str
    parent_id: str | None
    type: str
    name: str | None
    start_time: str
    end_time: str | None
    completion_start_time: str | None
    level: str
    status_message: str | None
    model: str | None
    model_parameters: dict[str, Json] | None
    usage: dict[str, int]
    cost_usd: dict[str, float]
    total_cost_usd: float | None
    cost_source: str | None
    usage_estimated: bool
    model_id: str | None
    price_tier: str | None
    latency_seconds: float | None
    time_to_first_token_seconds: float | None
    prompt_name: str | None
    prompt_version: int | None
    environment: str
    version: str | None
    is_root: bool
    called_tool_names: list[str]
    truncated: list[str]


class NativeObservation(NativeObservationItem):
    """One observation with its payloads (payload text, as in ``NativeTrace``) and where it came from."""

    trace_id: str
    input: str | None
    output: str | None
    metadata: dict[str, Json]
    span_events: list[Json]
    span_links: list[Json]
    user_id: str | None
    session_id: str | None
    tags: list[str]
    sdk_name: str | None
    sdk_version: str | None
    source: str


class NativeScoreItem(TypedDict):
    """A score; ``value`` is a number, a boolean or text, as ``data_type`` says. ``truncated`` names the fields that were cut."""

    id: str
    name: str
    timestamp: str
    source: str
    data_type: str
    value: bool | float | str
    comment: str | None
    trace_id: str | None
    observation_id: str | None
    session_id: str | None
    author_user_id: str | None
    metadata: dict[str, Json]
    truncated: list[str]


class NativeTraceDetails(TypedDict):
    """A trace with its observations (by start time) and scores (newest first)."""

    trace: NativeTrace
    observations: list[NativeObservationItem]
    scores: list[NativeScoreItem]


class NativeSession(NativeTracePage):
    """A session and a page of its traces, newest first."""

    id: str
    created_at: str


def native_trace_item(trace: Trace) -> NativeTraceItem:
    """Return the trace as the list shows it."""
    return {
        "id": trace.id,
        "timestamp": to_micros(trace.timestamp),
        "name": trace.name or None,
        "user_id": trace.user_id or None,
        "session_id": trace.session_id or None,
        "tags": trace.tags,
        "release": trace.release or None,
        "version": trace.version or None,
        "environment": trace.environment,
        "public": trace.public,
        "latency_seconds": trace.latency_us / _MICROS,
        "total_cost_usd": number(trace.total_cost) if trace.cost or trace.total_cost else None,
        "usage": trace.usage,
        "observation_count": trace.observation_count,
        "level_counts": {level.value: trace.level_counts.get(level, 0) for level in Level},
        "models": trace.models,
        "input_preview": trace.input[:PREVIEW_CHARACTERS] or None,
        "output_preview": trace.output[:PREVIEW_CHARACTERS] or None,
    }


def native_trace(trace: Trace) -> NativeTrace:
    """Return the trace with its payloads."""
    return {
        **native_trace_item(trace),
        "metadata": json_object(trace.metadata),
        "input": trace.input or None,
        "output": trace.output or None,
        "created_at": to_micros(trace.created_at),
        "updated_at": to_micros(trace.updated_at),
    }


def native_observation_item(row: Observation) -> NativeObservationItem:
    """Return the observation as the trace page lists it."""
    return {
        "id": row.id,
        "parent_id": row.parent_id or None,
        "type": row.type,
        "name": row.name or None,
        "start_time": to_micros(row.start_time),
        "end_time": to_micros_or_none(row.end_time),
        "completion_start_time": to_micros_or_none(row.completion_start_time),
        "level": row.level,
        "status_message": row.status_message or None,
        "model": row.model or None,
        "model_parameters": object_text(row.model_parameters) if row.model_parameters else None,
        "usage": row.usage,
        "cost_usd": numbers(row.cost),
        "total_cost_usd": number(row.total_cost),
        "cost_source": row.cost_source or None,
        "usage_estimated": row.usage_estimated,
        "model_id": row.model_id or None,
        "price_tier": row.price_tier or None,
        "latency_seconds": seconds_between(row.start_time, row.end_time),
        "time_to_first_token_seconds": seconds_between(row.start_time, row.completion_start_time),
        "prompt_name": row.prompt_name or None,
        "prompt_version": row.prompt_version or None,
        "environment": row.environment,
        "version": row.version or None,
        "is_root": row.is_root or not row.parent_id,
        "called_tool_names": row.called_tool_names,
        "truncated": row.truncated,
    }


def native_observation(row: Observation) -> NativeObservation:
    """Return the observation with its payloads."""
    return {
        **native_observation_item(row),
        "trace_id": row.trace_id,
        "input": row.input or None,
        "output": row.output or None,
        "metadata": json_object(row.metadata),
        "span_events": object_text(row.span_events) if row.span_events else [],
        "span_links": object_text(row.span_links) if row.span_links else [],
        "user_id": row.user_id or None,
        "session_id": row.session_id or None,
        "tags": row.tags,
        "sdk_name": row.sdk_name or None,
        "sdk_version": row.sdk_version or None,
        "source": row.source,
    }


def native_score_item(score: Score) -> NativeScoreItem:
    """Return the score as the trace page lists it."""
    return {
        "id": score.id,
        "name": score.name,
        "timestamp": to_micros(score.timestamp),
        "source": score.source,
        "data_type": score.data_type,
        "value": score_value(score),
        "comment": score.comment or None,
        "trace_id": score.trace_id or None,
        "observation_id": score.observation_id or None,
        "session_id": score.session_id or None,
        "author_user_id": score.author_user_id or None,
        "metadata": score_metadata(score),
        "truncated": score.truncated,
    }
