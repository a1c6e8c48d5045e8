"""Brings the metadata database to the shape this version needs, and back. Must not touch rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, column, inspect, select, table, text

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.storage.metadata.database import MetadataDatabase

REVISIONS: Sequence[str] = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""Every migration, oldest first. Kept here so that a start without work to do need not import Alembic (0.2 s)."""

HEAD = REVISIONS[-1]
_VERSION_TABLE = "alembic_version"


def current_revision(connection: Connection) -> str | None:
    """Return the revision the database is at, or none for an empty one."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    return connection.execute(select(column("version_num")).select_from(table(_VERSION_TABLE))).scalar_one_or_none()


def migrate(database: MetadataDatabase, revision: str = HEAD) -> None:
    """Bring the database to ``revision``, forward or backward; ``base`` empties it.

    Raises:
        ConfigurationError: A newer version of the server has written the database.
    """

    def work(connection: Connection) -> None:
        current = current_revision(connection)
        if current is not None and current not in REVISIONS:
            raise ConfigurationError(
                f"The metadata database is at revision {current}, which this version does not know.",
                hint="It was written by a newer version of the server. Start that version, or restore a backup made before the upgrade.",
            )
        if current != revision:
            _run_alembic(connection, current, revision)

    database.write_now(work, exclusive=True)


def _run_alembic(connection: Connection, current: str | None, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - 0.3 s that only a start with something to migrate should wait for
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "spanwise_server.storage.metadata:migrations")
    config.attributes["connection"] = connection
    is_forward = revision != "base" and (current is None or REVISIONS.index(revision) > REVISIONS.index(current))
    (command.upgrade if is_forward else command.downgrade)(config, revision)


def dump_schema(connection: Connection) -> str:
    """Return the statements that SQLite keeps for the tables and indexes: what ``schema.sql`` holds, for review."""
    statement = text(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name != :version ORDER BY tbl_name, type DESC, name"
    )
    rows = connection.execute(statement, {"version": _VERSION_TABLE}).scalars()
    lines = "\n\n".join(f"{sql};" for sql in rows).splitlines()
    return "\n".join(line.rstrip().replace("\t", "    ") for line in lines) + "\n"
