"""API keys of organizations beside those of projects, what a key is for and when it was used, metadata of organizations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Let a key belong to an organization instead of a project, and add the columns."""
    op.add_column("organizations", sa.Column("metadata", sa.JSON(), nullable=True))
    op.add_column("projects", sa.Column("updated_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("api_keys") as table:
        table.alter_column("project_id", existing_type=sa.String(), nullable=True)
        table.add_column(sa.Column("organization_id", sa.String(), nullable=True))
        table.add_column(sa.Column("note", sa.String(), nullable=True))
        table.add_column(sa.Column("last_used_at", sa.BigInteger(), nullable=True))
        table.create_foreign_key(
            "fk_api_keys_organization_id", "organizations", ["organization_id"], ["id"], ondelete="CASCADE"
        )
        table.create_check_constraint(op.f("ck_api_keys_one_owner"), "(project_id IS NULL) <> (organization_id IS NULL)")
        table.create_index("ix_api_keys_organization_id", ["organization_id"])


def downgrade() -> None:
    """Drop the keys of organizations, which the older shape cannot hold, and the columns."""
    op.execute(sa.text("DELETE FROM api_keys WHERE project_id IS NULL"))
    with op.batch_alter_table("api_keys") as table:
        table.drop_index("ix_api_keys_organization_id")
        table.drop_constraint(op.f("ck_api_keys_one_owner"), type_="check")
        table.drop_constraint("fk_api_keys_organization_id", type_="foreignkey")
        for name in ("last_used_at", "note", "organization_id"):
            table.drop_column(name)
        table.alter_column("project_id", existing_type=sa.String(), nullable=False)
    # Not in batch mode: it would drop and refill the table, and the drop cascades to everything in the project.
    op.drop_column("projects", "updated_at")
    op.drop_column("organizations", "metadata")
