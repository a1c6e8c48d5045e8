"""Comments, and annotation queues with their items and assignments.

What is commented on or queued lives in the event store, so it is named by type and id and not by a foreign key.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from spanwise_server.storage.metadata.tables.registry import metadata

comments = Table(
    "comments",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("object_type", String, nullable=False),
    Column("object_id", String, nullable=False),
    # Of a trace and of an observation, so that what is said of a trace goes with it.
    Column("trace_id", String),
    Column("content", Text, nullable=False),
    Column("author_user_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "project_id", "object_type", "object_id"),
    Index(None, "project_id", "created_at"),
    Index(None, "project_id", "trace_id"),
)

annotation_queues = Table(
    "annotation_queues",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("description", Text),
    Column("score_config_ids", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("project_id", "name"),
    Index(None, "project_id", "created_at"),
)
"""``score_config_ids`` is an array of ids, in the order in which an annotator is asked."""

annotation_queue_items = Table(
    "annotation_queue_items",
    metadata,
    Column("id", String, primary_key=True),
    Column("queue_id", ForeignKey("annotation_queues.id", ondelete="CASCADE"), nullable=False),
    Column("object_type", String, nullable=False),
    Column("object_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("completed_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "queue_id", "status", "created_at"),
    Index(None, "object_id"),
)

annotation_queue_assignments = Table(
    "annotation_queue_assignments",
    metadata,
    Column("queue_id", ForeignKey("annotation_queues.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("created_at", BigInteger, nullable=False),
)
