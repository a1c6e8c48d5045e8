"""A run by any of its ids, and what the last word of a path may be."""

from __future__ import annotations

import uuid

import pytest

from spanwise_server.domain.datasets import experiment_id_of
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.services.container import Services
from spanwise_server.services.datasets.datasets import DatasetChange
from spanwise_server.services.datasets.items import ItemChange
from spanwise_server.services.datasets.runs import RunItemLink
from tests.accounts import ProjectWithKeys


async def test_a_run_answers_to_each_of_its_ids(services: Services, project: ProjectWithKeys) -> None:
    name = f"d/runs/{uuid.uuid4()}"
    dataset = await services.datasets.save(project.id, DatasetChange(name=name))
    await services.dataset_items.save(project.id, ItemChange(dataset_name=name, id="i"))
    linked = await services.runs.link(project.id, RunItemLink(run_name="r/runs/s", dataset_item_id="i", trace_id="t"))

    alias = experiment_id_of(project.id, dataset.id, "r/runs/s")
    found = [await services.runs.get(project.id, some_id) for some_id in (linked.run_id, alias)]

    assert {run.id for run in found} == {linked.run_id}
    assert await services.runs.split_path(project.id, f"{name}/runs/r/runs/s") == (dataset, "r/runs/s")
    with pytest.raises(NotFoundError, match="Dataset not found"):
        await services.runs.split_path(project.id, "no/runs/r")
    with pytest.raises(NotFoundError, match="Dataset run not found"):
        await services.runs.get(project.id, "no")
