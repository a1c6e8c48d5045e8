"""The store's promises about experiments: found by id, dataset and time, and what their traces took."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from spanwise_server.domain.observations import Observation
from spanwise_server.query.expressions import Comparison, Field, Operator
from spanwise_server.query.queries import ExperimentItemQuery, ExperimentQuery, Keyset
from spanwise_server.services.container import EventStore
from spanwise_server.storage.interface import EventRows
from tests.event_rows import SECOND, START, observation, score

MONTH = 31 * 86_400


@pytest.fixture
def project_id() -> str:
    return f"project-{uuid.uuid4()}"


def item_rows(project_id: str, run: str, number: int, *, at: float = 0, dataset: str = "d1") -> list[Observation]:
    """Return what a client sends for one item: a root span, the task that stands for the item, and a judge."""
    trace_id = f"{run}-trace-{number}"
    attributes = {
        "id": run,
        "name": f"name of {run}",
        "description": "compares",
        "metadata": '{"model":"m"}',
        "item.id": f"item-{number}",
        "item.root_observation_id": f"{trace_id}-task",
    } | ({"dataset.id": dataset} if dataset else {})
    end = START + round((at + 2) * SECOND)
    return [
        observation(project_id, f"{trace_id}-root", trace_id=trace_id, at=at, experiment=attributes, end_time=end),
        observation(
            project_id, f"{trace_id}-task", trace_id=trace_id, at=at + 0.5, parent_id=f"{trace_id}-root", experiment=attributes,
            total_cost=Decimal("0.25"), input="question", metadata={"k": "v"}, end_time=end,
        ),
        observation(
            project_id, f"{trace_id}-judge", trace_id=trace_id, at=at + 1, parent_id=f"{trace_id}-root", experiment=attributes,
            total_cost=Decimal("0.5"), level="ERROR", end_time=end,
        ),
    ]  # fmt: skip


async def fill(store: EventStore, project_id: str) -> None:
    rows = [
        *item_rows(project_id, "run-1", 1),
        *item_rows(project_id, "run-1", 2, at=5),
        *item_rows(project_id, "run-1", 2, at=5),  # sent again
        *item_rows(project_id, "run-2", 1, at=-MONTH, dataset="d2"),
        *item_rows(project_id, "local", 1, at=100, dataset=""),
        observation(project_id, "alone", trace_id="alone"),
        *item_rows("other-" + project_id, "run-1", 9, at=7),
    ]
    await store.write(EventRows(observations=rows), token=str(uuid.uuid4()))


async def test_an_experiment_is_the_sum_of_the_rows_that_name_it(store: EventStore, project_id: str) -> None:
    await fill(store, project_id)

    found = await store.find_experiments(ExperimentQuery(project_id=project_id, with_item_ids=True))

    assert [experiment.id for experiment in found] == ["local", "run-1", "run-2"]
    run = found[1]
    assert (run.name, run.description, run.metadata, run.dataset_id) == ("name of run-1", "compares", '{"model":"m"}', "d1")
    assert (run.start_time, run.end_time, run.item_count) == (START, START + 7 * SECOND, 2)
    assert sorted(run.item_ids) == ["item-1", "item-2"]
    assert found[0].dataset_id == ""


async def test_experiments_are_found_by_id_dataset_and_time(store: EventStore, project_id: str) -> None:
    await fill(store, project_id)

    async def ids(**query: Any) -> list[str]:
        found = await store.find_experiments(ExperimentQuery(project_id=project_id, **query))
        return [experiment.id for experiment in found]

    assert await ids(ids=("run-2", "unknown")) == ["run-2"]
    assert await ids(dataset_id="d1") == ["run-1"]
    assert await ids(since=START) == ["local", "run-1"]
    assert await ids(until=START) == ["run-2"]
    assert await ids(since=START + 5 * SECOND, until=START + 100 * SECOND) == ["run-1"]
    assert await ids(ids=()) == []
    assert await ids(limit=1) == ["local"]


async def test_the_window_cuts_an_experiment(store: EventStore, project_id: str) -> None:
    await fill(store, project_id)

    found = await store.find_experiments(ExperimentQuery(project_id=project_id, ids=("run-1",), since=START + 5 * SECOND))

    assert [(run.start_time, run.item_count) for run in found] == [(START + 5 * SECOND, 1)]


async def test_an_experiment_later_than_the_minutes_that_the_store_can_name_is_found(
    store: EventStore, project_id: str
) -> None:
    rows = item_rows(project_id, "late", 1, at=200 * 366 * 86_400)
    await store.write(EventRows(observations=rows), token=str(uuid.uuid4()))

    found = await store.find_experiments(ExperimentQuery(project_id=project_id))

    assert [(experiment.id, experiment.start_time) for experiment in found] == [("late", rows[0].start_time)]


async def test_what_arrived_before_a_deletion_does_not_count(store: EventStore, project_id: str) -> None:
    await fill(store, project_id)
    deleted = {"run-1": START + 4 * SECOND, "local": START + 1000 * SECOND}

    found = await store.find_experiments(ExperimentQuery(project_id=project_id, deleted=deleted))
    items = await store.find_experiment_items(ExperimentItemQuery(project_id=project_id, deleted=deleted))

    assert [(run.id, run.item_count) for run in found] == [("run-1", 1), ("run-2", 1)]
    assert [item.trace_id for item in items] == ["run-1-trace-2", "run-2-trace-1"]


async def test_items_are_paged_newest_first(store: EventStore, project_id: str) -> None:
    await fill(store, project_id)

    first = await store.find_experiment_items(ExperimentItemQuery(project_id=project_id, limit=2))
    last = first[-1]
    rest = await store.find_experiment_items(
        ExperimentItemQuery(project_id=project_id, after=Keyset(last.start_time, last.trace_id, last.id))
    )

    ids = ["local-trace-1-task", "run-1-trace-2-task", "run-1-trace-1-task", "run-2-trace-1-task"]
    assert [row.id for row in (*first, *rest)] == ids
    assert first[0].input == ""
    assert first[0].metadata == {}


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("experiment_id", "run-2", ["run-2-trace-1-task"]),
        ("experiment_name", "name of local", ["local-trace-1-task"]),
        ("item_id", "item-2", ["run-1-trace-2-task"]),
        ("dataset_id", "d2", ["run-2-trace-1-task"]),
    ],
)
async def test_items_are_filtered(store: EventStore, project_id: str, field: str, value: str, expected: list[str]) -> None:
    await fill(store, project_id)
    where = Comparison(Field(field), Operator.EQ, value)

    found = await store.find_experiment_items(
        ExperimentItemQuery(project_id=project_id, where=where, with_payloads=True, experiment_ids=None)
    )

    assert [row.id for row in found] == expected
    assert found[0].input == "question"
    assert found[0].metadata == {"k": "v"}


async def test_items_of_given_experiments_and_traces(store: EventStore, project_id: str) -> None:
    await fill(store, project_id)
    traces = ("run-1-trace-1", "local-trace-1", "alone")

    by_trace = await store.find_experiment_items(ExperimentItemQuery(project_id=project_id, trace_ids=traces))
    by_both = await store.find_experiment_items(
        ExperimentItemQuery(project_id=project_id, trace_ids=traces, experiment_ids=("run-1",))
    )

    assert [row.trace_id for row in by_trace] == ["local-trace-1", "run-1-trace-1"]
    assert [row.trace_id for row in by_both] == ["run-1-trace-1"]


async def test_traces_are_measured_over_all_their_rows(store: EventStore, project_id: str) -> None:
    await fill(store, project_id)

    measures = await store.measure_traces(project_id, ["run-1-trace-1", "alone", "unknown"])

    assert set(measures) == {"run-1-trace-1", "alone"}
    measured = measures["run-1-trace-1"]
    assert (measured.start_time, measured.end_time) == (START, START + 2 * SECOND)
    assert (measured.total_cost, measured.error_count) == (Decimal("0.75"), 1)
    assert measures["alone"].total_cost == 0
    assert await store.measure_traces(project_id, []) == {}


async def test_scores_are_summed_up_by_name_and_value(store: EventStore, project_id: str) -> None:
    scores = [
        score(project_id, "s1", trace_id="t1", observation_id="o", value=1.0),
        score(project_id, "s2", trace_id="t2", value=0.5),
        score(project_id, "s3", trace_id="t3", value=9.0),
        score(project_id, "s4", trace_id="t1", name="tone", data_type="CATEGORICAL", string_value="kind", value=0.0),
        score(project_id, "s5", trace_id="t2", name="tone", data_type="CATEGORICAL", string_value="rude", value=0.0),
        score(project_id, "s6", dataset_run_id="r1", value=0.0),
        score(project_id, "s7", trace_id="t1", name="output", data_type="CORRECTION", string_value="long"),
    ]
    await store.write(EventRows(scores=scores), token=str(uuid.uuid4()))

    found = await store.summarize_scores(project_id, trace_ids=["t1", "t2"], run_ids=["r1"])

    assert [(part.name, part.data_type, part.value, part.count, part.mean) for part in found] == [
        ("quality", "NUMERIC", "", 3, 0.5),
        ("tone", "CATEGORICAL", "kind", 1, 0.0),
        ("tone", "CATEGORICAL", "rude", 1, 0.0),
    ]
    assert await store.summarize_scores(project_id, trace_ids=[], run_ids=[]) == []
