"""Comments: list, make, get. Parameters and bodies with unknown names are refused, as in the Langfuse API."""

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
    CommentBody,
    CommentedType,
    CommentPage,
    CreateCommentRequest,
    CreatedComment,
    comment_body,
)
from spanwise_server.domain.annotation import CommentSelection, ObjectType
from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.services.annotation.comments import CommentDraft

routes = RouteTable("comments")


class CommentListParameters(PageParameters):
    """Which comments to return."""

    model_config = ConfigDict(extra="forbid")

    object_type: Annotated[CommentedType | None, Field(description="Only comments on objects of this type.")] = None
    object_id: Annotated[str | None, Field(description="Only comments on this object; needs `objectType`.")] = None
    author_user_id: Annotated[str | None, Field(description="Only comments of this user.")] = None

    def selection(self) -> CommentSelection:
        """Return which comments are meant.

        Raises:
            InvalidRequestError: an object is named without its type.
        """
        if self.object_id is not None and self.object_type is None:
            message = "objectType is required when objectId is given"
            raise InvalidRequestError(message, issues=[Issue(message, ("objectType",), "missing")])
        return CommentSelection(
            object_type=None if self.object_type is None else ObjectType(self.object_type),
            object_id=self.object_id,
            author_user_id=self.author_user_id,
        )


@routes.get("/api/public/comments", PROJECT_KEY, response_model=CommentPage, responses=PUBLIC_ERRORS)
async def list_comments(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[CommentListParameters, Query()]
) -> Response:
    """List comments, newest first."""
    found, total = await services.comments.page(
        access.project_id, parameters.selection(), limit=parameters.limit, offset=parameters.offset
    )
    page: CommentPage = {"data": [comment_body(comment) for comment in found], "meta": page_meta(parameters, total)}
    return json_response(page)


@routes.post("/api/public/comments", PROJECT_KEY, response_model=CreatedComment, responses=PUBLIC_ERRORS)
async def create_comment(
    access: ProjectAccessDep, services: ServicesDep, request: Annotated[CreateCommentRequest, Body()]
) -> Response:
    """Comment on something that exists."""
    if request.project_id != access.project_id:
        message = "must be the project of the API key"
        raise InvalidRequestError(f"projectId {message}", issues=[Issue(message, ("projectId",), "wrong_project")])
    draft = CommentDraft(
        object_type=ObjectType(request.object_type),
        object_id=request.object_id,
        content=request.content,
        author_user_id=request.author_user_id,
    )
    comment = await services.comments.create(access.project_id, draft)
    created: CreatedComment = {"id": comment.id}
    return json_response(created)


@routes.get("/api/public/comments/{comment_id}", PROJECT_KEY, response_model=CommentBody, responses=PUBLIC_ERRORS)
async def get_comment(comment_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return one comment."""
    return json_response(comment_body(await services.comments.get(access.project_id, comment_id)))
