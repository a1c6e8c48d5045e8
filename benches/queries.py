"""How fast a full server answers: lists, filters, one trace, pages with totals, idle and while telemetry comes in.

A million observations (125,000 traces of 8, thirty days, twenty projects, one of which has 40 %), read through HTTP by one
client. The store is built once and reused; a run works on a copy. Also measured: the start with that data, memory and
processor use at rest. ``--quick`` takes a tenth of the data and fewer repetitions.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from benches import machine
from benches.sending import Sender
from benches.store_of_a_million import HOT_PROJECT, build_or_reuse
from benches.watching import Watch
from benches.workload import SPANS, TRACES
from tests.serving.server_process import ServerProcess

BACKGROUND_RATE = 2000
"""Observations a second that come in during the second half."""
_NATIVE = f"/api/v1/projects/{HOT_PROJECT}"
_GOALS_MS = {"newest 50 traces": 100, "trace page": 60}
"""The 95th percentiles that were promised."""
Query = Callable[[random.Random, list[str]], str]


def _user(chance: random.Random) -> str:
    return f"user-{int(1000 * chance.random() ** 2):04d}"


def _session(chance: random.Random) -> str:
    return f"session-{int(5000 * chance.random() ** 2):04d}"


QUERIES: dict[str, Query] = {
    "newest 50 traces": lambda _, __: f"{_NATIVE}/traces?limit=50",
    "traces of a user": lambda chance, _: f"{_NATIVE}/traces?limit=50&user_id={_user(chance)}",
    "traces of a session": lambda chance, _: f"{_NATIVE}/traces?limit=50&session_id={_session(chance)}",
    "traces with a tag": lambda chance, _: f"{_NATIVE}/traces?limit=50&tag=tag-{chance.randrange(8):04d}",
    "traces by name": lambda chance, _: f"{_NATIVE}/traces?limit=50&name=workflow-{chance.randrange(12):04d}",
    "traces, search": lambda chance, _: f"{_NATIVE}/traces?limit=50&search={_user(chance)[:8]}",
    "trace page": lambda chance, traces: f"{_NATIVE}/trace?id={chance.choice(traces)}",
    "trace, v1": lambda chance, traces: f"/api/public/traces/{chance.choice(traces)}",
    "sessions, v1": lambda chance, _: f"/api/public/sessions?limit=50&page={chance.randrange(1, 4)}",
    "traces and total, v1": lambda chance, _: f"/api/public/traces?limit=50&page={chance.randrange(1, 4)}",
    "observations and total, v1": lambda chance, _: f"/api/public/observations?limit=50&page={chance.randrange(1, 4)}",
    "observations, v2": lambda _, __: "/api/public/v2/observations?limit=50&fields=core,basic,io,usage",
    "generations by name, v2": lambda chance, _: (
        f"/api/public/v2/observations?limit=50&type=GENERATION&name=generation-{chance.randrange(1, 10)}"
    ),
}


def measure_queries(http: httpx.Client, traces: list[str], repetitions: int) -> dict[str, list[float]]:
    """Ask everything in turn, with parameters that vary; return times in milliseconds."""
    chance = random.Random(3)  # noqa: S311 -- the same questions every time
    times: dict[str, list[float]] = {name: [] for name in QUERIES}
    for repetition in range(repetitions + 1):
        for name, query in QUERIES.items():
            path = query(chance, traces)
            started = time.perf_counter()
            answer = http.get(path)
            took = (time.perf_counter() - started) * 1000
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
            if repetition:  # the first of each only warms up
                times[name].append(took)
    return times


def _print(title: str, times: dict[str, list[float]]) -> None:
    print(f"\n== {title}")
    for name, values in times.items():
        goal = _GOALS_MS.get(name)
        verdict = (
            ""
            if goal is None
            else f"  (goal: p95 under {goal} ms, {'met' if machine.percentile(values, 95) < goal else 'MISSED'})"
        )
        print(f"{name:28s} {machine.spread(values)}{verdict}")


def run(folder: Path, repetitions: int, *, idle_seconds: int) -> None:
    """Measure a server over the data in ``folder``."""
    traces: list[str] = json.loads((folder / "samples.json").read_text("utf-8"))
    with ServerProcess(folder=folder):
        pass  # the first start on a data directory also makes accounts
    started = time.perf_counter()
    with ServerProcess(folder=folder) as server, server.client() as http:
        print(f"start     {time.perf_counter() - started:.2f} s to ready with the data in place")
        time.sleep(5)
        with Watch(server.pid) as watch:
            time.sleep(idle_seconds)
        print(
            f"idle      {watch.cpu_seconds / idle_seconds:.2%} CPU over {idle_seconds} s, RSS {watch.rss_mib[-1]:,.0f} MiB before the first query"
        )
        _print("at rest", measure_queries(http, traces, repetitions))
        requests = BACKGROUND_RATE * 3600 // (SPANS * TRACES)
        keys = (server.public_key, server.secret_key)
        with Sender(server.url, keys, "otlp", requests=requests, rate=BACKGROUND_RATE, connections=4) as sender:
            sender.start()
            time.sleep(5)
            times = measure_queries(http, traces, repetitions)
            sender.stop()
            report = sender.report()
        _print(f"while {report.rows / report.seconds:,.0f} observations/s come in (aimed at: {BACKGROUND_RATE:,})", times)
        print(f"ack of those                 {machine.spread(report.latencies_ms)}")
        time.sleep(10)
        with Watch(server.pid) as watch:
            time.sleep(idle_seconds)
        print(
            f"idle      {watch.cpu_seconds / idle_seconds:.2%} CPU over {idle_seconds} s, RSS {watch.rss_mib[-1]:,.0f} MiB after all that"
        )


def main() -> None:
    """Run with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=125_000, help=f"of {SPANS} observations each (default: 125000)")
    parser.add_argument("--repetitions", type=int, default=40)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, ten repetitions")
    options = parser.parse_args()
    traces = options.traces // (10 if options.quick else 1)
    print(machine.describe())
    source = build_or_reuse(traces)
    with tempfile.TemporaryDirectory(prefix="spanwise-bench-") as folder:
        shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 2**20
        print(
            f"data      {traces * SPANS:,} observations, {size:,.0f} MiB on disk ({size * 2**20 / traces / SPANS:,.0f} bytes each)"
        )
        run(Path(folder), 10 if options.quick else options.repetitions, idle_seconds=10 if options.quick else 30)


if __name__ == "__main__":
    main()
