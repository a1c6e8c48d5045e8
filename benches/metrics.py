"""How fast metrics are answered: what dashboards ask, over a million observations of one project and thirty days.

Every query goes through HTTP to a full server, one at a time, with a range that moves a little so that no two are the same. The
store has second versions of rows and deleted traces. Before each question its baseline is taken in the same go: the bare
count of the same range. ``--quick`` takes a tenth of the data and fewer repetitions.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benches import machine
from benches.store_of_a_million import build_or_reuse
from benches.workload import SPANS
from tests.serving.server_process import ServerProcess

_GOAL_MS = 500
"""The 95th percentile that was promised."""


def _ask(view: str, metrics: str, **more: Any) -> dict[str, Any]:
    pairs = (pair.split(":") for pair in metrics.split())
    return {"view": view, "metrics": [{"measure": measure, "aggregation": way} for way, measure in pairs], **more}


def _by(*names: str) -> list[dict[str, str]]:
    return [{"field": name} for name in names]


QUESTIONS: Mapping[str, dict[str, Any]] = {
    "cost by model by day": _ask(
        "observations", "sum:totalCost", dimensions=_by("providedModelName"), timeDimension={"granularity": "day"}
    ),
    "p95 latency by name": _ask("observations", "p95:latency count:count", dimensions=_by("name")),
    "count by level by hour": _ask(
        "observations", "count:count", dimensions=_by("level"), timeDimension={"granularity": "hour"}
    ),
    "top users by cost": _ask(
        "observations",
        "sum:totalCost",
        dimensions=_by("userId"),
        orderBy=[{"field": "sum_totalCost", "direction": "desc"}],
        config={"row_limit": 10},
    ),
    "tokens by type": _ask("observations", "sum:usageByType", dimensions=_by("usageType")),
    "tokens by model": _ask(
        "observations", "sum:inputTokens sum:outputTokens sum:totalTokens", dimensions=_by("providedModelName")
    ),
    "score averages by name": _ask("scores-numeric", "avg:value count:count", dimensions=_by("name")),
    "traces and latency by day": _ask("traces", "count:count avg:latency p95:latency", timeDimension={"granularity": "day"}),
    "cost by trace name": _ask("observations", "sum:totalCost uniq:traceId", dimensions=_by("traceName")),
    "traces by name, with scores": _ask("traces", "count:count sum:totalCost avg:scoresCount", dimensions=_by("name")),
    "errors of one environment": _ask(
        "observations",
        "count:count",
        dimensions=_by("name"),
        filters=[
            {"column": "level", "type": "stringOptions", "operator": "any of", "value": ["ERROR"]},
            {"column": "environment", "type": "string", "operator": "=", "value": "production"},
        ],
    ),
    "scores by trace name": _ask("scores-numeric", "avg:value", dimensions=_by("traceName")),
    "count by metadata": _ask(
        "observations",
        "count:count",
        dimensions=_by("metadata.customer"),
        orderBy=[{"field": "count_count", "direction": "desc"}],
        config={"row_limit": 10},
    ),
}
_BEYOND = frozenset({"scores by trace name", "count by metadata"})
"""Asked for comparison, without a promise: the first joins two tables, the second reads the wide one."""
_BASELINE = _ask("observations", "count:count")


def _take(http: httpx.Client, path: str, query: dict[str, Any] | None = None) -> float:
    params = {} if query is None else {"query": json.dumps(query)}
    started = time.perf_counter()
    answer = http.get(path, params=params)
    took = (time.perf_counter() - started) * 1000
    if answer.status_code != 200 or not answer.json()["data"]:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
    return took


def measure(http: httpx.Client, end: datetime, repetitions: int) -> dict[str, tuple[list[float], list[float]]]:
    """Ask everything in turn; return, by question, its times and those of its baselines, in milliseconds."""
    chance = random.Random(5)  # noqa: S311 -- the same questions every time
    times: dict[str, tuple[list[float], list[float]]] = {}
    for repetition in range(repetitions + 1):
        for name, question in QUESTIONS.items():
            until = end - timedelta(seconds=chance.randrange(600))
            span = {"fromTimestamp": (until - timedelta(days=30)).isoformat(), "toTimestamp": until.isoformat()}
            baseline = _take(http, "/api/public/metrics", {**_BASELINE, **span})
            took = _take(http, "/api/public/metrics", {**question, **span})
            if repetition:  # the first of each only warms up
                own, base = times.setdefault(name, ([], []))
                own.append(took)
                base.append(baseline)
    times["daily, fifty days"] = ([_take(http, "/api/public/metrics/daily") for _ in range(repetitions)], [])
    return times


def run(folder: Path, repetitions: int) -> None:
    """Measure a server over the data in ``folder``."""
    with ServerProcess(folder=folder):
        pass  # the first start on a data directory also makes accounts
    with ServerProcess(folder=folder) as server, server.client() as http:
        built = datetime.fromtimestamp((folder / "samples.json").stat().st_mtime, UTC)
        for name, (own, base) in measure(http, built, repetitions).items():
            goal = (
                "no promise"
                if name in _BEYOND or not base
                else f"goal: p95 under {_GOAL_MS} ms, {'met' if machine.percentile(own, 95) < _GOAL_MS else 'MISSED'}"
            )
            against = f"  baseline p50 {machine.percentile(base, 50):.1f}" if base else ""
            print(f"{name:28s} {machine.spread(own)}{against}  ({goal})")


def main() -> None:
    """Run with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=125_000, help=f"of {SPANS} observations each (default: 125000)")
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, five repetitions")
    options = parser.parse_args()
    traces = options.traces // (10 if options.quick else 1)
    print(machine.describe())
    source = build_or_reuse(traces, is_judged=True)
    with tempfile.TemporaryDirectory(prefix="spanwise-bench-") as folder:
        shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True, copy_function=shutil.copy2)
        print(f"data      {traces * SPANS:,} observations and {traces * 2:,} scores of one project in thirty days")
        run(Path(folder), 5 if options.quick else options.repetitions)


if __name__ == "__main__":
    main()
