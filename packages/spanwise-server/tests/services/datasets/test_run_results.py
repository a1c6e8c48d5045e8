"""What the items of a run were and what came out, in many portions, with little or nothing known."""

from __future__ import annotations

import pytest

from spanwise_server.domain.datasets import RunItem
from spanwise_server.domain.experiments import TraceMeasures
from spanwise_server.services.container import Services
from spanwise_server.services.datasets.run_results import RunItemReader
from tests.accounts import ProjectWithKeys
from tests.event_rows import START, observation, score, write


def run_item(item_id: str, trace_id: str, observation_id: str | None) -> RunItem:
    return RunItem(
        id=f"{item_id} of the run",
        run_id="r",
        run_name="r",
        dataset_item_id=item_id,
        trace_id=trace_id,
        observation_id=observation_id,
        created_at=START,
        updated_at=START,
    )


@pytest.fixture
def reader(services: Services) -> RunItemReader:
    return RunItemReader(services.dataset_items, services.events)


async def measured(services: Services, project_id: str, items: list[RunItem]) -> dict[str, TraceMeasures]:
    return dict(await services.events.measure_traces(project_id, [item.trace_id for item in items]))


async def test_results_stand_in_the_order_of_the_items_however_many(
    services: Services, project: ProjectWithKeys, reader: RunItemReader
) -> None:
    numbers = range(120)
    rows = [
        observation(project.id, f"o{number}", at=number, trace_id=f"t{number}", input=f"in {number}", output=f"out {number}")
        for number in numbers
    ]
    await write(services, rows, [score(project.id, "s", trace_id="t7", observation_id="o7", value=0.5)])
    items = [run_item(f"i{number}", f"t{number}", f"o{number}") for number in reversed(numbers)]

    results = await reader.results(project.id, items, await measured(services, project.id, items), most=None)

    assert [result.item for result in results] == items
    assert [(result.input, result.output) for result in results] == [(f"in {n}", f"out {n}") for n in reversed(numbers)]
    assert [[part.id for part in result.scores] for result in results if result.scores] == [["s"]]


async def test_the_same_observation_id_in_two_traces_is_not_mixed_up(
    services: Services, project: ProjectWithKeys, reader: RunItemReader
) -> None:
    rows = [observation(project.id, "same", trace_id=trace_id, output=trace_id) for trace_id in ("t1", "t2")]
    await write(services, rows, [])
    items = [run_item("a", "t2", "same"), run_item("b", "t1", "same"), run_item("c", "t3", "same")]

    results = await reader.results(project.id, items, await measured(services, project.id, items), most=None)

    assert [result.output for result in results] == ["t2", "t1", ""]


async def test_payloads_are_cut_by_characters_and_say_so(
    services: Services, project: ProjectWithKeys, reader: RunItemReader
) -> None:
    await write(services, [observation(project.id, "o", trace_id="t", input="🚚" * 5, output="four")], [])
    items = [run_item("a", "t", "o")]

    [result] = await reader.results(project.id, items, await measured(services, project.id, items), most=4)

    assert (result.input, result.output, result.cut) == ("🚚" * 4, "four", ("input",))


async def test_nothing_is_read_for_no_items(project: ProjectWithKeys, reader: RunItemReader) -> None:
    assert await reader.results(project.id, [], {}, most=None) == []
