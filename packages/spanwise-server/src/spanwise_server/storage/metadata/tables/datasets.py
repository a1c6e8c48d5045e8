"""Datasets, their items with all versions, runs and run items.

JSON values are kept as JSON text: what a client sent comes back digit for digit, and neither database has a say in it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from spanwise_server.storage.metadata.tables.registry import metadata

STILL_VALID: Final = 2**62
"""``valid_to`` of an item's present version. A number, so that one index serves "now" and "then"."""

datasets = Table(
    "datasets",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("description", Text),
    Column("metadata", Text),
    Column("input_schema", Text),
    Column("expected_output_schema", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("project_id", "name"),
    Index("ix_datasets_newest", "project_id", "created_at", "id"),
)

dataset_items = Table(
    "dataset_items",
    metadata,
    Column("project_id", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("valid_from", BigInteger, primary_key=True),
    Column("valid_to", BigInteger, nullable=False),
    Column("dataset_id", ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    Column("status", String, nullable=False),
    Column("input", Text),
    Column("expected_output", Text),
    Column("metadata", Text),
    Column("source_trace_id", String),
    Column("source_observation_id", String),
    Column("created_at", BigInteger, nullable=False),
    # The creation time negated: lists go down in time and up in id, which a plain index can only follow this way.
    Column("newest_first", BigInteger, nullable=False),
    # Two writers of one item cannot both end up with its present version.
    UniqueConstraint("project_id", "id", "valid_to"),
    # Pages are counted and skipped within an index; only the rows of the page itself are fetched (benches/datasets.py).
    Index("ix_dataset_items_now", "dataset_id", "valid_to", "status", "newest_first", "id", "valid_from"),
    Index("ix_dataset_items_then", "dataset_id", "status", "newest_first", "id", "valid_from", "valid_to"),
    Index("ix_dataset_items_project", "project_id", "valid_to", "status", "newest_first", "id", "valid_from"),
    Index("ix_dataset_items_source", "project_id", "source_trace_id"),
)
"""One row a version of an item; ``valid_from`` is inclusive, ``valid_to`` exclusive. A deleted item ends in a tombstone."""

dataset_runs = Table(
    "dataset_runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", String, nullable=False),
    Column("dataset_id", ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("experiment_id", String, nullable=False),
    Column("description", Text),
    Column("metadata", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("dataset_id", "name"),
    Index(None, "project_id", "experiment_id"),
)
"""Runs that run items announced. ``experiment_id`` is what newer clients call the same run."""

dataset_run_items = Table(
    "dataset_run_items",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", String, nullable=False),
    Column("run_id", ForeignKey("dataset_runs.id", ondelete="CASCADE"), nullable=False),
    Column("dataset_item_id", String, nullable=False),
    Column("trace_id", String, nullable=False),
    Column("observation_id", String),
    Column("dataset_version", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_dataset_run_items_newest", "run_id", "created_at", "id"),
    Index("ix_dataset_run_items_times", "project_id", "created_at", "trace_id", "id"),
)

deleted_experiments = Table(
    "deleted_experiments",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("experiment_id", String, primary_key=True),
    Column("deleted_at", BigInteger, nullable=False),
)
"""Runs whose spans stay, as traces, but that are no runs any more: what arrived until ``deleted_at`` is not counted."""
