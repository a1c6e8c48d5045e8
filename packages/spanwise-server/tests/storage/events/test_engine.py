"""The rules of the in-process engine, each seen to hold: an upgrade of the engine must pass these again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spanwise_server.domain.errors import QueryTimeoutError, StoreUnavailableError
from spanwise_server.services.container import Services
from spanwise_server.settings import Settings
from spanwise_server.storage.events.engine import Engine, EngineError, check_processor

_SLOW = (
    "SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 100000000"
)
EngineMaker = Callable[..., Engine]


@pytest.fixture
async def make_engine(services: Services, data_dir: Path) -> AsyncIterator[EngineMaker]:
    """Yield a function that opens another engine over the session's directory, with settings of its own."""
    opened: list[Engine] = []

    def make(**overrides: float) -> Engine:
        values: dict[str, object] = {"data_dir": data_dir, **overrides}
        opened.append(Engine.open(Settings.model_validate(values)))
        return opened[-1]

    yield make
    for engine in opened:
        await asyncio.to_thread(engine.close)


async def test_parameters_of_concurrent_queries_never_mix(make_engine: EngineMaker) -> None:
    """On one shared handle they do; here each thread has its own."""
    engine = make_engine(query_concurrency=6)

    async def ask(number: int) -> bool:
        rows = await engine.read("SELECT {n:Int64}, {text:String}", {"n": number, "text": f"value {number}"})
        return list(rows) == [(number, f"value {number}")]

    assert all(await asyncio.gather(*(ask(number) for number in range(600))))


async def test_a_cancelled_read_stops_its_statement(make_engine: EngineMaker) -> None:
    """A browser that goes away must not leave a query behind."""
    engine = make_engine()
    task = asyncio.create_task(engine.read(f"{_SLOW} /*cancel me*/"))
    running = "SELECT count() FROM system.processes WHERE query LIKE '%cancel me%' AND query NOT LIKE '%system.processes%'"
    while (await engine.read(running))[0][0] == 0:
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        while (await engine.read(running))[0][0]:
            await asyncio.sleep(0.05)


async def test_a_query_beyond_its_deadline_is_stopped_and_named(make_engine: EngineMaker) -> None:
    """422 with what to do, not an endless wait."""
    engine = make_engine(query_timeout_seconds=0.5)
    with pytest.raises(QueryTimeoutError) as raised:
        await engine.read(_SLOW)
    assert "SPANWISE_QUERY_TIMEOUT_SECONDS" in (raised.value.hint or "")


async def test_a_query_beyond_its_memory_is_stopped_and_named(make_engine: EngineMaker) -> None:
    """A query of death costs itself, not the server."""
    engine = make_engine(query_memory_mib=16)
    with pytest.raises(QueryTimeoutError):
        await engine.read("SELECT groupArray(toString(number) || repeat('x', 100)) FROM numbers(3000000)")
    assert list(await engine.read("SELECT 1")) == [(1,)]


async def test_a_failed_statement_raises(make_engine: EngineMaker) -> None:
    """Reads and writes alike; the message is the engine's first line, without its stack."""
    engine = make_engine()
    with pytest.raises(StoreUnavailableError, match="no_such_table"):
        await engine.read("SELECT * FROM no_such_table")
    with pytest.raises(StoreUnavailableError, match="no_such_table"):
        await engine.on_writer(lambda client: client.insert("no_such_table", [[1]], column_names=["a"]))


async def test_a_closed_engine_says_so(make_engine: EngineMaker) -> None:
    """And closing twice does no harm."""
    engine = make_engine()
    await asyncio.to_thread(engine.close)
    await asyncio.to_thread(engine.close)
    with pytest.raises(StoreUnavailableError, match="closed"):
        await engine.read("SELECT 1")


def test_a_second_directory_in_one_process_is_refused_with_a_reason(services: Services, tmp_path: Path) -> None:
    """The engine takes one path a process; the error names the directory and what to do."""
    with pytest.raises(EngineError, match="cannot open the event engine in") as raised:
        Engine.open(Settings(data_dir=tmp_path))
    assert "doctor" in (raised.value.hint or "")


def test_an_events_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """The address may be wrong; the password must not be shown."""
    with pytest.raises(EngineError, match="cannot open the events server") as raised:
        Engine.open(Settings(data_dir=tmp_path, events_url="clickhouse://user:secret-word@127.0.0.1:1/spanwise"))
    assert "secret-word" not in str(raised.value)


def test_a_processor_without_avx2_is_refused_before_the_library_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading it there would kill the process without a word."""
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr(Path, "read_text", lambda *_: "flags : fpu sse4_2 avx\n")
    with pytest.raises(EngineError, match="AVX2"):
        check_processor()
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    check_processor()


_CLOSE_UNDER_LOAD = """
import asyncio, sys
from pathlib import Path
from spanwise_server.settings import Settings
from spanwise_server.storage.events.engine import Engine

async def main():
    engine = Engine.open(Settings(data_dir=Path(sys.argv[1])))
    reads = [asyncio.create_task(engine.read(sys.argv[2])) for _ in range(3)]
    await asyncio.sleep(1)
    await asyncio.to_thread(engine.close)
    outcomes = await asyncio.gather(*reads, return_exceptions=True)
    print(sorted({type(outcome).__name__ for outcome in outcomes}))

asyncio.run(main())
"""
_SIGNALS = """
import signal, sys
from pathlib import Path
from spanwise_server.settings import Settings
from spanwise_server.storage.events.engine import Engine

before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
engine = Engine.open(Settings(data_dir=Path(sys.argv[1])))
caught = []
signal.signal(signal.SIGTERM, lambda *_: caught.append("term"))
signal.raise_signal(signal.SIGTERM)
print(caught)
engine.close()
"""


def run_child(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``script`` in a process of its own, as it opens an engine."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_closing_stops_running_queries_and_the_process_ends_cleanly(tmp_path: Path) -> None:
    """A query that still runs when the interpreter exits would crash it."""
    done = run_child(_CLOSE_UNDER_LOAD, str(tmp_path), _SLOW)
    assert (done.returncode, done.stdout.strip()) == (0, "['QueryTimeoutError']"), done.stderr


def test_the_engine_leaves_signals_to_us(tmp_path: Path) -> None:
    """SIGTERM must reach the server's own handler."""
    done = run_child(_SIGNALS, str(tmp_path))
    assert (done.returncode, done.stdout.strip()) == (0, "['term']"), done.stderr


def test_a_second_process_on_the_same_directory_is_refused(services: Services, data_dir: Path) -> None:
    """Two engines over one directory would destroy it."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom spanwise_server.settings import Settings\n"
        "from spanwise_server.storage.events.engine import Engine, EngineError\n"
        "try:\n    Engine.open(Settings(data_dir=Path(sys.argv[1])))\nexcept EngineError as error:\n    print(error.message)"
    )
    done = run_child(script, str(data_dir))
    assert done.stdout.startswith("cannot open the event engine in"), done.stderr


def test_our_configuration_is_used_and_system_logs_are_off(services: Services, data_dir: Path) -> None:
    """Log tables of the engine itself would outgrow the data."""
    assert "background_pool_size" in (data_dir / "event-engine.xml").read_text("utf-8")

    async def logs() -> list[str]:
        engine = Engine.open(Settings(data_dir=data_dir))
        rows = await engine.read("SELECT name FROM system.tables WHERE database = 'system' AND engine LIKE '%MergeTree'")
        await asyncio.to_thread(engine.close)
        return [row[0] for row in rows]

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: asyncio.run(logs())).result() == []
