"""Keys of a project: list, make, revoke. For keys of its organization."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from starlette.responses import Response

from spanwise_server.api.administration.schemas import (
    ApiKeyListBody,
    ApiKeyRequest,
    DeletionBody,
    NewApiKeyBody,
    api_key_body,
    new_api_key_body,
)
from spanwise_server.api.auth import OrganizationAccessDep, ServicesDep
from spanwise_server.api.policies import ORGANIZATION_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response

routes = RouteTable("api keys")

_PATH = "/api/public/projects/{project_id}/apiKeys"


@routes.get(_PATH, ORGANIZATION_KEY, response_model=ApiKeyListBody, responses=PUBLIC_ERRORS)
async def list_project_api_keys(project_id: str, access: OrganizationAccessDep, services: ServicesDep) -> Response:
    """List the keys of a project, oldest first. No secret is among them."""
    keys = await services.administration.api_keys.of_project(access.organization_id, project_id)
    body: ApiKeyListBody = {"apiKeys": [api_key_body(key) for key in keys]}
    return json_response(body)


@routes.post(_PATH, ORGANIZATION_KEY, response_model=NewApiKeyBody, status_code=201, responses=PUBLIC_ERRORS)
async def create_project_api_key(
    project_id: str,
    access: OrganizationAccessDep,
    services: ServicesDep,
    request: Annotated[ApiKeyRequest, Body()] = ApiKeyRequest(),  # noqa: B008 - immutable, as pydantic freezes it
) -> Response:
    """Make a key of a project. Its secret is in this answer and never again."""
    made = await services.administration.api_keys.create_for_project(access.organization_id, project_id, request.key_request())
    return json_response(new_api_key_body(made), 201)


@routes.delete(_PATH + "/{api_key_id}", ORGANIZATION_KEY, response_model=DeletionBody, responses=PUBLIC_ERRORS)
async def delete_project_api_key(
    project_id: str, api_key_id: str, access: OrganizationAccessDep, services: ServicesDep
) -> Response:
    """Revoke a key of a project. It works no more when this answers."""
    await services.administration.api_keys.delete_of_project(access.organization_id, project_id, api_key_id)
    return json_response({"success": True})
