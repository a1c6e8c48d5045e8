"""Tables of datasets, items, runs and run items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "datasets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("input_schema", sa.Text(), nullable=True),
        sa.Column("expected_output_schema", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_datasets_project_id", ondelete="CASCADE"),
        sa.UniqueConstraint("project_id", "name", name="uq_datasets_project_id_name"),
    )
    op.create_index("ix_datasets_newest", "datasets", ["project_id", "created_at", "id"])
    _create_items()
    _create_runs()
    op.create_table(
        "deleted_experiments",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("experiment_id", sa.String(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "experiment_id", name="pk_deleted_experiments"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_deleted_experiments_project_id", ondelete="CASCADE"),
    )


def _create_items() -> None:
    op.create_table(
        "dataset_items",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("expected_output", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("source_trace_id", sa.String(), nullable=True),
        sa.Column("source_observation_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("newest_first", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", "valid_from", name="pk_dataset_items"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_items_dataset_id", ondelete="CASCADE"),
        sa.UniqueConstraint("project_id", "id", "valid_to", name="uq_dataset_items_project_id_id_valid_to"),
    )
    indexes: dict[str, list[str]] = {
        "ix_dataset_items_now": ["dataset_id", "valid_to", "status", "newest_first", "id", "valid_from"],
        "ix_dataset_items_then": ["dataset_id", "status", "newest_first", "id", "valid_from", "valid_to"],
        "ix_dataset_items_project": ["project_id", "valid_to", "status", "newest_first", "id", "valid_from"],
        "ix_dataset_items_source": ["project_id", "source_trace_id"],
    }
    for name, columns in indexes.items():
        op.create_index(name, "dataset_items", columns)


def _create_runs() -> None:
    op.create_table(
        "dataset_runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("experiment_id", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dataset_runs"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_dataset_runs_dataset_id", ondelete="CASCADE"),
        sa.UniqueConstraint("dataset_id", "name", name="uq_dataset_runs_dataset_id_name"),
    )
    op.create_index("ix_dataset_runs_project_id_experiment_id", "dataset_runs", ["project_id", "experiment_id"])
    op.create_table(
        "dataset_run_items",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("dataset_item_id", sa.String(), nullable=False),
        sa.Column("trace_id", sa.String(), nullable=False),
        sa.Column("observation_id", sa.String(), nullable=True),
        sa.Column("dataset_version", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dataset_run_items"),
        sa.ForeignKeyConstraint(["run_id"], ["dataset_runs.id"], name="fk_dataset_run_items_run_id", ondelete="CASCADE"),
    )
    op.create_index("ix_dataset_run_items_newest", "dataset_run_items", ["run_id", "created_at", "id"])
    op.create_index("ix_dataset_run_items_times", "dataset_run_items", ["project_id", "created_at", "trace_id", "id"])


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    for table in ("deleted_experiments", "dataset_run_items", "dataset_runs", "dataset_items", "datasets"):
        op.drop_table(table)
