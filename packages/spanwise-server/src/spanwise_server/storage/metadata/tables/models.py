"""Model definitions of projects, the built-in prices that replace the released ones, and when either last changed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from spanwise_server.storage.metadata.tables.registry import metadata

models = Table(
    "models",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("match_pattern", String, nullable=False),
    Column("start_date", BigInteger),
    Column("unit", String),
    Column("tiers", Text, nullable=False),
    Column("tokenizer_id", String),
    Column("tokenizer_config", JSON),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("project_id", "name"),
)
"""``tiers`` is JSON text with prices as decimal text: a number would lose digits."""

built_in_prices = Table(
    "built_in_prices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
"""At most one row: the price file that replaces the released prices."""

price_revisions = Table(
    "price_revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)
"""One row that counts changes, so that every server process learns of them by one cheap read."""
