"""Answers of the ingest routes."""

from __future__ import annotations

from typing import NotRequired

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
