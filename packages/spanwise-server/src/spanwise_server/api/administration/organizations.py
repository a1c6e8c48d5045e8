"""What the key of an organization sees of it: its projects and its own keys."""

from __future__ import annotations

from starlette.responses import Response

from spanwise_server.api.administration.schemas import (
    ApiKeyListBody,
    OrganizationProjectsBody,
    api_key_body,
    organization_project_body,
)
from spanwise_server.api.auth import OrganizationAccessDep, ServicesDep
from spanwise_server.api.policies import ORGANIZATION_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response

routes = RouteTable("organizations")


@routes.get(
    "/api/public/organizations/projects", ORGANIZATION_KEY, response_model=OrganizationProjectsBody, responses=PUBLIC_ERRORS
)
async def list_organization_projects(access: OrganizationAccessDep, services: ServicesDep) -> Response:
    """List the projects of the key's organization, oldest first."""
    found = await services.administration.projects.list(access.organization_id)
    body: OrganizationProjectsBody = {"projects": [organization_project_body(project) for project in found]}
    return json_response(body)


@routes.get("/api/public/organizations/apiKeys", ORGANIZATION_KEY, response_model=ApiKeyListBody, responses=PUBLIC_ERRORS)
async def list_organization_api_keys(access: OrganizationAccessDep, services: ServicesDep) -> Response:
    """List the organization's own keys, oldest first. No secret is among them."""
    keys = await services.administration.api_keys.of_organization(access.organization_id)
    body: ApiKeyListBody = {"apiKeys": [api_key_body(key) for key in keys]}
    return json_response(body)
