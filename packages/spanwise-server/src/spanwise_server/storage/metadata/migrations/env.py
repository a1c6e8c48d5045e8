"""Run by Alembic: applies the steps on the connection, and in the transaction, that ``schema.migrate`` hands in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from spanwise_server.storage.metadata.tables.catalog import metadata


def run() -> None:
    """Apply the migrations. SQLite cannot alter most things in place, so tables are rebuilt there (batch mode)."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=False)
    context.run_migrations()


run()
