"""What decoding hands on: complete observations, partial updates, and what was refused and why.

The types that ``ingest.decode`` produces and ``services.ingestion`` consumes. Times in microseconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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


class EventResult(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The fate of one legacy event, as the 207 body lists it."""

    id: str
    status: int
    message: str = ""
    error: str = ""


class ConfiguredScore(msgspec.Struct, frozen=True, kw_only=True):
    """A score that names a config, which decoding does not know: what to compare with it, as it was sent."""

    partial: Partial
    value: Any  # any JSON value that a score may have
    data_type: str | None
    """None when none was sent; the config then says how ``value`` is to be read."""
    index: int = 0
    """Place in an array of scores."""
    result: EventResult | None = None
    """The entry of a legacy event among the successes."""


class Decoded(msgspec.Struct, kw_only=True):
    """Everything usable in one request."""

    observations: list[Observation] = []
    partials: list[Partial] = []
    configured: list[ConfiguredScore] = []
    """Those scores among ``partials`` that name a config."""
    size_bytes: int = 0
    """Rough memory that the rows hold; what the write queue is bounded by."""


class DecodedSpans(Decoded, kw_only=True):
    """An OTLP request. Spans that cannot be kept are counted; the rest is kept (OTLP partial success)."""

    rejected_spans: int = 0
    rejection: str = ""
    """Names the first fault and where it is; empty when nothing was rejected."""


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

    def refuse(self, refused: Sequence[tuple[Partial, str]]) -> None:
        """Take accepted scores out again, each with the message that says why."""
        gone = {id(partial) for partial, _ in refused}
        self.partials = [partial for partial in self.partials if id(partial) not in gone]
        self.ids = [partial.id for partial in self.partials]
        self.errors.extend(message for _, message in refused)
