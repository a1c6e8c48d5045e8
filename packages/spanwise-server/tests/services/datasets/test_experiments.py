"""Ids of runs in filters of scores and experiments."""

from __future__ import annotations

from spanwise_server.domain.datasets import experiment_id_of
from spanwise_server.query.expressions import EVERYTHING, Comparison, Field, Operator
from spanwise_server.query.queries import ScoreQuery
from spanwise_server.services.container import Services
from spanwise_server.services.datasets.datasets import DatasetChange
from spanwise_server.services.datasets.items import ItemChange
from spanwise_server.services.datasets.runs import RunItemLink
from tests.accounts import ProjectWithKeys


async def test_scores_are_asked_for_under_every_id_of_the_run(services: Services, project: ProjectWithKeys) -> None:
    dataset = await services.datasets.save(project.id, DatasetChange(name="d"))
    await services.dataset_items.save(project.id, ItemChange(dataset_name="d", id="i"))
    run_id = (await services.runs.link(project.id, RunItemLink(run_name="r", dataset_item_id="i", trace_id="t"))).run_id
    alias = experiment_id_of(project.id, dataset.id, "r")

    asked = ScoreQuery(project_id=project.id, where=Comparison(Field("dataset_run_id"), Operator.EQ, alias))
    query = await services.experiments.meant_scores(asked)

    assert query.where == Comparison(Field("dataset_run_id"), Operator.ANY_OF, (run_id, alias))
    assert (await services.experiments.meant_scores(ScoreQuery(project_id=project.id))).where == EVERYTHING
    assert set(await services.experiments.owners(project.id, [alias, "other"])) == {run_id, alias}
