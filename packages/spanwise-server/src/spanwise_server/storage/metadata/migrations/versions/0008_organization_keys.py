"""API keys of organizations beside those of projects, what a key is for and when it was used, metadata of organizations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_KEPT = ("id", "project_id", "public_key", "secret_hash", "display_secret", "created_at", "expires_at")
_ADDED = ("organization_id", "note", "last_used_at")
_ONE_OWNER = "(project_id IS NULL) <> (organization_id IS NULL)"


def upgrade() -> None:
    """Let a key belong to an organization instead of a project, and add the columns."""
    op.add_column("organizations", sa.Column("metadata", sa.JSON(), nullable=True))
    op.add_column("projects", sa.Column("updated_at", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(is_new=True)
        return
    op.alter_column("api_keys", "project_id", existing_type=sa.String(), nullable=True)
    for column in _added_columns():
        op.add_column("api_keys", column)
    op.create_foreign_key(
        "fk_api_keys_organization_id", "api_keys", "organizations", ["organization_id"], ["id"], ondelete="CASCADE"
    )
    op.create_check_constraint(op.f("ck_api_keys_one_owner"), "api_keys", _ONE_OWNER)
    op.create_index("ix_api_keys_organization_id", "api_keys", ["organization_id"])


def downgrade() -> None:
    """Drop the keys of organizations, which the older shape cannot hold, and the columns."""
    op.execute(sa.text("DELETE FROM api_keys WHERE project_id IS NULL"))
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(is_new=False)
    else:
        op.drop_constraint(op.f("ck_api_keys_one_owner"), "api_keys", type_="check")
        for name in _ADDED:
            op.drop_column("api_keys", name)
        op.alter_column("api_keys", "project_id", existing_type=sa.String(), nullable=False)
    # Not in batch mode: it would drop and refill the table, and the drop cascades to everything in the project.
    op.drop_column("projects", "updated_at")
    op.drop_column("organizations", "metadata")


def _added_columns() -> Sequence[sa.Column[Any]]:
    return [
        sa.Column("organization_id", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
    ]


def _rebuild(*, is_new: bool) -> None:
    """Make the table anew, as SQLite cannot change a column. Alembic's batch mode would write constraints in any order."""
    added: list[sa.Column[Any] | sa.Constraint] = [*_added_columns()]
    if is_new:
        added += [
            sa.ForeignKeyConstraint(
                ["organization_id"], ["organizations.id"], name="fk_api_keys_organization_id", ondelete="CASCADE"
            ),
            sa.CheckConstraint(_ONE_OWNER, name=op.f("ck_api_keys_one_owner")),
        ]
    op.create_table(
        "api_keys_rebuilt",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=is_new),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("display_secret", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        *(added if is_new else ()),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_api_keys_project_id", ondelete="CASCADE"),
        sa.UniqueConstraint("public_key", name="uq_api_keys_public_key"),
    )
    columns = ", ".join(_KEPT)
    op.execute(sa.text(f"INSERT INTO api_keys_rebuilt ({columns}) SELECT {columns} FROM api_keys"))  # noqa: S608 - our own names
    op.drop_table("api_keys")
    op.rename_table("api_keys_rebuilt", "api_keys")
    op.create_index("ix_api_keys_project_id", "api_keys", ["project_id"])
    if is_new:
        op.create_index("ix_api_keys_organization_id", "api_keys", ["organization_id"])
