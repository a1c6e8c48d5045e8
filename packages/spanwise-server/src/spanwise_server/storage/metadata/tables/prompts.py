"""Prompts, their versions, labels and references."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from spanwise_server.storage.metadata.tables.registry import metadata

prompts = Table(
    "prompts",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("type", String, nullable=False),
    # JSON array of strings: all versions of a name share its tags.
    Column("tags", Text, nullable=False),
    UniqueConstraint("project_id", "name"),
)

prompt_versions = Table(
    "prompt_versions",
    metadata,
    Column("id", String, primary_key=True),
    Column("prompt_id", ForeignKey("prompts.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    # JSON text, kept as it will be sent: a string or an array of messages, and any value.
    Column("content", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("commit_message", Text),
    Column("created_by", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("prompt_id", "version"),
)

prompt_labels = Table(
    "prompt_labels",
    metadata,
    # The key is what makes a label point to one version only.
    Column("prompt_id", String, primary_key=True),
    Column("label", String, primary_key=True),
    Column("version", Integer, nullable=False),
    ForeignKeyConstraint(
        ["prompt_id", "version"], ["prompt_versions.prompt_id", "prompt_versions.version"], ondelete="CASCADE"
    ),
    Index(None, "prompt_id", "version"),
)

prompt_references = Table(
    "prompt_references",
    metadata,
    Column("parent_id", ForeignKey("prompt_versions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    # By name, not by id: a label is looked up when the parent is read.
    Column("name", String, nullable=False),
    Column("version", Integer),
    Column("label", String),
    Index(None, "project_id", "name"),
)

prompt_revisions = Table(
    "prompt_revisions",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    # Grows with every change to a prompt of the project; caches compare it.
    Column("revision", BigInteger, nullable=False),
)

protected_prompt_labels = Table(
    "protected_prompt_labels",
    metadata,
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("label", String, primary_key=True),
)
