"""The database is private, durable, keeps its constraints, and runs work in whole transactions off the event loop."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.errors import StoreUnavailableError
from spanwise_server.storage.metadata.database import FILE_NAME, MetadataDatabase, default_url
from spanwise_server.storage.metadata.schema import migrate
from spanwise_server.storage.metadata.tables.accounts import organizations, projects


@pytest.fixture
async def on_disk(tmp_path: Path) -> AsyncIterator[MetadataDatabase]:
    opened = MetadataDatabase(default_url(tmp_path))
    await asyncio.to_thread(migrate, opened)
    yield opened
    await opened.close()


def _add_organization(connection: Connection) -> None:
    connection.execute(insert(organizations).values(id="o", name="0", created_at=0))


def _name(connection: Connection) -> str | None:
    return connection.execute(select(organizations.c.name)).scalar_one_or_none()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    database = MetadataDatabase(default_url(tmp_path))
    migrate(database)
    database.write_now(_add_organization)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes[FILE_NAME] == 0o600
    assert set(modes.values()) == {0o600}
    assert f"{FILE_NAME}-wal" in modes
    database.close_now()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)]
)
async def test_sqlite_is_durable_and_strict(on_disk: MetadataDatabase, pragma: str, value: object) -> None:
    assert await on_disk.read(lambda connection: connection.execute(text(f"PRAGMA {pragma}")).scalar_one()) == value


async def test_work_that_raises_is_undone_whole(on_disk: MetadataDatabase) -> None:
    def work(connection: Connection) -> None:
        _add_organization(connection)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await on_disk.write(work)

    assert await on_disk.read(_name) is None


async def test_concurrent_writers_lose_nothing(on_disk: MetadataDatabase) -> None:
    await on_disk.write(_add_organization)

    def increment(connection: Connection) -> None:
        connection.execute(update(organizations).values(name=str(int(_name(connection) or 0) + 1)))

    await asyncio.gather(*(on_disk.write(increment) for _ in range(40)))

    assert await on_disk.read(_name) == "40"


async def test_work_leaves_the_event_loops_thread(on_disk: MetadataDatabase) -> None:
    assert await on_disk.read(lambda _: threading.get_ident()) != threading.get_ident()


async def test_a_reference_to_nothing_is_refused_and_the_error_tells_no_values(on_disk: MetadataDatabase) -> None:
    def work(connection: Connection) -> None:
        connection.execute(
            insert(projects).values(id="p", organization_id="nowhere", name="private name", metadata={}, created_at=0)
        )

    with pytest.raises(IntegrityError) as caught:
        await on_disk.write(work)

    assert "private name" not in str(caught.value)


async def test_a_database_that_fails_is_unavailable_not_broken(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    database = MetadataDatabase(default_url(tmp_path))

    with pytest.raises(StoreUnavailableError):
        await database.read(_name)

    await database.close()
