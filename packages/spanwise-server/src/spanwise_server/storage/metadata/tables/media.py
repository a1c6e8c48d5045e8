"""Media files and what refers to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, String, Table

from spanwise_server.storage.metadata.tables.registry import metadata

media_files = Table(
    "media_files",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    Column("content_type", String, nullable=False),
    Column("content_length", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("uploaded_at", BigInteger),
    Column("upload_status", Integer),
    Column("upload_error", String),
    Column("upload_time_ms", BigInteger),
)

media_links = Table(
    "media_links",
    metadata,
    Column("project_id", String, primary_key=True),
    Column("media_id", String, primary_key=True),
    # Of the two subjects one is empty text, not null: a primary key has no nulls.
    Column("trace_id", String, primary_key=True),
    Column("observation_id", String, primary_key=True),
    Column("dataset_id", String, primary_key=True),
    Column("dataset_item_id", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["project_id", "media_id"], ["media_files.project_id", "media_files.id"], ondelete="CASCADE"),
    Index(None, "project_id", "trace_id"),
    Index(None, "project_id", "dataset_id", "dataset_item_id"),
)
