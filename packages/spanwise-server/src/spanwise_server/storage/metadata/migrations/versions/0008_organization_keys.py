"""Tables of organization-scoped API keys and what administration needs."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
