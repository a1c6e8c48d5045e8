"""Connections to model providers: list, put, delete. No route answers with a key."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path, Query
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.policies import PROJECT_KEY_OR_ADMIN_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response
from spanwise_server.api.schemas.llm_connections import (
    LlmConnectionListParameters,
    LlmConnectionPage,
    LlmConnectionRequest,
    LlmConnectionView,
    llm_connection_view,
)
from spanwise_server.api.schemas.pages import Message

routes = RouteTable("llm-connections")

_PUT_ANSWERS = {**PUBLIC_ERRORS, 201: {"model": LlmConnectionView, "description": "The connection is new."}}


@routes.get("/api/public/llm-connections", PROJECT_KEY_OR_ADMIN_KEY, response_model=LlmConnectionPage, responses=PUBLIC_ERRORS)
async def list_llm_connections(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[LlmConnectionListParameters, Query()]
) -> Response:
    """List the project's connections, oldest first, without their secrets."""
    found, total = await services.llm_connections.find(access.project_id, limit=parameters.limit, offset=parameters.offset)
    page: LlmConnectionPage = {
        "data": [llm_connection_view(connection) for connection in found],
        "meta": {
            "page": parameters.page,
            "limit": parameters.limit,
            "totalItems": total,
            "totalPages": -(-total // parameters.limit),
        },
    }
    return json_response(page)


@routes.put("/api/public/llm-connections", PROJECT_KEY_OR_ADMIN_KEY, response_model=LlmConnectionView, responses=_PUT_ANSWERS)
async def put_llm_connection(
    access: ProjectAccessDep, services: ServicesDep, request: Annotated[LlmConnectionRequest, Body()]
) -> Response:
    """Make the connection to the provider (201), or replace everything about it (200). The secrets are encrypted."""
    stored, is_new = await services.llm_connections.put(access.project_id, request.settings(), request.credentials())
    return json_response(llm_connection_view(stored), 201 if is_new else 200)


@routes.delete(
    "/api/public/llm-connections/{connection_id}", PROJECT_KEY_OR_ADMIN_KEY, response_model=Message, responses=PUBLIC_ERRORS
)
async def delete_llm_connection(
    connection_id: Annotated[str, Path(description="The connection's id.")], access: ProjectAccessDep, services: ServicesDep
) -> Response:
    """Delete a connection with its secrets."""
    await services.llm_connections.delete(access.project_id, connection_id)
    return json_response({"message": "LLM connection deleted successfully"})
