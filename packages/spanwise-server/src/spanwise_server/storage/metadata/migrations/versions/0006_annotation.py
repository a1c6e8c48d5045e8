"""Comments, and annotation queues with their items and assignments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "comments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("trace_id", sa.String(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("author_user_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_comments_project_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_user_id"], ["users.id"], name="fk_comments_author_user_id", ondelete="SET NULL"),
    )
    op.create_index("ix_comments_author_user_id", "comments", ["author_user_id"])
    op.create_index("ix_comments_project_id_object_type_object_id", "comments", ["project_id", "object_type", "object_id"])
    op.create_index("ix_comments_project_id_created_at", "comments", ["project_id", "created_at"])
    op.create_index("ix_comments_project_id_trace_id", "comments", ["project_id", "trace_id"])
    _create_queues()


def _create_queues() -> None:
    op.create_table(
        "annotation_queues",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("score_config_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_annotation_queues"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_annotation_queues_project_id", ondelete="CASCADE"),
        sa.UniqueConstraint("project_id", "name", name="uq_annotation_queues_project_id_name"),
    )
    op.create_index("ix_annotation_queues_project_id_created_at", "annotation_queues", ["project_id", "created_at"])
    op.create_table(
        "annotation_queue_items",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("queue_id", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_annotation_queue_items"),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["annotation_queues.id"], name="fk_annotation_queue_items_queue_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_annotation_queue_items_queue_id_status_created_at", "annotation_queue_items", ["queue_id", "status", "created_at"]
    )
    op.create_index("ix_annotation_queue_items_object_id", "annotation_queue_items", ["object_id"])
    op.create_table(
        "annotation_queue_assignments",
        sa.Column("queue_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("queue_id", "user_id", name="pk_annotation_queue_assignments"),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["annotation_queues.id"], name="fk_annotation_queue_assignments_queue_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_annotation_queue_assignments_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_annotation_queue_assignments_user_id", "annotation_queue_assignments", ["user_id"])


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    for table in ("annotation_queue_assignments", "annotation_queue_items", "annotation_queues", "comments"):
        op.drop_table(table)
