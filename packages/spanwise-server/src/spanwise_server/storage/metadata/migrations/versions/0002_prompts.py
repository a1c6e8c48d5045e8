"""Prompts, their versions, labels and references, and what protects and invalidates them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "prompts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prompts"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_prompts_project_id", ondelete="CASCADE"),
        sa.UniqueConstraint("project_id", "name", name="uq_prompts_project_id_name"),
    )
    op.create_table(
        "prompt_versions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("prompt_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("commit_message", sa.Text(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prompt_versions"),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name="fk_prompt_versions_prompt_id", ondelete="CASCADE"),
        sa.UniqueConstraint("prompt_id", "version", name="uq_prompt_versions_prompt_id_version"),
    )
    _create_labels_and_references()
    _create_settings()


def _create_labels_and_references() -> None:
    op.create_table(
        "prompt_labels",
        sa.Column("prompt_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prompt_id", "label", name="pk_prompt_labels"),
        sa.ForeignKeyConstraint(
            ["prompt_id", "version"],
            ["prompt_versions.prompt_id", "prompt_versions.version"],
            name="fk_prompt_labels_prompt_id_version",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_prompt_labels_prompt_id_version", "prompt_labels", ["prompt_id", "version"])
    op.create_table(
        "prompt_references",
        sa.Column("parent_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("parent_id", "position", name="pk_prompt_references"),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["prompt_versions.id"], name="fk_prompt_references_parent_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_prompt_references_project_id", ondelete="CASCADE"),
    )
    op.create_index("ix_prompt_references_project_id_name", "prompt_references", ["project_id", "name"])


def _create_settings() -> None:
    op.create_table(
        "prompt_revisions",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_prompt_revisions"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_prompt_revisions_project_id", ondelete="CASCADE"),
    )
    op.create_table(
        "protected_prompt_labels",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "label", name="pk_protected_prompt_labels"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_protected_prompt_labels_project_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    for table in (
        "protected_prompt_labels",
        "prompt_revisions",
        "prompt_references",
        "prompt_labels",
        "prompt_versions",
        "prompts",
    ):
        op.drop_table(table)
