"""Runs over datasets and their items: announced one by one, listed, read and deleted by name."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path, Query
from pydantic import Field
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.pagination import page_meta
from spanwise_server.api.listing.parameters import PageParameters
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.request_bodies import StoredText
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response, rendered
from spanwise_server.api.schemas.datasets import (
    CreateDatasetRunItemRequest,
    DatasetRunDetails,
    DatasetRunItemBody,
    DatasetRunItemPage,
    DatasetRunPage,
    run_body,
    run_item_body,
)
from spanwise_server.api.schemas.pages import Message
from spanwise_server.domain.datasets import Dataset, Run
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.services.container import Services

routes = RouteTable("dataset runs")

DatasetName = Annotated[StoredText, Path(description="The dataset's name; slashes may be escaped or not.")]
RunName = Annotated[StoredText, Path(description="The run's name; slashes may be escaped or not.")]


class RunItemListParameters(PageParameters):
    """Which run's items to return."""

    dataset_id: Annotated[StoredText, Field(description="The dataset.")]
    run_name: Annotated[StoredText, Field(description="The run over it.")]


@routes.post("/api/public/dataset-run-items", PROJECT_KEY, response_model=DatasetRunItemBody, responses=PUBLIC_ERRORS)
async def create_dataset_run_item(
    access: ProjectAccessDep, services: ServicesDep, request: Annotated[CreateDatasetRunItemRequest, Body()]
) -> Response:
    """Say which trace came out for an item. The run of this name is created with its first item."""
    return json_response(run_item_body(await services.runs.link(access.project_id, request.link())))


@routes.get("/api/public/dataset-run-items", PROJECT_KEY, response_model=DatasetRunItemPage, responses=PUBLIC_ERRORS)
async def list_dataset_run_items(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[RunItemListParameters, Query()]
) -> Response:
    """List what came out of a run, newest first."""
    dataset = await services.datasets.get_by_id(access.project_id, parameters.dataset_id)
    run = await services.runs.find(dataset, parameters.run_name)
    items = await services.runs.items(access.project_id, run)
    shown = items[parameters.offset : parameters.offset + parameters.limit]
    page: DatasetRunItemPage = {
        "data": [run_item_body(item) for item in shown],
        "meta": page_meta(parameters, len(items)),
    }
    return json_response(page)


@routes.get(
    "/api/public/datasets/{dataset_name:path}/runs",
    PROJECT_KEY,
    response_model=DatasetRunPage | DatasetRunDetails,
    responses=PUBLIC_ERRORS,
)
async def list_dataset_runs(
    dataset_name: DatasetName,
    access: ProjectAccessDep,
    services: ServicesDep,
    parameters: Annotated[PageParameters, Query()],
) -> Response:
    """List the runs over a dataset, newest first, whether run items or spans announced them.

    A path that ends in a run called `runs` is read as that run.
    """
    try:
        dataset = await services.datasets.get(access.project_id, dataset_name)
    except NotFoundError:
        return await _run_details(services, *await _named(services, access.project_id, f"{dataset_name}/runs"))
    runs = await services.runs.of_dataset(dataset)
    shown = runs[parameters.offset : parameters.offset + parameters.limit]
    page: DatasetRunPage = {"data": [run_body(run, dataset) for run in shown], "meta": page_meta(parameters, len(runs))}
    return json_response(page)


@routes.get(
    "/api/public/datasets/{dataset_name:path}/runs/{run_name:path}",
    PROJECT_KEY,
    response_model=DatasetRunDetails,
    responses=PUBLIC_ERRORS,
)
async def get_dataset_run(
    dataset_name: DatasetName, run_name: RunName, access: ProjectAccessDep, services: ServicesDep
) -> Response:
    """Return a run with everything that came out of it."""
    return await _run_details(services, *await _named(services, access.project_id, f"{dataset_name}/runs/{run_name}"))


@routes.delete(
    "/api/public/datasets/{dataset_name:path}/runs/{run_name:path}",
    PROJECT_KEY,
    response_model=Message,
    responses=PUBLIC_ERRORS,
)
async def delete_dataset_run(
    dataset_name: DatasetName, run_name: RunName, access: ProjectAccessDep, services: ServicesDep
) -> Response:
    """Delete a run. Its traces and scores stay; spans that arrive from now on begin it anew."""
    _, run = await _named(services, access.project_id, f"{dataset_name}/runs/{run_name}")
    await services.runs.delete(access.project_id, run)
    return json_response({"message": "Dataset run successfully deleted"})


async def _named(services: Services, project_id: str, path: str) -> tuple[Dataset, Run]:
    dataset, run_name = await services.runs.split_path(project_id, path)
    return dataset, await services.runs.find(dataset, run_name)


async def _run_details(services: Services, dataset: Dataset, run: Run) -> Response:
    items = await services.runs.items(run.project_id, run)
    return await rendered(lambda: {**run_body(run, dataset), "datasetRunItems": [run_item_body(item) for item in items]})
