"""The observation: the one stored unit of telemetry.

Owns the row that ingest builds and every reader receives. It holds no wire names and performs no I/O.

Times are integers: microseconds since the Unix epoch, UTC. Zero-length strings mean "not set"; a field that can be
absent and whose zero value is meaningful is ``None`` instead. JSON-valued fields hold JSON text (see ``payloads``).
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

Micros = int
"""Microseconds since the Unix epoch, UTC."""


class ObservationType(StrEnum):
    """What an observation is.

    ``TRACE`` rows carry trace-level facts sent on their own, have an empty id, and are never listed.
    """

    SPAN = "SPAN"
    GENERATION = "GENERATION"
    EVENT = "EVENT"
    AGENT = "AGENT"
    TOOL = "TOOL"
    CHAIN = "CHAIN"
    RETRIEVER = "RETRIEVER"
    EVALUATOR = "EVALUATOR"
    EMBEDDING = "EMBEDDING"
    GUARDRAIL = "GUARDRAIL"
    TRACE = "TRACE"


class Level(StrEnum):
    """Severity of an observation, least to most severe."""

    DEBUG = "DEBUG"
    DEFAULT = "DEFAULT"
    WARNING = "WARNING"
    ERROR = "ERROR"


DEFAULT_ENVIRONMENT: Final = "default"


class Observation(msgspec.Struct, kw_only=True, gc=False):
    """One observation of one trace, complete.

    Identity is ``(project_id, trace_id, id)``. A later row with the same identity and a higher ``row_version``
    replaces the earlier one as a whole; partial updates are folded before they reach this type (``domain.merging``).
    """

    project_id: str
    trace_id: str
    id: str
    start_time: Micros
    type: str = "SPAN"
    name: str = ""
    parent_id: str = ""
    is_root: bool = False
    """No parent, or marked by the client as the root of its application."""
    end_time: Micros | None = None
    completion_start_time: Micros | None = None
    level: str = "DEFAULT"
    status_message: str = ""
    environment: str = DEFAULT_ENVIRONMENT
    version: str = ""
    release: str = ""
    user_id: str = ""
    session_id: str = ""
    tags: list[str] = []
    input: str = ""
    output: str = ""
    metadata: dict[str, str] = {}
    """Top-level key to payload text (``payloads.encode_value``); nested values stay JSON text under their top key."""
    model: str = ""
    model_parameters: str = ""
    """JSON object text, or empty."""
    usage: dict[str, int] = {}
    """Units by usage key: ``input``, ``output``, ``total`` and finer keys."""
    cost: dict[str, Decimal] = {}
    """USD by cost key, ``total`` included whenever any cost is known."""
    total_cost: Decimal | None = None
    cost_source: str = ""
    """``provided`` by the client, computed from the prices of a ``model``, or empty: there is no cost."""
    usage_estimated: bool = False
    """Nobody reported a usage; the tokens were counted here."""
    model_id: str = ""
    """The model definition that ``model`` means; empty when none does."""
    price_tier_id: str = ""
    """The tier of its prices that the cost was computed with; empty when it was not."""
    price_tier: str = ""
    """The tier's name."""
    prompt_name: str = ""
    prompt_version: int = 0
    """1 or more; 0 when no prompt is linked."""
    prompt_id: str = ""
    """Of that version. Not stored: whoever reads looks it up (``services.prompts.links``)."""
    tool_names: list[str] = []
    """Names of the tools that were offered to the model."""
    called_tool_names: list[str] = []
    """One entry for each tool call in the output, in order."""
    experiment: dict[str, str] = {}
    """``langfuse.experiment.*`` attributes by their short name, e.g. ``id``, ``item.id``."""
    span_events: str = ""
    """JSON array text of span events ``{name, time, attributes}``, or empty."""
    span_links: str = ""
    """JSON array text of span links ``{traceId, spanId, attributes}``, or empty."""
    trace_name: str = ""
    trace_input: str = ""
    trace_output: str = ""
    trace_metadata: dict[str, str] = {}
    trace_public: bool | None = None
    source: str = "otlp"
    """``otlp`` or ``ingestion``: the door it came through."""
    sdk_name: str = ""
    sdk_version: str = ""
    public_key: str = ""
    """Public half of the API key that wrote the row."""
    truncated: list[str] = []
    """Names of fields that were cut at ingest because they exceeded a limit."""
    clock: dict[str, int] = {}
    """Field to logical time of its last writer; only rows fed by partial updates have one (``domain.merging``)."""
    created_at: Micros = 0
    row_version: int = 0
    """Nanoseconds since the epoch when the row was written; the highest wins and is the update time."""
