"""The trace and the session as readers see them: computed from observations, never written.

Owns the read types only. How they are computed is ``storage.events``'s business; the rules stand in each docstring.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from spanwise_server.domain.observations import DEFAULT_ENVIRONMENT, Micros


class Trace(msgspec.Struct, kw_only=True, gc=False):
    """All observations that share a ``trace_id``, summed up.

    An explicit trace field (a trace record, or a ``langfuse.trace.*`` attribute) beats one derived from the root
    observation; among equals the latest non-empty value wins, whatever order they arrived in.
    """

    project_id: str
    id: str
    timestamp: Micros
    """The trace record's own time when one was sent, else the earliest start."""
    name: str = ""
    user_id: str = ""
    session_id: str = ""
    tags: list[str] = []
    release: str = ""
    version: str = ""
    environment: str = DEFAULT_ENVIRONMENT
    public: bool = False
    input: str = ""
    output: str = ""
    metadata: dict[str, str] = {}
    end_time: Micros = 0
    """Latest end (or start) of any observation; equals ``timestamp`` when there is none."""
    latency_us: int = 0
    """Latest end minus earliest start over the observations; 0 when there is none."""
    observation_ids: list[str] = []
    """Filled only when asked for."""
    observation_count: int = 0
    level_counts: dict[str, int] = {}
    """Observations by level; levels that do not occur may be missing."""
    usage: dict[str, int] = {}
    """Units summed by usage key."""
    cost: dict[str, Decimal] = {}
    total_cost: Decimal = Decimal(0)
    models: list[str] = []
    created_at: Micros = 0
    updated_at: Micros = 0


class Session(msgspec.Struct, kw_only=True, gc=False):
    """All traces whose session is ``id``."""

    project_id: str
    id: str
    created_at: Micros
    environment: str = DEFAULT_ENVIRONMENT
    trace_count: int = 0
