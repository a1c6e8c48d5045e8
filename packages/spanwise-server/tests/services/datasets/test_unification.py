"""Runs of both stores joined: by id, by alias, never twice."""

from __future__ import annotations

from typing import Any

from spanwise_server.domain.datasets import StoredRun, StoredRunItem
from spanwise_server.domain.experiments import Experiment
from spanwise_server.services.datasets.unification import join_items, join_runs, with_exact_count
from spanwise_server.storage.metadata.dataset_runs import RunActivity
from tests.event_rows import START, observation

RUN = StoredRun(id="run", project_id="p", dataset_id="d", name="r", experiment_id="alias", created_at=50, updated_at=60)


def experiment(experiment_id: str, **fields: Any) -> Experiment:
    return Experiment(
        **{"id": experiment_id, "name": "r", "start_time": 100, "end_time": 200, "item_count": 1, "updated_at": 70, **fields}
    )


def posted(item_id: str, trace_id: str, **fields: Any) -> StoredRunItem:
    return StoredRunItem(
        id=f"{item_id}-{trace_id}", project_id="p", run_id="run", dataset_item_id=item_id, trace_id=trace_id,
        created_at=10, updated_at=10, **fields,
    )  # fmt: skip


def test_spans_under_either_id_belong_to_the_stored_run() -> None:
    parts = [experiment("run", start_time=90), experiment("alias", end_time=300, description="why"), experiment("other")]

    runs, by_run = join_runs("p", [RUN], {"run": RunActivity(1, 2, 3)}, parts)

    assert {run.id: run.ids for run in runs} == {"run": ("run", "alias"), "other": ("other",)}
    joined = next(run for run in runs if run.id == "run")
    assert (joined.start_time, joined.end_time, joined.updated_at, joined.item_count) == (90, 300, 70, 3)
    assert (joined.description, joined.created_at, joined.is_stored) == ("why", 50, True)
    assert [part.id for part in by_run["run"]] == ["run", "alias"]


def test_a_stored_run_without_anything_in_the_window_is_left_out() -> None:
    assert join_runs("p", [RUN], {}, [])[0] == []
    (alone,) = join_runs("p", [RUN], {"run": RunActivity(1, 2, 3)}, [])[0]
    assert (alone.start_time, alone.end_time, alone.item_count) == (1, 2, 3)


def test_items_of_both_sides_are_counted_once() -> None:
    (run,) = join_runs("p", [RUN], {"run": RunActivity(1, 2, 2)}, [])[0]

    counted = with_exact_count(run, ["a", "b"], [experiment("run", item_ids=["b", "c"]), experiment("alias", item_ids=["c"])])

    assert counted.item_count == 3


def test_a_posted_item_that_is_a_span_is_one_item() -> None:
    (run,) = join_runs("p", [RUN], {"run": RunActivity(1, 2, 2)}, [])[0]
    spans = [
        observation("p", "s1", trace_id="t1", experiment={"item.id": "a"}, end_time=START + 5),
        observation("p", "s2", trace_id="t2", at=1, experiment={"item.id": "b"}),
        observation("p", "s3", trace_id="t2", at=2, experiment={"item.id": "b"}),
        observation("p", "s4", trace_id="t2", at=3, experiment={"item.id": "c"}),
    ]

    items = join_items(run, [posted("a", "t1"), posted("a", "t1", observation_id="o"), posted("c", "t9")], spans)

    assert sorted((item.dataset_item_id, item.trace_id, item.observation_id or "") for item in items) == [
        ("a", "t1", ""), ("a", "t1", "o"), ("b", "t2", "s2"), ("b", "t2", "s3"), ("c", "t2", "s4"), ("c", "t9", ""),
    ]  # fmt: skip
    assert {item.end_time for item in items if item.dataset_item_id == "a"} == {START + 5}
    assert [item.observation_id for item in items][:3] == ["s4", "s3", "s2"]
