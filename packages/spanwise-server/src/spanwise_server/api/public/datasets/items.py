"""Dataset items: write, list, get, delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Body, Path, Query
from pydantic import Field
from starlette.responses import Response

from spanwise_server.api.addresses import BaseUrlDep
from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.pagination import page_meta
from spanwise_server.api.listing.parameters import PageParameters, Time
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.request_bodies import StoredText
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response, rendered
from spanwise_server.api.schemas.datasets import (
    CreateDatasetItemRequest,
    DatasetItemBody,
    DatasetItemPage,
    item_body,
    references_of,
)
from spanwise_server.api.schemas.pages import Message
from spanwise_server.domain.datasets import DatasetItem
from spanwise_server.domain.media import DatasetItemSubject, MediaField
from spanwise_server.services.container import Services
from spanwise_server.services.datasets.items import ItemSelection

routes = RouteTable("dataset items")

ItemId = Annotated[StoredText, Path(description="The item's id.")]


class DatasetItemListParameters(PageParameters):
    """Which items to return; all conditions must hold."""

    dataset_name: Annotated[StoredText | None, Field(description="Only items of this dataset.")] = None
    source_trace_id: Annotated[StoredText | None, Field(description="Only items made from this trace.")] = None
    source_observation_id: Annotated[StoredText | None, Field(description="Only items made from this observation.")] = None
    version: Annotated[Time | None, Field(description="Items as they were at this time; needs `datasetName`.")] = None

    def selection(self) -> ItemSelection:
        """Return what the service takes."""
        return ItemSelection(**{name: getattr(self, name) for name in ItemSelection.__struct_fields__})


@routes.post("/api/public/dataset-items", PROJECT_KEY, response_model=DatasetItemBody, responses=PUBLIC_ERRORS)
async def save_dataset_item(
    access: ProjectAccessDep,
    services: ServicesDep,
    base_url: BaseUrlDep,
    request: Annotated[CreateDatasetItemRequest, Body()],
) -> Response:
    """Create an item, or change what the body gives of the one with this id. What was is kept as an earlier version."""
    item = await services.dataset_items.save(access.project_id, request.change())
    references = {(reference.media_id, MediaField(field)) for field, reference in references_of(item)}
    subject = DatasetItemSubject(dataset_id=item.dataset_id, item_id=item.id)
    await services.media.refer(access.project_id, subject, references)
    (body,) = await item_bodies(services, access.project_id, [item], base_url)
    return json_response(body)


@routes.get("/api/public/dataset-items", PROJECT_KEY, response_model=DatasetItemPage, responses=PUBLIC_ERRORS)
async def list_dataset_items(
    access: ProjectAccessDep,
    services: ServicesDep,
    base_url: BaseUrlDep,
    parameters: Annotated[DatasetItemListParameters, Query()],
) -> Response:
    """List active items, newest first; with `version` as they were at that time."""
    found, total = await services.dataset_items.page(
        access.project_id, parameters.selection(), limit=parameters.limit, offset=parameters.offset
    )
    bodies = await item_bodies(services, access.project_id, found, base_url)
    return await rendered(lambda: {"data": bodies, "meta": page_meta(parameters, total)})


@routes.get("/api/public/dataset-items/{item_id:path}", PROJECT_KEY, response_model=DatasetItemBody, responses=PUBLIC_ERRORS)
async def get_dataset_item(item_id: ItemId, access: ProjectAccessDep, services: ServicesDep, base_url: BaseUrlDep) -> Response:
    """Return an item, archived or not."""
    item = await services.dataset_items.get(access.project_id, item_id)
    (body,) = await item_bodies(services, access.project_id, [item], base_url)
    return json_response(body)


@routes.delete("/api/public/dataset-items/{item_id:path}", PROJECT_KEY, response_model=Message, responses=PUBLIC_ERRORS)
async def delete_dataset_item(item_id: ItemId, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Delete an item. Reads with an earlier `version` still have it."""
    await services.dataset_items.delete(access.project_id, item_id)
    return json_response({"message": "Dataset item successfully deleted"})


async def item_bodies(
    services: Services, project_id: str, items: Sequence[DatasetItem], base_url: str
) -> list[DatasetItemBody]:
    """Return the items as clients get them, with the files that they refer to."""
    ids = {reference.media_id for item in items for _, reference in references_of(item)}
    media = await services.media.resolve(project_id, ids, base_url=base_url)
    return [item_body(item, media) for item in items]
