"""Tables of media files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "media_files",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("content_length", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), nullable=True),
        sa.Column("upload_status", sa.Integer(), nullable=True),
        sa.Column("upload_error", sa.String(), nullable=True),
        sa.Column("upload_time_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("project_id", "id", name="pk_media_files"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_media_files_project_id", ondelete="CASCADE"),
    )
    op.create_table(
        "media_links",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("trace_id", sa.String(), nullable=False),
        sa.Column("observation_id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("dataset_item_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "project_id",
            "media_id",
            "trace_id",
            "observation_id",
            "dataset_id",
            "dataset_item_id",
            "field",
            name="pk_media_links",
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "media_id"],
            ["media_files.project_id", "media_files.id"],
            name="fk_media_links_project_id_media_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_media_links_project_id_trace_id", "media_links", ["project_id", "trace_id"])
    op.create_index(
        "ix_media_links_project_id_dataset_id_dataset_item_id", "media_links", ["project_id", "dataset_id", "dataset_item_id"]
    )


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    op.drop_table("media_links")
    op.drop_table("media_files")
