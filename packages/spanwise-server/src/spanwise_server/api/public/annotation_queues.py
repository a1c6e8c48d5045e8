"""Annotation queues, their items and assignments. Parameters and bodies with unknown names are refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.pagination import page_meta
from spanwise_server.api.listing.parameters import PageParameters
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response
from spanwise_server.api.schemas.annotation import (
    AnnotationQueueBody,
    AnnotationQueueItemBody,
    AnnotationQueueItemPage,
    AnnotationQueuePage,
    AssignmentBody,
    AssignmentRequest,
    ChangeAnnotationQueueItemRequest,
    CreateAnnotationQueueItemRequest,
    CreateAnnotationQueueRequest,
    DeletedAssignment,
    DeletedItem,
    Status,
    item_body,
    queue_body,
)
from spanwise_server.domain.annotation import ItemStatus, ObjectType

routes = RouteTable("annotation queues")

_QUEUES = "/api/public/annotation-queues"
_QUEUE = f"{_QUEUES}/{{queue_id}}"
_ITEM = f"{_QUEUE}/items/{{item_id}}"


class QueueListParameters(PageParameters):
    """Which queues to return."""

    model_config = ConfigDict(extra="forbid")


class ItemListParameters(QueueListParameters):
    """Which items to return."""

    status: Annotated[Status | None, Field(description="Only items that wait, or only completed ones.")] = None


@routes.get(_QUEUES, PROJECT_KEY, response_model=AnnotationQueuePage, responses=PUBLIC_ERRORS)
async def list_annotation_queues(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[QueueListParameters, Query()]
) -> Response:
    """List the project's annotation queues, newest first."""
    found, total = await services.annotation_queues.page(access.project_id, limit=parameters.limit, offset=parameters.offset)
    page: AnnotationQueuePage = {"data": [queue_body(queue) for queue in found], "meta": page_meta(parameters, total)}
    return json_response(page)


@routes.post(_QUEUES, PROJECT_KEY, response_model=AnnotationQueueBody, responses=PUBLIC_ERRORS)
async def create_annotation_queue(
    access: ProjectAccessDep, services: ServicesDep, request: Annotated[CreateAnnotationQueueRequest, Body()]
) -> Response:
    """Make an annotation queue."""
    queue = await services.annotation_queues.create(
        access.project_id,
        name=request.name,
        description=request.description,
        score_config_ids=request.score_config_ids,
    )
    return json_response(queue_body(queue))


@routes.get(_QUEUE, PROJECT_KEY, response_model=AnnotationQueueBody, responses=PUBLIC_ERRORS)
async def get_annotation_queue(queue_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return one annotation queue."""
    return json_response(queue_body(await services.annotation_queues.get(access.project_id, queue_id)))


@routes.get(f"{_QUEUE}/items", PROJECT_KEY, response_model=AnnotationQueueItemPage, responses=PUBLIC_ERRORS)
async def list_annotation_queue_items(
    queue_id: str, access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[ItemListParameters, Query()]
) -> Response:
    """List the items of a queue, newest first."""
    found, total = await services.annotation_queues.items(
        access.project_id,
        queue_id,
        status=None if parameters.status is None else ItemStatus(parameters.status),
        limit=parameters.limit,
        offset=parameters.offset,
    )
    page: AnnotationQueueItemPage = {"data": [item_body(item) for item in found], "meta": page_meta(parameters, total)}
    return json_response(page)


@routes.post(f"{_QUEUE}/items", PROJECT_KEY, response_model=AnnotationQueueItemBody, responses=PUBLIC_ERRORS)
async def create_annotation_queue_item(
    queue_id: str,
    access: ProjectAccessDep,
    services: ServicesDep,
    request: Annotated[CreateAnnotationQueueItemRequest, Body()],
) -> Response:
    """Put a trace, an observation or a session into a queue."""
    item = await services.annotation_queues.add_item(
        access.project_id,
        queue_id,
        object_type=ObjectType(request.object_type),
        object_id=request.object_id,
        status=ItemStatus(request.status or ItemStatus.PENDING),
    )
    return json_response(item_body(item))


@routes.get(_ITEM, PROJECT_KEY, response_model=AnnotationQueueItemBody, responses=PUBLIC_ERRORS)
async def get_annotation_queue_item(queue_id: str, item_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return one item of a queue."""
    return json_response(item_body(await services.annotation_queues.item(access.project_id, queue_id, item_id)))


@routes.patch(_ITEM, PROJECT_KEY, response_model=AnnotationQueueItemBody, responses=PUBLIC_ERRORS)
async def change_annotation_queue_item(
    queue_id: str,
    item_id: str,
    access: ProjectAccessDep,
    services: ServicesDep,
    request: Annotated[ChangeAnnotationQueueItemRequest, Body()],
) -> Response:
    """Say where an item stands; `COMPLETED` sets `completedAt`, `PENDING` leaves it."""
    status = None if request.status is None else ItemStatus(request.status)
    item = await services.annotation_queues.set_status(access.project_id, queue_id, item_id, status)
    return json_response(item_body(item))


@routes.delete(_ITEM, PROJECT_KEY, response_model=DeletedItem, responses=PUBLIC_ERRORS)
async def delete_annotation_queue_item(
    queue_id: str, item_id: str, access: ProjectAccessDep, services: ServicesDep
) -> Response:
    """Take an item out of a queue; what it is about stays."""
    await services.annotation_queues.delete_item(access.project_id, queue_id, item_id)
    deleted: DeletedItem = {"success": True, "message": "Annotation queue item deleted successfully"}
    return json_response(deleted)


@routes.post(f"{_QUEUE}/assignments", PROJECT_KEY, response_model=AssignmentBody, responses=PUBLIC_ERRORS)
async def assign_annotation_queue(
    queue_id: str, access: ProjectAccessDep, services: ServicesDep, request: Annotated[AssignmentRequest, Body()]
) -> Response:
    """Give a queue to a member of the project; once more is no error."""
    await services.annotation_queues.assign(access.project_id, queue_id, request.user_id)
    assigned: AssignmentBody = {"userId": request.user_id, "queueId": queue_id, "projectId": access.project_id}
    return json_response(assigned)


@routes.delete(f"{_QUEUE}/assignments", PROJECT_KEY, response_model=DeletedAssignment, responses=PUBLIC_ERRORS)
async def unassign_annotation_queue(
    queue_id: str, access: ProjectAccessDep, services: ServicesDep, request: Annotated[AssignmentRequest, Body()]
) -> Response:
    """Take a queue from a user; one that does not have it is no error."""
    await services.annotation_queues.unassign(access.project_id, queue_id, request.user_id)
    deleted: DeletedAssignment = {"success": True}
    return json_response(deleted)
