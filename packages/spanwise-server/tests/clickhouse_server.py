"""A real ClickHouse server for tests: the one inside the embedded engine's library, in a child process on loopback.

The entry point that starts it is private to the library, so nothing but tests may depend on it.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

_CHILD = """
import sys
from chdb import _chdb
_chdb.set_signal_handlers_enabled(0)
_chdb.query(
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT sleepEachRow(3) FROM system.numbers FORMAT Null "
    "SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1",
    "TabSeparated",
    path=sys.argv[1],
)
"""
_CONFIG = """<clickhouse>
    <listen_host>127.0.0.1</listen_host>
    <http_port>{http}</http_port>
    <tcp_port>{tcp}</tcp_port>
    <remote_servers><shards>{shards}</shards></remote_servers>
</clickhouse>"""
_START_SECONDS = 30


def free_port() -> int:
    """Return a TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def clickhouse_server(folder: Path, *, http: int | None = None, tcp: int | None = None, shards: str = "") -> Iterator[int]:
    """Run a server over ``folder`` and yield its HTTP port; ``shards`` goes into its cluster definition."""
    folder.mkdir(parents=True, exist_ok=True)
    http = http or free_port()
    (folder / "config.xml").write_text(_CONFIG.format(http=http, tcp=tcp or free_port(), shards=shards), "utf-8")
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(folder / "data")], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_ping(http, child)
        yield http
    finally:
        child.kill()
        child.wait()


def _await_ping(port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=1) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the ClickHouse server did not start (exit code {child.poll()})")
