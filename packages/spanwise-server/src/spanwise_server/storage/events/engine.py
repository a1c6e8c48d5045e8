"""The connection to ClickHouse: in-process (chDB) or a server, behind one client interface and one pool of threads.

The only module that touches chDB. Its rules, each with a test: one engine path a process; one handle a thread; the
engine's signal handlers stay off; our own configuration file is always passed; nothing forks after it is opened; running
statements are cancelled and joined before it is closed; the streaming-insert API, which reports success for failed
writes, is never used.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import clickhouse_connect
from clickhouse_connect.driver.binding import quote_identifier
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError

from spanwise_server.domain.errors import QueryTimeoutError, SpanwiseError, StoreUnavailableError
from spanwise_server.settings import Settings

_T = TypeVar("_T")
_DATABASE = "spanwise"
_TOO_HEAVY = frozenset({159, 160, 241, 307, 158, 396})
"""ClickHouse codes: timeout exceeded, too slow, memory limit, too many bytes, too many rows, result too large."""
_CANCELLED = 394

_ENGINE_CONFIG = """<clickhouse>
    <max_server_memory_usage>{memory_bytes}</max_server_memory_usage>
    <background_pool_size>2</background_pool_size>
    <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
    <background_schedule_pool_size>2</background_schedule_pool_size>
    <background_common_pool_size>2</background_common_pool_size>
    <background_move_pool_size>1</background_move_pool_size>
    <background_fetches_pool_size>1</background_fetches_pool_size>
    <mark_cache_size>134217728</mark_cache_size>
    <uncompressed_cache_size>0</uncompressed_cache_size>
    <memory_worker_use_cgroup>0</memory_worker_use_cgroup>
</clickhouse>
"""
"""Small pools: the defaults are made for a machine of its own and keep fifty threads awake. No system log tables, which
would outgrow the data (a common complaint about ClickHouse at small scale). No look into control groups: where there are
none, the engine prints a stack trace at every start."""


class EngineError(SpanwiseError):
    """The engine cannot be opened on this machine or directory."""

    code = "engine_unavailable"


def check_processor() -> None:
    """Raise if the in-process engine cannot run on this processor; importing it there would kill the process."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return
    if "flags" in flags and " avx2" not in flags:
        raise EngineError(
            "this processor has no AVX2, which the in-process event engine needs",
            hint="set SPANWISE_EVENTS_URL to a ClickHouse server, or run on a processor made after 2013",
        )


def _embedded_factory(path: Path, settings: Settings) -> Callable[[], Client]:
    check_processor()
    from chdb import _chdb  # noqa: PLC0415 - loads 500 MB of shared library; only when the embedded engine is wanted

    _chdb.set_signal_handlers_enabled(0)  # type: ignore[attr-defined]  # compiled module without stubs
    path.mkdir(parents=True, exist_ok=True)
    config = path.parent / "event-engine.xml"
    config.write_text(_ENGINE_CONFIG.format(memory_bytes=settings.memory_limit_mib * 1024 * 1024), "utf-8")
    options = {"config-file": str(config)}

    def make() -> Client:
        return clickhouse_connect.get_client(interface="chdb", path=str(path), chdb_options=options, tz_mode="aware")

    return make


def _server_factory(url: str) -> Callable[[], Client]:
    def make() -> Client:
        return clickhouse_connect.get_client(dsn=url, tz_mode="aware", autogenerate_session_id=False)

    return make


class Engine:
    """A writer handle and a bounded pool of reader handles, each used by one thread at a time.

    ``open`` is blocking and belongs in a worker thread.
    """

    def __init__(self, make_client: Callable[[], Client], settings: Settings, *, database: str) -> None:
        self._settings = settings
        self._make = make_client
        self._clients: list[Client] = []
        self._idle: SimpleQueue[Client] = SimpleQueue()
        self._closed = False
        self._control_lock = threading.Lock()
        self._control = self._connect()
        self._control.command(f"CREATE DATABASE IF NOT EXISTS {quote_identifier(database)}")
        if self._is_embedded:
            self._control.command(f"USE {quote_identifier(database)}")
        self._control.database = database
        self._writer = self._connect(database)
        for _ in range(settings.query_concurrency):
            self._idle.put(self._connect(database))
        self._readers = ThreadPoolExecutor(settings.query_concurrency, thread_name_prefix="events-read")
        self._writers = ThreadPoolExecutor(1, thread_name_prefix="events-write")

    @property
    def most_rows(self) -> int:
        """How many rows one aggregate may read."""
        return self._settings.metrics_most_rows

    @property
    def _is_embedded(self) -> bool:
        return self._settings.events_url is None

    @classmethod
    def open(cls, settings: Settings) -> Engine:
        """Open the engine that ``settings`` name and make sure that the database exists.

        Raises:
            EngineError: the directory is in use, unreadable, or the server does not answer.
        """
        try:
            if settings.events_url is None:
                return cls(_embedded_factory(settings.data_dir.resolve() / "events", settings), settings, database=_DATABASE)
            # Without its database, which may not exist yet.
            url = urlsplit(settings.events_url)
            make = _server_factory(urlunsplit(url._replace(path="")))
            return cls(make, settings, database=url.path.strip("/") or _DATABASE)
        except (ClickHouseError, RuntimeError, OSError) as error:
            where = "the events server" if settings.events_url else f"the event engine in {settings.data_dir / 'events'}"
            raise EngineError(
                f"cannot open {where}: {_first_line(error)}", hint="run `spanwise doctor` to see what is wrong"
            ) from error

    def _connect(self, database: str | None = None) -> Client:
        client = self._make()
        if database is not None:
            if self._is_embedded:
                client.command(f"USE {quote_identifier(database)}")
            client.database = database
        self._clients.append(client)
        return client

    async def read(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """Run a query within the deadline and memory cap; rows as tuples. Cancelling the call stops the statement.

        Raises:
            QueryTimeoutError: deadline or memory cap reached.
            StoreUnavailableError: the engine does not answer or is closed.
        """
        if self._closed:
            raise StoreUnavailableError("the event store is closed")
        mark = uuid.uuid4().hex
        future = self._readers.submit(self._run_query, f"{sql}\n/*q:{mark}*/", dict(parameters or {}))
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.cancel():
                threading.Thread(target=self._kill, args=(mark, future), daemon=True).start()
            raise

    def _run_query(self, sql: str, parameters: dict[str, Any]) -> Sequence[Sequence[Any]]:
        client = self._idle.get()
        try:
            with translated_errors():
                return client.query(sql, parameters=parameters, settings=self.query_settings()).result_rows
        finally:
            self._idle.put(client)

    def query_settings(self) -> dict[str, Any]:
        """Return the limits and semantics that every query runs under."""
        return {
            "max_threads": self._settings.query_threads,
            "max_execution_time": self._settings.query_timeout_seconds,
            "max_memory_usage": self._settings.query_memory_mib * 1024 * 1024,
            "do_not_merge_across_partitions_select_final": 1,
            # A selected time is an integer under its column's name; conditions must mean the column.
            "prefer_column_name_to_alias": 1,
        }

    def _kill(self, mark: str, future: Future[Any]) -> None:
        # The statement may not have started yet; ask until the query thread is done.
        for _ in range(50):
            with self._control_lock, contextlib.suppress(ClickHouseError):
                self._control.command(f"KILL QUERY WHERE query LIKE '%q:{mark}%' AND query NOT LIKE 'KILL%' ASYNC")
            with contextlib.suppress(Exception):
                future.result(timeout=0.2)
            if future.done():
                return

    async def on_writer(self, work: Callable[[Client], _T]) -> _T:
        """Run ``work`` with the writer handle, after everything that was asked of it before."""
        if self._closed:
            raise StoreUnavailableError("the event store is closed")

        def run() -> _T:
            with translated_errors():
                return work(self._writer)

        return await asyncio.wrap_future(self._writers.submit(run))

    def close(self) -> None:
        """Stop running statements, wait for the writer, release every handle. Blocking; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._writers.shutdown(wait=True)
        with self._control_lock, contextlib.suppress(ClickHouseError):
            self._control.command("KILL QUERY WHERE query LIKE '%/*q:%' AND query NOT LIKE 'KILL%' ASYNC")
        self._readers.shutdown(wait=True, cancel_futures=True)
        for client in self._clients:
            with contextlib.suppress(ClickHouseError, RuntimeError):
                client.close()


@contextlib.contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the driver's errors into ours, the original chained."""
    try:
        yield
    except DatabaseError as error:
        if error.code in _TOO_HEAVY or error.code == _CANCELLED:
            raise QueryTimeoutError(
                "the query took longer or more memory than it may",
                hint="ask for a shorter time range or fewer rows, or raise SPANWISE_QUERY_TIMEOUT_SECONDS",
            ) from error
        raise StoreUnavailableError(f"the event store refused the statement: {_first_line(error)}") from error
    except ClickHouseError as error:
        raise StoreUnavailableError(f"the event store did not answer: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition(os.linesep)[0][:300]
