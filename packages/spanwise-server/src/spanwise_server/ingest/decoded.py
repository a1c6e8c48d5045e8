"""What decoding hands on: complete observations, partial updates, and what was refused and why.

The types that ``ingest.decode`` produces and ``services.ingestion`` consumes. Times in microseconds since the epoch.
"""

from __future__ import annotations

import msgspec

from spanwise_server.domain.observations import Micros, Observation
from spanwise_server.domain.partials import Partial


class IngestLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on one request; ``settings`` has the defaults and the meaning of each."""

    max_decompressed_bytes: int
    max_json_depth: int
    max_attributes: int
    max_attribute_bytes: int
    max_batch_events: int


class IngestContext(msgspec.Struct, frozen=True, kw_only=True):
    """Who sent a request, when it came, and what it may contain."""

    project_id: str
    public_key: str
    sdk_name: str
    sdk_version: str
    received_at: Micros
    limits: IngestLimits
    is_scores_only: bool = False
    """The credential may write scores and nothing else (a bare public key)."""


class Decoded(msgspec.Struct, kw_only=True):
    """Everything usable in one request."""

    observations: list[Observation] = []
    partials: list[Partial] = []
    size_bytes: int = 0
    """Rough memory that the rows hold; what the write queue is bounded by."""


class DecodedSpans(Decoded, kw_only=True):
    """An OTLP request. Spans that cannot be kept are counted; the rest is kept (OTLP partial success)."""

    rejected_spans: int = 0
    rejection: str = ""
    """Names the first fault and where it is; empty when nothing was rejected."""


class EventResult(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The fate of one legacy event, as the 207 body lists it."""

    id: str
    status: int
    message: str = ""
    error: str = ""


class DecodedBatch(Decoded, kw_only=True):
    """A legacy batch: accepted events in ``partials``, the fate of every event in order."""

    successes: list[EventResult] = []
    errors: list[EventResult] = []


class DecodedScores(Decoded, kw_only=True):
    """A ``POST /scores`` request: accepted scores in ``partials``. A single score that is wrong never gets here."""

    is_array: bool
    ids: list[str] = []
    """Ids of the accepted scores, in order; generated where the client gave none."""
    errors: list[str] = []
    """One message for each refused item of an array; it begins with the item's index."""
