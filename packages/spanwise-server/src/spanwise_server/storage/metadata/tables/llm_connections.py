"""Connections to model providers, with encrypted keys."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, LargeBinary, String, Table, UniqueConstraint

from spanwise_server.storage.metadata.tables.registry import metadata

llm_connections = Table(
    "llm_connections",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("provider", String, nullable=False),
    Column("adapter", String, nullable=False),
    Column("display_secret", String, nullable=False),
    # The key and the values of the extra headers, sealed together.
    Column("sealed_credentials", LargeBinary, nullable=False),
    Column("base_url", String),
    Column("custom_models", JSON, nullable=False),
    Column("with_default_models", Boolean, nullable=False),
    Column("extra_header_names", JSON, nullable=False),
    # Not JSON: SQLAlchemy would keep "none" as a JSON null.
    Column("config", String),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("project_id", "provider"),
)
