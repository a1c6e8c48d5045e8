"""How fast prompts are fetched: 1,000 a second from memory, as fast as the server can, and from the database.

A real server process with 200 prompts, text and chat, in folders, some made of others; the load generator is a child process
that shares its cores. Requests are sent when they are due whether or not earlier ones were answered, so that waiting in a
queue counts. The baseline is the health route under the same load. ``--quick`` takes a fifth of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import uvloop

from benches import machine
from benches.sending import ROOT, Connection
from benches.watching import Watch
from tests.serving.server_process import ServerProcess

RATE = 1000
"""Fetches a second that were promised."""
GOAL_P95_MS = 10.0
PROMPTS = 200
_HEALTH = "/api/public/health"
_CONNECTIONS = 64


def _path(number: int) -> str:
    return f"/api/public/v2/prompts/{quote(f'team-{number % 10}/agent {number}', safe='')}?label=production"


def fill(http: httpx.Client) -> None:
    """Create the prompts; every fourth refers to the one before it."""
    for number in range(PROMPTS):
        text = f"You are agent {number}. " + "Answer in one sentence about {{subject}}. " * 20
        if number % 4 == 3:
            text += f"@@@langfusePrompt:name=team-{(number - 1) % 10}/agent {number - 1}|label=production@@@"
        is_chat = number % 2 == 1
        body: dict[str, Any] = {
            "name": f"team-{number % 10}/agent {number}",
            "type": "chat" if is_chat else "text",
            "prompt": [{"role": "system", "content": text}, {"type": "placeholder", "name": "history"}] if is_chat else text,
            "labels": ["production"],
            "tags": ["bench"],
            "config": {"model": "gpt-4o", "temperature": 0.2},
        }
        http.post("/api/public/v2/prompts", json=body).raise_for_status()


async def _send(options: argparse.Namespace) -> dict[str, Any]:
    """Send ``rate`` requests a second for ``seconds``; a rate of 0 keeps eight connections busy instead."""
    paths = [_HEALTH] if options.kind == "health" else [_path(number) for number in range(PROMPTS)]
    chance = random.Random(5)  # noqa: S311 -- the same requests every time
    pool = [Connection(options.host, options.port, options.auth) for _ in range(_CONNECTIONS if options.rate else 8)]
    latencies: list[float] = []
    unexpected = 0

    async def fetch(connection: Connection, due: float, path: str | None = None) -> None:
        nonlocal unexpected
        status, _ = await connection.exchange("GET", path or chance.choice(paths), {})
        latencies.append((time.perf_counter() - due) * 1000)
        unexpected += status != 200

    # Every connection is open and every prompt was read once: what is measured is the read from memory.
    for connection, path in zip(itertools.cycle(pool), [*paths, *pool], strict=False):
        await fetch(connection, time.perf_counter(), path if isinstance(path, str) else None)
    latencies.clear()
    started, cpu = time.perf_counter(), time.process_time()
    if options.rate:
        await _send_when_due(pool, fetch, started, options)
    else:
        await asyncio.gather(*(_keep_busy(connection, fetch, started + options.seconds) for connection in pool))
    return {
        "latencies": latencies,
        "unexpected": unexpected,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
    }


async def _keep_busy(connection: Connection, fetch: Any, end: float) -> None:
    while time.perf_counter() < end:
        await fetch(connection, time.perf_counter())


async def _send_when_due(pool: list[Connection], fetch: Any, started: float, options: argparse.Namespace) -> None:
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in pool:
        free.put_nowait(connection)

    async def fetch_and_release(connection: Connection, due: float) -> None:
        await fetch(connection, due)
        free.put_nowait(connection)

    async with asyncio.TaskGroup() as group:
        for number in itertools.count():
            due = started + number / options.rate
            if due > started + options.seconds:
                return
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            # The clock runs from when the request was due, so a wait for a connection counts as well.
            group.create_task(fetch_and_release(await free.get(), due))


def measure(server: ServerProcess, kind: str, *, rate: int, seconds: float) -> None:
    """Run the generator once and print what it saw."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    auth = base64.b64encode(f"{server.public_key}:{server.secret_key}".encode()).decode()
    command = [sys.executable, "-m", "benches.prompts", f"--kind={kind}", f"--host={host}", f"--port={port}", f"--auth={auth}"]
    with Watch(server.pid) as watch:
        done = subprocess.run(
            [*command, f"--rate={rate}", f"--seconds={seconds}"], cwd=ROOT, check=True, capture_output=True, text=True
        )
    report = json.loads(done.stdout)
    if report["unexpected"]:
        raise RuntimeError(f"{kind}: {report['unexpected']} answers were not 200")
    latencies, took = report["latencies"], report["seconds"]
    title = f"{kind}, {f'{rate:,}/s' if rate else 'as fast as it can'}"
    print(f"{title:32s} {len(latencies) / took:7,.0f}/s  {machine.spread(latencies)}{_verdict(kind, rate, latencies)}")
    print(f"{'':32s} CPU: server {watch.cpu_seconds / took:.2f} cores, generator {report['cpu_seconds'] / took:.2f} cores")


def _verdict(kind: str, rate: int, latencies: list[float]) -> str:
    if kind != "prompts" or not rate:
        return ""
    is_met = machine.percentile(latencies, 95) < GOAL_P95_MS
    return f"  (goal: p95 under {GOAL_P95_MS:.0f} ms, {'met' if is_met else 'MISSED'})"


def measure_from_database(http: httpx.Client, rounds: int) -> None:
    """Fetch each prompt once after a change of the project, when nothing that is remembered counts."""
    times: dict[str, list[float]] = {"from the database": [], "again, from memory": []}
    for number in range(rounds):
        http.patch(
            f"/api/public/v2/prompts/{quote('team-0/agent 0', safe='')}/versions/1", json={"newLabels": [f"round-{number}"]}
        ).raise_for_status()
        path = _path(number * 7 % PROMPTS)
        for values in times.values():
            started = time.perf_counter()
            http.get(path).raise_for_status()
            values.append((time.perf_counter() - started) * 1000)
    for name, values in times.items():
        print(f"{'one at a time, ' + name:32s} {machine.spread(values)}")


def run(seconds: float) -> None:
    """Measure a fresh server."""
    with (
        tempfile.TemporaryDirectory(prefix="spanwise-bench-") as folder,
        ServerProcess(folder=Path(folder)) as server,
        server.client() as http,
    ):
        fill(http)
        size = len(http.get(_path(0)).content)
        print(f"data      {PROMPTS} prompts of about {size:,} bytes as answered, a quarter made of two")
        for rate in (RATE, 0):
            for kind in ("health", "prompts"):
                measure(server, kind, rate=rate, seconds=seconds)
        measure_from_database(http, round(20 * seconds))


def main() -> None:
    """Run with the options of the command line; with ``--kind`` it is the generator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the time")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each measurement (default: 15)")
    for name, kind in (("kind", str), ("host", str), ("port", int), ("auth", str), ("rate", int)):
        parser.add_argument(f"--{name}", type=kind, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.kind:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            print(json.dumps(runner.run(_send(options))))
        return
    print(machine.describe())
    run(options.seconds / (5 if options.quick else 1))


if __name__ == "__main__":
    main()
