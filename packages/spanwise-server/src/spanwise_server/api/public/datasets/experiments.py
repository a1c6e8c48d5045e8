"""Experiments and their items by time, over the whole project: how newer clients read runs back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.conditions import any_of, select
from spanwise_server.api.listing.pagination import (
    after_experiment,
    after_experiment_item,
    cut_page,
    experiment_cursor,
    experiment_item_cursor,
)
from spanwise_server.api.listing.parameters import FILTER, CommaList, Parameters, Time
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.request_bodies import StoredText
from spanwise_server.api.responses import PUBLIC_ERRORS, rendered
from spanwise_server.api.schemas.experiments import (
    DEFAULT_ITEM_GROUPS,
    EXPERIMENT_GROUPS,
    ITEM_GROUPS,
    ExperimentItemsPage,
    ExperimentsPage,
    experiment_body,
    experiment_item_body,
)
from spanwise_server.api.schemas.pages import CursorMeta
from spanwise_server.query.expressions import Comparison
from spanwise_server.services.datasets.experiments import Selection
from spanwise_server.services.filter_columns import FilterTarget
from spanwise_server.services.filter_grammar import parse_filter

routes = RouteTable("experiments")

_PAYLOADS = frozenset({"io", "metadata"})


class _ExperimentPageParameters(Parameters):
    fields: Annotated[CommaList, Field(description="Comma-separated groups of fields.")] = ()
    limit: Annotated[int, Field(ge=1, le=100, description="Most items on a page.")] = 50
    score_limit: Annotated[int, Field(ge=1, le=50, description="Most scores of each, with `fields=scores`.")] = 50
    cursor: Annotated[str | None, Field(description="Where the page begins: `meta.cursor` of the page before.")] = None
    from_start_time: Annotated[Time, Field(description="Only what started at or after this time (ISO 8601).")]
    to_start_time: Annotated[Time | None, Field(description="Only what started before this time (ISO 8601).")] = None
    filter: Annotated[StoredText | None, Field(description=FILTER)] = None

    def select(self, project_id: str, simple: tuple[Comparison, ...], target: FilterTarget) -> Selection:
        """Combine simple conditions with the filter and the window."""
        found = select(
            simple,
            time_field="start_time",
            since=self.from_start_time,
            until=self.to_start_time,
            given=parse_filter(self.filter, target),
        )
        return Selection(project_id=project_id, where=found.where, since=found.since, until=found.until)


class ExperimentListParameters(_ExperimentPageParameters):
    """Which experiments to return, and which parts: `core` (always), `metadata`, `scores`."""

    id: Annotated[CommaList, Field(description="Ids of experiments: of runs, or those that clients compute.")] = ()
    name: Annotated[CommaList, Field(description="Names of experiments.")] = ()
    dataset_id: Annotated[CommaList, Field(description="Ids of datasets.")] = ()

    @property
    def groups(self) -> frozenset[str]:
        """The groups asked for; unknown names are ignored."""
        return EXPERIMENT_GROUPS.intersection(self.fields) | {"core"}

    def selection(self, project_id: str) -> Selection:
        """Return what the service takes."""
        simple = (*any_of("id", self.id), *any_of("name", self.name), *any_of("dataset_id", self.dataset_id))
        return self.select(project_id, simple, "experiments")


class ExperimentItemListParameters(_ExperimentPageParameters):
    """Which items to return, and which parts: `core` (always), `dataset`, `io`, `metadata`, `itemMetadata`, `experimentMetadata`, `scores`."""

    experiment_id: Annotated[CommaList, Field(description="Ids of experiments: of runs, or those that clients compute.")] = ()
    experiment_name: Annotated[CommaList, Field(description="Names of experiments.")] = ()
    experiment_item_id: Annotated[CommaList, Field(description="Ids of dataset items.")] = ()
    dataset_id: Annotated[CommaList, Field(description="Ids of datasets.")] = ()

    @property
    def groups(self) -> frozenset[str]:
        """The groups asked for, `core` and `dataset` when none is; unknown names are ignored."""
        return ITEM_GROUPS.intersection(self.fields) | {"core"} if self.fields else DEFAULT_ITEM_GROUPS

    def selection(self, project_id: str) -> Selection:
        """Return what the service takes."""
        simple = (
            *any_of("experiment_id", self.experiment_id),
            *any_of("experiment_name", self.experiment_name),
            *any_of("item_id", self.experiment_item_id),
            *any_of("dataset_id", self.dataset_id),
        )
        return self.select(project_id, simple, "experiment_items")


@routes.get("/api/public/experiments", PROJECT_KEY, response_model=ExperimentsPage, responses=PUBLIC_ERRORS)
async def list_experiments(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[ExperimentListParameters, Query()]
) -> Response:
    """List experiments, latest activity first. Runs that run items announced are among them, under the run's id."""
    groups, project_id = parameters.groups, access.project_id
    found = await services.experiments.page(
        parameters.selection(project_id), limit=parameters.limit + 1, after=after_experiment(parameters.cursor)
    )
    runs, cursor = cut_page(found, parameters.limit, experiment_cursor)
    scores = await services.experiments.scores(project_id, runs if "scores" in groups else (), limit=parameters.score_limit)
    return await rendered(
        lambda: {"data": [experiment_body(run, groups, scores.get(run.id, ())) for run in runs], "meta": _meta(cursor)}
    )


@routes.get("/api/public/experiment-items", PROJECT_KEY, response_model=ExperimentItemsPage, responses=PUBLIC_ERRORS)
async def list_experiment_items(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[ExperimentItemListParameters, Query()]
) -> Response:
    """List what came out for items of experiments, newest first; scores are those of the item and its trace."""
    groups, project_id = parameters.groups, access.project_id
    found = await services.experiment_items.page(
        parameters.selection(project_id),
        limit=parameters.limit + 1,
        after=after_experiment_item(parameters.cursor),
        with_payloads=not _PAYLOADS.isdisjoint(groups),
    )
    items, cursor = cut_page(found, parameters.limit, experiment_item_cursor)
    scored = items if "scores" in groups else ()
    scores = await services.experiment_items.scores(project_id, scored, limit=parameters.score_limit)
    return await rendered(
        lambda: {
            "data": [experiment_item_body(item, groups, scores.get(item.place.id, ())) for item in items],
            "meta": _meta(cursor),
        }
    )


def _meta(cursor: str | None) -> CursorMeta:
    return {} if cursor is None else {"cursor": cursor}
