"""Bodies and answers of the ingest routes. The bodies are for readers of the OpenAPI document; ``ingest.decode`` has the rules."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict


class EventSuccess(TypedDict):
    """An event that was kept; the id is the event's. ``message`` says what is wrong with it all the same."""

    id: str
    status: int
    message: NotRequired[str]


class EventFailure(TypedDict):
    """An event that was not kept, and why."""

    id: str
    status: int
    message: NotRequired[str]
    error: NotRequired[str]


class IngestionResult(TypedDict):
    """The fate of every event of a batch."""

    successes: list[EventSuccess]
    errors: list[EventFailure]


class OtlpPartialSuccess(TypedDict):
    """How many spans were refused, and the first reason (OTLP 1.x)."""

    rejectedSpans: str
    errorMessage: str


class OtlpTraceResult(TypedDict):
    """The OTLP answer in its JSON form; a protobuf request gets the protobuf form."""

    partialSuccess: NotRequired[OtlpPartialSuccess]


class ScoreAccepted(TypedDict):
    """The id of a single score."""

    id: str


class RefusedScore(TypedDict):
    """Which score of an array was refused, and why."""

    message: str


class ScoresPartlyAccepted(TypedDict):
    """How many scores of an array were kept, and what was wrong with the others."""

    accepted: int
    rejected: int
    errors: list[RefusedScore]


class IngestionEvent(TypedDict):
    """One event of a batch: an envelope around the body that its type takes."""

    id: str
    timestamp: str
    type: str
    body: dict[str, Any]
    metadata: NotRequired[dict[str, Any] | None]


class IngestionBatch(TypedDict):
    """Events, in any order; sending one again changes nothing."""

    batch: list[IngestionEvent]
    metadata: NotRequired[dict[str, Any] | None]


class ScoreRequest(TypedDict):
    """One score of one subject: a trace (with or without an observation of it), a session, or a dataset run."""

    name: str
    value: float | str | bool
    id: NotRequired[str | None]
    traceId: NotRequired[str | None]
    observationId: NotRequired[str | None]
    sessionId: NotRequired[str | None]
    datasetRunId: NotRequired[str | None]
    dataType: NotRequired[Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT", "CORRECTION"] | None]
    configId: NotRequired[str | None]
    queueId: NotRequired[str | None]
    comment: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any] | None]
    environment: NotRequired[str | None]
    source: NotRequired[Literal["API", "ANNOTATION"] | None]
    timestamp: NotRequired[str | None]


class OtlpTraces(TypedDict):
    """``ExportTraceServiceRequest`` in its JSON form (OTLP 1.x)."""

    resourceSpans: NotRequired[list[dict[str, Any]]]


class OtlpMetrics(TypedDict):
    """``ExportMetricsServiceRequest`` in its JSON form (OTLP 1.x)."""

    resourceMetrics: NotRequired[list[dict[str, Any]]]


class OtlpLogs(TypedDict):
    """``ExportLogsServiceRequest`` in its JSON form (OTLP 1.x)."""

    resourceLogs: NotRequired[list[dict[str, Any]]]
