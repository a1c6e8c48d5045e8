"""Experiments as readers see them: computed from spans, never written. Times are microseconds."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from spanwise_server.domain.observations import Micros


class Experiment(msgspec.Struct, kw_only=True):
    """All rows that name one experiment id, summed up: what clients of newer generations call a run."""

    id: str
    name: str
    description: str = ""
    metadata: str = ""
    """JSON text as the client sent it, or empty."""
    dataset_id: str = ""
    """Empty for an experiment over data that is not a dataset."""
    start_time: Micros
    end_time: Micros
    item_count: int
    updated_at: Micros
    item_ids: list[str] = []
    """Ids of its items; filled only when asked for."""


class TraceMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """What a trace took."""

    start_time: Micros
    end_time: Micros
    total_cost: Decimal
    """USD."""
    error_count: int
    """Observations with level ERROR."""


class ScoreSummary(msgspec.Struct, frozen=True, kw_only=True):
    """All scores of one name, data type and, unless they are numbers or free text, value."""

    name: str
    data_type: str
    value: str
    """The category or truth value; empty for numbers and free text."""
    count: int
    mean: float
