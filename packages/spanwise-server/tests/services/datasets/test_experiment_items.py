"""Items over the whole project, when most run items are spans as well."""

from __future__ import annotations

from spanwise_server.services.container import Services
from spanwise_server.services.datasets.datasets import DatasetChange
from spanwise_server.services.datasets.experiments import Selection
from spanwise_server.services.datasets.items import ItemChange
from spanwise_server.services.datasets.runs import RunItemLink
from tests.accounts import ProjectWithKeys
from tests.event_rows import SECOND, START, observation, write


async def test_run_items_without_a_span_are_found_behind_many_with_one(services: Services, project: ProjectWithKeys) -> None:
    await services.datasets.save(project.id, DatasetChange(name="d"))
    await services.dataset_items.save(project.id, ItemChange(dataset_name="d", id="i"))
    rows = []
    for number in range(250):
        link = RunItemLink(run_name="r", dataset_item_id="i", trace_id=f"t{number}", created_at=START + number * SECOND)
        run_id = (await services.runs.link(project.id, link)).run_id
        if number >= 10:
            facts = {"id": run_id, "item.id": "i", "item.root_observation_id": f"s{number}"}
            rows.append(observation(project.id, f"s{number}", trace_id=f"t{number}", at=number, experiment=facts))
    await write(services, rows)

    seen: list[str] = []
    after = None
    while True:
        page = await services.experiment_items.page(
            Selection(project_id=project.id), limit=100, after=after, with_payloads=False
        )
        seen += [item.trace_id for item in page]
        if len(page) < 100:
            break
        after = page[-1].place

    assert seen == [f"t{number}" for number in reversed(range(250))]
