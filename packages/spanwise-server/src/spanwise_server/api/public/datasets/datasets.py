"""Datasets: list, create or change, get, delete; and the same in the first, undocumented API."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path, Query
from starlette.responses import Response

from spanwise_server.api.addresses import BaseUrlDep
from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.pagination import page_meta
from spanwise_server.api.listing.parameters import PageParameters
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.public.datasets.items import item_bodies
from spanwise_server.api.request_bodies import StoredText
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response, rendered
from spanwise_server.api.schemas.datasets import (
    CreateDatasetRequest,
    DatasetBody,
    DatasetPage,
    DatasetsV1,
    DatasetV1Body,
    DatasetV1Details,
    dataset_body,
)
from spanwise_server.api.schemas.pages import Message
from spanwise_server.domain.datasets import Dataset
from spanwise_server.services.container import Services

routes = RouteTable("datasets")

DatasetName = Annotated[StoredText, Path(description="The dataset's name; slashes may be escaped or not.")]


@routes.get("/api/public/v2/datasets", PROJECT_KEY, response_model=DatasetPage, responses=PUBLIC_ERRORS)
async def list_datasets(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[PageParameters, Query()]
) -> Response:
    """List the project's datasets, newest first."""
    found, total = await services.datasets.page(access.project_id, limit=parameters.limit, offset=parameters.offset)
    page: DatasetPage = {"data": [dataset_body(dataset) for dataset in found], "meta": page_meta(parameters, total)}
    return json_response(page)


@routes.post("/api/public/v2/datasets", PROJECT_KEY, response_model=DatasetBody, responses=PUBLIC_ERRORS)
async def save_dataset(
    access: ProjectAccessDep, services: ServicesDep, request: Annotated[CreateDatasetRequest, Body()]
) -> Response:
    """Create a dataset, or change what the body gives of the one with this name.

    A schema must fit every active item that is there already; the error names those that it does not fit.
    """
    return json_response(dataset_body(await services.datasets.save(access.project_id, request.change())))


@routes.get("/api/public/v2/datasets/{dataset_name:path}", PROJECT_KEY, response_model=DatasetBody, responses=PUBLIC_ERRORS)
async def get_dataset(dataset_name: DatasetName, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return a dataset, without its items."""
    return json_response(dataset_body(await services.datasets.get(access.project_id, dataset_name)))


@routes.delete("/api/public/v2/datasets/{dataset_name:path}", PROJECT_KEY, response_model=Message, responses=PUBLIC_ERRORS)
async def delete_dataset(dataset_name: DatasetName, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Delete a dataset with its items and the runs over it. Traces and scores stay."""
    dataset = await services.datasets.delete(access.project_id, dataset_name)
    await services.media.forget_items(access.project_id, dataset.id)
    return json_response({"message": "Dataset successfully deleted"})


@routes.get("/api/public/datasets", PROJECT_KEY, response_model=DatasetsV1, responses=PUBLIC_ERRORS)
async def list_datasets_v1(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[PageParameters, Query()]
) -> Response:
    """List datasets with the ids of their items and the names of their runs."""
    found, total = await services.datasets.page(access.project_id, limit=parameters.limit, offset=parameters.offset)
    page: DatasetsV1 = {
        "data": [await _with_names(services, dataset) for dataset in found],
        "meta": page_meta(parameters, total),
    }
    return json_response(page)


async def _with_names(services: Services, dataset: Dataset) -> DatasetV1Body:
    items = await services.dataset_items.ids_of(dataset)
    return {**dataset_body(dataset), "items": items, "runs": await _run_names(services, dataset)}


async def _run_names(services: Services, dataset: Dataset) -> list[str]:
    return [run.name for run in await services.runs.of_dataset(dataset)]


@routes.post("/api/public/datasets", PROJECT_KEY, response_model=DatasetV1Details, responses=PUBLIC_ERRORS)
async def save_dataset_v1(
    access: ProjectAccessDep,
    services: ServicesDep,
    base_url: BaseUrlDep,
    request: Annotated[CreateDatasetRequest, Body()],
) -> Response:
    """Create or change a dataset, as `POST /api/public/v2/datasets`."""
    dataset = await services.datasets.save(access.project_id, request.change())
    return await _details(services, dataset, base_url)


# Comes after the routes of runs, whose paths it would answer for.
routes_v1 = RouteTable("datasets")


@routes_v1.get(
    "/api/public/datasets/{dataset_name:path}", PROJECT_KEY, response_model=DatasetV1Details, responses=PUBLIC_ERRORS
)
async def get_dataset_v1(
    dataset_name: DatasetName, access: ProjectAccessDep, services: ServicesDep, base_url: BaseUrlDep
) -> Response:
    """Return a dataset with all its active items and the names of its runs."""
    return await _details(services, await services.datasets.get(access.project_id, dataset_name), base_url)


async def _details(services: Services, dataset: Dataset, base_url: str) -> Response:
    bodies = await item_bodies(services, dataset.project_id, await services.dataset_items.all_of(dataset), base_url)
    runs = await _run_names(services, dataset)
    return await rendered(lambda: {**dataset_body(dataset), "items": bodies, "runs": runs})
