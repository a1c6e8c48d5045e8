"""Datasets, their items and the runs over them. No I/O, no wire names.

JSON values are JSON text; ``None`` is JSON null or "never set", which no client tells apart. Times are microseconds.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Final

import msgspec

from spanwise_server.domain.observations import Micros

_EXPERIMENT_SEED: Final = "langfuse-experiment-v1"
_EXPERIMENT_ID_DIGITS: Final = 16
_MILLISECOND: Final = 1000


class ItemStatus(StrEnum):
    """What becomes of an item in lists; ``DELETED`` is the tombstone and is never shown."""

    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """A named collection of items. The name is unique in the project and may hold slashes, which read as folders."""

    id: str
    project_id: str
    name: str
    description: str | None = None
    metadata: str | None = None
    input_schema: str | None = None
    """JSON Schema that every input must satisfy."""
    expected_output_schema: str | None = None
    created_at: Micros
    updated_at: Micros


class DatasetItem(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an item: what it was from ``valid_from`` until the next version.

    Times of versions are whole milliseconds, because that is what clients are shown and send back.
    """

    id: str
    project_id: str
    dataset_id: str
    dataset_name: str
    status: ItemStatus = ItemStatus.ACTIVE
    input: str | None = None
    expected_output: str | None = None
    metadata: str | None = None
    source_trace_id: str | None = None
    source_observation_id: str | None = None
    created_at: Micros
    valid_from: Micros


class StoredRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that was announced by run items. ``experiment_id`` is what newer clients call the same run."""

    id: str
    project_id: str
    dataset_id: str
    name: str
    experiment_id: str
    description: str | None = None
    metadata: str | None = None
    created_at: Micros
    updated_at: Micros


class StoredRunItem(msgspec.Struct, frozen=True, kw_only=True):
    """What a client said about one item of a run: this trace (or observation in it) is what came out."""

    id: str
    project_id: str
    run_id: str
    dataset_item_id: str
    trace_id: str
    observation_id: str | None = None
    dataset_version: Micros | None = None
    created_at: Micros
    updated_at: Micros


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run, however it was announced: by run items, by attributes of spans, or by both.

    ``id`` is that of the run items if there are any, else the experiment id of the spans.
    """

    id: str
    ids: tuple[str, ...]
    """Every id by which spans and scores may name it, ``id`` among them."""
    project_id: str
    dataset_id: str = ""
    """Empty for a run over data that is not a dataset."""
    name: str
    description: str | None = None
    metadata: str | None = None
    created_at: Micros
    updated_at: Micros
    start_time: Micros
    end_time: Micros
    item_count: int = 0
    """Different dataset items."""
    is_stored: bool = False
    """Run items announced it."""


class RunItem(msgspec.Struct, frozen=True, kw_only=True):
    """What came out for one item of a run, however it was announced."""

    id: str
    run_id: str
    run_name: str
    dataset_item_id: str
    trace_id: str
    observation_id: str | None = None
    created_at: Micros
    updated_at: Micros
    start_time: Micros | None = None
    """When the span that stands for the item started and ended, if a span says that it does."""
    end_time: Micros | None = None


def experiment_id_of(project_id: str, dataset_id: str, run_name: str) -> str:
    """Return the id under which clients that announce runs by span attributes know a run over a dataset.

    The rule is theirs (Langfuse SDKs of generation 5): the first 16 hex digits of the SHA-256 of a compact JSON array.
    """
    seed = msgspec.json.encode([_EXPERIMENT_SEED, project_id, dataset_id, run_name])
    return hashlib.sha256(seed).hexdigest()[:_EXPERIMENT_ID_DIGITS]


def version_time(now: Micros, previous: Micros | None = None) -> Micros:
    """Return the time of an item's next version: ``now`` in whole milliseconds, and later than ``previous``."""
    time = now - now % _MILLISECOND
    return time if previous is None else max(time, previous + _MILLISECOND)


def run_item_id_of(run_id: str, item_id: str, trace_id: str, observation_id: str) -> str:
    """Return the id of a run item that only a span announced: always the same for the same span."""
    seed = msgspec.json.encode([run_id, item_id, trace_id, observation_id])
    return hashlib.sha256(seed).hexdigest()[:32]
