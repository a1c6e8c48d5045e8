"""Score configs."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, String, Table, Text

from spanwise_server.storage.metadata.tables.registry import metadata

score_configs = Table(
    "score_configs",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("data_type", String, nullable=False),
    Column("is_archived", Boolean, nullable=False),
    Column("min_value", Float),
    Column("max_value", Float),
    Column("categories", JSON(none_as_null=True)),
    Column("description", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "project_id", "created_at"),
)
"""``categories`` is an array of ``{"label", "value"}``, of BOOLEAN and CATEGORICAL configs only."""
