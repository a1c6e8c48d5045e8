"""Experiments as readers see them: computed from spans, never written. Times are microseconds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from spanwise_server.domain.observations import Micros
from spanwise_server.domain.payloads import decode_value


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


def metadata_text(attributes: Mapping[str, str], name: str) -> str:
    """Return the JSON text of a metadata attribute, or an empty text when there is none.

    Some clients send it whole under ``name``, others each key apart, under ``name.key`` with dots for deeper ones.
    """
    whole = attributes.get(name, "")
    prefix = f"{name}."
    parts = {key.removeprefix(prefix): text for key, text in attributes.items() if key.startswith(prefix)}
    if not parts:
        return whole
    given = decode_value(whole) if whole else {}
    merged: dict[str, Any] = given if isinstance(given, dict) else {}
    for path, text in sorted(parts.items()):
        _set(merged, path.split("."), decode_value(text))
    return msgspec.json.encode(merged).decode()


def _set(into: dict[str, Any], steps: list[str], value: Any) -> None:  # any JSON value
    *parents, last = steps
    for step in parents:
        child = into.setdefault(step, {})
        if not isinstance(child, dict):
            return  # a value and an object under one key: the value stays
        into = child
    into.setdefault(last, value)
