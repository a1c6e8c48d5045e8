"""Tables of LLM connections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "llm_connections",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("adapter", sa.String(), nullable=False),
        sa.Column("display_secret", sa.String(), nullable=False),
        sa.Column("sealed_credentials", sa.LargeBinary(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=True),
        sa.Column("custom_models", sa.JSON(), nullable=False),
        sa.Column("with_default_models", sa.Boolean(), nullable=False),
        sa.Column("extra_header_names", sa.JSON(), nullable=False),
        sa.Column("config", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_llm_connections"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_llm_connections_project_id", ondelete="CASCADE"),
        sa.UniqueConstraint("project_id", "provider", name="uq_llm_connections_project_id_provider"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("llm_connections")
