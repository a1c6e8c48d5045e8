"""Rows of runs and run items: by either id, in pages, and what was deleted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from spanwise_server.domain.datasets import StoredRun, StoredRunItem
from spanwise_server.domain.errors import ConflictError
from spanwise_server.storage.metadata import dataset_runs, datasets
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.dataset_runs import RunActivity, RunItemFilter
from tests.storage.metadata.test_datasets import dataset, filled

__all__ = ["filled"]


def run(run_id: str, **fields: Any) -> StoredRun:
    base = {"id": run_id, "project_id": "p", "dataset_id": "d", "name": run_id, "experiment_id": f"e-{run_id}"}
    return StoredRun(**{**base, "created_at": 1, "updated_at": 1, **fields})


def run_item(item_id: str, run_id: str, at: int) -> StoredRunItem:
    return StoredRunItem(
        id=item_id, project_id="p", run_id=run_id, dataset_item_id=f"i{at % 2}", trace_id="t", created_at=at, updated_at=at
    )


@pytest.fixture
def with_runs(filled: MetadataDatabase) -> MetadataDatabase:
    def work(connection: Connection) -> None:
        datasets.add_dataset(connection, dataset("d"))
        for run_id in ("r1", "r2"):
            dataset_runs.add_run(connection, run(run_id))
        for number in range(6):
            dataset_runs.add_run_item(connection, run_item(f"x{number}", f"r{1 + number % 2}", number))

    filled.write_now(work)
    return filled


def test_a_run_is_found_by_either_id(with_runs: MetadataDatabase) -> None:
    def found(connection: Connection, *ids: str) -> list[str]:
        return sorted(row.id for row in dataset_runs.runs_by_ids(connection, "p", ids))

    assert with_runs.read_now(lambda connection: found(connection, "r1", "e-r1")) == ["r1"]
    assert with_runs.read_now(lambda connection: found(connection, "r1", "e-r2", "no")) == ["r1", "r2"]
    assert with_runs.read_now(lambda connection: dataset_runs.runs_by_ids(connection, "other", ["r1"])) == []


def test_a_name_is_one_run_of_a_dataset(with_runs: MetadataDatabase) -> None:
    with pytest.raises(ConflictError):
        with_runs.write_now(lambda connection: dataset_runs.add_run(connection, run("r3", name="r1")))


def test_pages_of_run_items_follow_each_other(with_runs: MetadataDatabase) -> None:
    def page(connection: Connection, after: tuple[int, str, str] | None, runs: tuple[str, ...]) -> list[str]:
        wanted = RunItemFilter(project_id="p", run_ids=runs, since=1, until=6, after=after)
        return [row.id for row in dataset_runs.find_run_items(connection, wanted, limit=3)]

    both = ("r1", "r2")
    assert with_runs.read_now(lambda connection: page(connection, None, both)) == ["x5", "x4", "x3"]
    assert with_runs.read_now(lambda connection: page(connection, (3, "t", "x3"), both)) == ["x2", "x1"]
    assert with_runs.read_now(lambda connection: page(connection, None, ("r1",))) == ["x4", "x2"]


def test_activity_counts_different_items_within_a_window(with_runs: MetadataDatabase) -> None:
    def read(connection: Connection) -> Any:
        wanted = RunItemFilter(project_id="p", run_ids=("r1", "r2"), since=2)
        return (
            dataset_runs.run_activity(connection, "p", ["r1", "r2"], since=2),
            dataset_runs.posted_item_ids(connection, wanted),
        )

    activity, ids = with_runs.read_now(read)

    assert activity == {"r1": RunActivity(2, 4, 1), "r2": RunActivity(3, 5, 1)}
    assert ids == {"r1": {"i0"}, "r2": {"i1"}}


def test_deleting_twice_remembers_the_later_time(with_runs: MetadataDatabase) -> None:
    with_runs.write_now(lambda connection: dataset_runs.delete_experiments(connection, "p", ["a", "b"], deleted_at=1))
    with_runs.write_now(lambda connection: dataset_runs.delete_experiments(connection, "p", ["b"], deleted_at=2))

    assert with_runs.read_now(lambda connection: dataset_runs.list_deleted_experiments(connection, "p")) == {"a": 1, "b": 2}


def test_a_deleted_run_takes_its_items_along(with_runs: MetadataDatabase) -> None:
    with_runs.write_now(lambda connection: dataset_runs.delete_run(connection, "r1"))

    assert with_runs.read_now(lambda connection: [row.run_id for row in dataset_runs.list_run_items(connection, ["r1", "r2"])]) == [
        "r2", "r2", "r2",
    ]  # fmt: skip
