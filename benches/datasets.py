"""How fast a large dataset pages, and what reading a run costs in a project with a long history.

A dataset of 10,000 items (2 KB each, every third one edited since) is read through HTTP by one client, 50 items a page: the
first page, the middle one and the last, as it is and as it was before the edits. The dataset alone, without items, is the
price of any answer, and is asked for in the same go. Then runs of 100 items are read from a store of a million observations,
next to the same runs in a store that has nothing else. ``--quick`` takes a tenth of the data and fewer repetitions.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec

from benches import machine
from benches.store_of_a_million import build_or_reuse
from benches.workload import SPANS
from spanwise_server.domain.datasets import Dataset, DatasetItem
from spanwise_server.storage.metadata import dataset_items, datasets
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction, default_url
from tests.serving.server_process import ServerProcess

PAGE = 50
RUN_ITEMS = 100
_NAME = "bench"
_MINUTE = 60_000_000
_MAX_RATIO = 1.5
"""The last page counts as fast as the first up to here: a neighbour's noise is more than the difference."""


def fill(folder: Path, project_id: str, items: int) -> int:
    """Write the dataset straight into the metadata database; return a time before the edits."""
    database = MetadataDatabase(default_url(folder / "data"))
    begun = time.time_ns() // 1_000_000 * 1000 - 1000 * _MINUTE
    dataset = Dataset(id=str(uuid.uuid4()), project_id=project_id, name=_NAME, created_at=begun, updated_at=begun)
    text = json.dumps({"question": "x" * 2000})

    def work(connection: MetadataTransaction) -> None:
        datasets.add_dataset(connection, dataset)
        for number in range(items):
            time_of_item = begun + number * 1000
            item = DatasetItem(
                id=f"item-{number:06d}",
                project_id=project_id,
                dataset_id=dataset.id,
                dataset_name=_NAME,
                input=text,
                expected_output='"answer"',
                created_at=time_of_item,
                valid_from=time_of_item,
            )
            dataset_items.add_version(connection, item, is_first=True)
            if number % 3 == 0:
                edited = msgspec.structs.replace(item, expected_output='"better"', valid_from=begun + 500 * _MINUTE)
                dataset_items.add_version(connection, edited, is_first=False)

    database.write_now(work)
    database.close_now()
    return begun + 400 * _MINUTE


def measure(http: httpx.Client, paths: Mapping[str, str], repetitions: int) -> dict[str, list[float]]:
    """Ask for each path in turn, again and again; return times in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in paths}
    for repetition in range(repetitions + 3):
        for name, path in paths.items():
            started = time.perf_counter()
            answer = http.get(path)
            took = (time.perf_counter() - started) * 1000
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
            if repetition >= 3:  # the first ones only warm up
                times[name].append(took)
    return times


def show(times: Mapping[str, list[float]]) -> None:
    """Print one line a question."""
    for name, values in times.items():
        print(f"{name:34s} {machine.spread(values)}")


def page_through(items: int, repetitions: int) -> bool:
    """Measure pages of a dataset; say whether the last is about as fast as the first."""
    with tempfile.TemporaryDirectory(prefix="spanwise-bench-") as name:
        folder = Path(name)
        with ServerProcess(folder=folder) as server:
            project_id = server.project_id
        before = fill(folder, project_id, items)
        last = items // PAGE
        then = datetime.fromtimestamp(before / 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        base = f"/api/public/dataset-items?datasetName={_NAME}&limit={PAGE}"
        pages = {"first": 1, "middle": last // 2, "last": last}
        paths = {"dataset without items (baseline)": f"/api/public/v2/datasets/{_NAME}"}
        paths |= {f"{word} page ({page})": f"{base}&page={page}" for word, page in pages.items()}
        paths |= {
            f"{word} page ({page}), earlier version": f"{base}&page={page}&version={then}" for word, page in pages.items()
        }
        with ServerProcess(folder=folder) as server, server.client() as http:
            times = measure(http, paths, repetitions)
        print(f"\n== {items:,} items, every third edited, pages of {PAGE}, milliseconds")
        show(times)
    medians = {name: machine.percentile(values, 50) for name, values in times.items()}
    ratios = []
    for suffix in ("", ", earlier version"):
        first, final = medians[f"first page (1){suffix}"], medians[f"last page ({last}){suffix}"]
        ratios.append(final / first)
        print(f"last / first{suffix:20s} {final / first:.2f}  (goal: under {_MAX_RATIO})")
    return max(ratios) < _MAX_RATIO


def read_runs(traces: int, repetitions: int) -> None:
    """Measure reads of runs in a store with a history of ``traces`` traces, and in one without."""
    source = build_or_reuse(traces)
    for title, history in ((f"among {traces * SPANS:,} observations", source), ("alone", None)):
        with tempfile.TemporaryDirectory(prefix="spanwise-bench-") as name:
            folder = Path(name)
            if history is not None:
                shutil.copytree(history, folder, symlinks=True, dirs_exist_ok=True)
            with ServerProcess(folder=folder) as server, server.client() as http:
                dataset_id = http.post("/api/public/v2/datasets", json={"name": _NAME}).json()["id"]
                for run in range(5):
                    send_run(http, dataset_id, f"run-{run}")
                since = "fromStartTime=2020-01-01T00:00:00Z"
                paths = {
                    "runs of the dataset": f"/api/public/datasets/{_NAME}/runs",
                    "a run with its items": f"/api/public/datasets/{_NAME}/runs/run-3",
                    "experiments": f"/api/public/experiments?{since}",
                    "experiments with scores": f"/api/public/experiments?{since}&fields=metadata,scores",
                    "items of an experiment": f"/api/public/experiment-items?{since}&experimentId=run-3&limit=50",
                    "items with payloads": f"/api/public/experiment-items?{since}&experimentId=run-3&limit=50&fields=io",
                    "run page": f"/api/v1/projects/{server.project_id}/dataset-run?id=run-3",
                }
                times = measure(http, paths, repetitions)
            print(f"\n== 5 runs of {RUN_ITEMS} items {title}, milliseconds")
            show(times)


def send_run(http: httpx.Client, dataset_id: str, run: str) -> None:
    """Send what a client sends that announces a run by attributes of its spans: three spans an item."""
    spans = []
    begun = time.time_ns()
    for item in range(RUN_ITEMS):
        trace_id, task = uuid.uuid4().hex, uuid.uuid4().hex[:16]
        attributes = {
            "id": run,
            "name": run,
            "dataset.id": dataset_id,
            "item.id": f"item-{item}",
            "item.root_observation_id": task,
            "item.expected_output": "x" * 200,
        }
        for span_id, parent in ((task[::-1], ""), (task, task[::-1]), (uuid.uuid4().hex[:16], task[::-1])):
            spans.append(
                {
                    "traceId": trace_id,
                    "spanId": span_id,
                    "parentSpanId": parent,
                    "name": "experiment-item",
                    "startTimeUnixNano": str(begun + item * 1_000_000),
                    "endTimeUnixNano": str(begun + item * 1_000_000 + 500_000_000),
                    "attributes": [
                        {"key": f"langfuse.experiment.{key}", "value": {"stringValue": value}}
                        for key, value in attributes.items()
                    ]
                    + [{"key": "langfuse.observation.input", "value": {"stringValue": "y" * 2000}}],
                }
            )
    body = {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "langfuse-sdk", "version": "5.0.4"}, "spans": spans}]}]}
    http.post("/api/public/otel/v1/traces", json=body).raise_for_status()


def main() -> int:
    """Run with the options of the command line; return 1 when paging is not constant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--traces", type=int, default=125_000, help=f"of {SPANS} observations each (default: 125000)")
    parser.add_argument("--repetitions", type=int, default=60)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, fifteen repetitions")
    parser.add_argument("--only", choices=("pages", "runs"), help="one half")
    options = parser.parse_args()
    share = 10 if options.quick else 1
    repetitions = 15 if options.quick else options.repetitions
    print(machine.describe())
    is_constant = options.only == "runs" or page_through(options.items // share, repetitions)
    if options.only != "pages":
        read_runs(options.traces // share, repetitions)
    return 0 if is_constant else 1


if __name__ == "__main__":
    sys.exit(main())
