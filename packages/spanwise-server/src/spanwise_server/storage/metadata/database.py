"""The metadata database: opens it, and runs work on it in transactions, off the event loop.

SQLAlchemy's synchronous engine in a small pool of threads, not its asynchronous one: SQLite has no asynchronous driver
(``aiosqlite`` is a thread behind a queue as well), a call takes microseconds, the one hot question (whose key is this?)
is answered from memory in ``services.authentication``, and repositories and migrations stay one kind of code for both
databases. Repositories are plain functions of a ``Connection``; who calls ``read`` or ``write`` decides the transaction.

Must not know what is stored.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from spanwise_server.domain.errors import StoreUnavailableError

T = TypeVar("T")
MetadataTransaction: TypeAlias = Connection
"""What ``read`` and ``write`` hand to their work, under a name that callers outside storage may use."""

FILE_NAME = "metadata.sqlite3"
_MEMORY_URL = "sqlite://"
_WRITE_OPTION = "spanwise_write"
_THREADS = 4
# Two server processes that start at once on one PostgreSQL must not both migrate or provision it.
_STARTUP_LOCK_ID = 7_308_332_045_913_011


def default_url(data_dir: Path) -> str:
    """Return the URL of the SQLite file in ``data_dir``."""
    return f"sqlite:///{data_dir / FILE_NAME}"


class MetadataDatabase:
    """An open database. ``close`` it when done."""

    def __init__(self, url: str = _MEMORY_URL) -> None:
        self._engine = _create_engine(url)
        # One connection cannot be shared by threads, and an in-memory database is one connection.
        threads = 1 if _is_memory(self._engine) else _THREADS
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="metadata")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction that sees one state of the database."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read_now, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction that is committed when it returns and undone when it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.write_now, work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        """Do as ``read`` does, on the calling thread."""
        with _translated_errors(), self._engine.connect() as connection, connection.begin():
            return work(connection)

    def write_now(self, work: Callable[[Connection], T], *, exclusive: bool = False) -> T:
        """Do as ``write`` does, on the calling thread; ``exclusive`` keeps other starting servers out meanwhile."""
        with (
            _translated_errors(),
            self._engine.connect().execution_options(**{_WRITE_OPTION: True}) as connection,
            connection.begin(),
        ):
            if exclusive and connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _STARTUP_LOCK_ID})
            return work(connection)

    async def close(self) -> None:
        """Wait for running work and close every connection."""
        await asyncio.get_running_loop().run_in_executor(None, self.close_now)

    def close_now(self) -> None:
        """Do as ``close`` does, on the calling thread."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()


@contextlib.contextmanager
def _translated_errors() -> Iterator[None]:
    """Tell a database that fails, which may be over in a moment, from a statement that is wrong, which is ours to fix."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError, NotSupportedError):
        raise
    except DBAPIError as error:
        raise StoreUnavailableError(
            "The metadata database did not answer.", hint=f"It says: {error.orig}. `spanwise doctor` looks into it."
        ) from error


def _is_memory(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:")


def _create_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, pool_size=_THREADS, hide_parameters=True)
    options: dict[str, Any] = {"connect_args": {"check_same_thread": False}, "hide_parameters": True}
    if parsed.database in (None, "", ":memory:"):
        options["poolclass"] = StaticPool
    else:
        _create_private_file(Path(str(parsed.database)))
    engine = create_engine(parsed, **options)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _create_private_file(path: Path) -> None:
    """Create the file readable by its owner only, before SQLite would; its ``-wal`` and ``-shm`` take over its mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def _configure_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: _begin_sqlite does, with the right kind of lock.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock at once: taken later, it could fail after having read.
    is_write = connection.get_execution_options().get(_WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
