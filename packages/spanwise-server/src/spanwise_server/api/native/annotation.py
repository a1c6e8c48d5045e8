"""Comments, score configs and annotation queues for the browser (``/api/v1``). Object ids stand in the query: any string."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.parameters import Parameters
from spanwise_server.api.policies import PROJECT_EDITOR, PROJECT_MEMBER, RouteTable
from spanwise_server.api.responses import NATIVE_ERRORS, json_response
from spanwise_server.api.schemas.annotation import (
    CommentedType,
    NativeComment,
    NativeCommentRequest,
    NativeComments,
    NativeNextItem,
    NativeQueueItem,
    NativeQueues,
    native_comment,
    native_item,
    native_queue,
)
from spanwise_server.api.schemas.score_configs import NativeScoreConfigs, native_score_config
from spanwise_server.domain.annotation import CommentSelection, ItemStatus, ObjectType
from spanwise_server.services.annotation.comments import CommentDraft

routes = RouteTable("native")

_PROJECT = "/api/v1/projects/{project_id}"
_MOST = 200
"""Most things in one answer: what a person looks through."""

_ProjectId = Annotated[str, Path(description="The project's id.")]


class NativeCommentParameters(Parameters):
    """Which object's comments to return."""

    model_config = ConfigDict(alias_generator=None)

    object_type: Annotated[CommentedType, Field(description="What the object is.")]
    object_id: Annotated[str, Field(description="The object's id; for PROMPT that of a version.")]


@routes.get(f"{_PROJECT}/comments", PROJECT_MEMBER, response_model=NativeComments, responses=NATIVE_ERRORS)
async def list_native_comments(
    project_id: _ProjectId, services: ServicesDep, parameters: Annotated[NativeCommentParameters, Query()]
) -> Response:
    """List the newest comments on an object."""
    selection = CommentSelection(object_type=ObjectType(parameters.object_type), object_id=parameters.object_id)
    found, total = await services.comments.page(project_id, selection, limit=_MOST, offset=0)
    answer: NativeComments = {"items": [native_comment(comment) for comment in found], "total": total}
    return json_response(answer)


@routes.post(f"{_PROJECT}/comments", PROJECT_EDITOR, response_model=NativeComment, responses=NATIVE_ERRORS)
async def create_native_comment(
    project_id: _ProjectId,
    access: ProjectAccessDep,
    services: ServicesDep,
    request: Annotated[NativeCommentRequest, Body()],
) -> Response:
    """Comment on something that exists; whoever is logged in is the author."""
    draft = CommentDraft(
        object_type=ObjectType(request.object_type),
        object_id=request.object_id,
        content=request.content,
        author_user_id=access.user_id,
    )
    return json_response(native_comment(await services.comments.create(project_id, draft)))


@routes.get(f"{_PROJECT}/score-configs", PROJECT_MEMBER, response_model=NativeScoreConfigs, responses=NATIVE_ERRORS)
async def list_native_score_configs(project_id: _ProjectId, services: ServicesDep) -> Response:
    """List the newest score configs of the project, archived ones included."""
    found, total = await services.score_configs.page(project_id, limit=_MOST, offset=0)
    answer: NativeScoreConfigs = {"items": [native_score_config(config) for config in found], "total": total}
    return json_response(answer)


@routes.get(f"{_PROJECT}/annotation-queues", PROJECT_MEMBER, response_model=NativeQueues, responses=NATIVE_ERRORS)
async def list_native_queues(project_id: _ProjectId, services: ServicesDep) -> Response:
    """List the newest annotation queues of the project."""
    found, _ = await services.annotation_queues.page(project_id, limit=_MOST, offset=0)
    answer: NativeQueues = {"items": [native_queue(queue) for queue in found]}
    return json_response(answer)


@routes.get(
    f"{_PROJECT}/annotation-queues/{{queue_id}}/next", PROJECT_MEMBER, response_model=NativeNextItem, responses=NATIVE_ERRORS
)
async def get_next_queue_item(project_id: _ProjectId, queue_id: str, services: ServicesDep) -> Response:
    """Return the item that has waited longest."""
    item, pending = await services.annotation_queues.next_item(project_id, queue_id)
    answer: NativeNextItem = {"item": None if item is None else native_item(item), "pending": pending}
    return json_response(answer)


@routes.post(
    f"{_PROJECT}/annotation-queues/{{queue_id}}/items/{{item_id}}/complete",
    PROJECT_EDITOR,
    response_model=NativeQueueItem,
    responses=NATIVE_ERRORS,
)
async def complete_queue_item(project_id: _ProjectId, queue_id: str, item_id: str, services: ServicesDep) -> Response:
    """Mark an item as done."""
    item = await services.annotation_queues.set_status(project_id, queue_id, item_id, ItemStatus.COMPLETED)
    return json_response(native_item(item))
