"""Projects of an organization: make, change, delete. For keys of organizations."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from starlette.responses import Response

from spanwise_server.api.administration.schemas import ProjectDeletionBody, ProjectRequest
from spanwise_server.api.auth import OrganizationAccessDep, ServicesDep
from spanwise_server.api.policies import ORGANIZATION_KEY, RouteTable
from spanwise_server.api.public.projects import ProjectBody, project_body
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response

routes = RouteTable("project administration")


@routes.post("/api/public/projects", ORGANIZATION_KEY, response_model=ProjectBody, status_code=201, responses=PUBLIC_ERRORS)
async def create_project(
    access: OrganizationAccessDep, services: ServicesDep, request: Annotated[ProjectRequest, Body()]
) -> Response:
    """Make a project of the key's organization. It has no keys yet."""
    project = await services.administration.projects.create(access.organization_id, request.draft())
    return json_response(project_body(project), 201)


@routes.put("/api/public/projects/{project_id}", ORGANIZATION_KEY, response_model=ProjectBody, responses=PUBLIC_ERRORS)
async def update_project(
    project_id: str, access: OrganizationAccessDep, services: ServicesDep, request: Annotated[ProjectRequest, Body()]
) -> Response:
    """Rename a project; retention and metadata stay as they are when they are left out or null."""
    project = await services.administration.projects.update(access.organization_id, project_id, request.draft())
    return json_response(project_body(project))


@routes.delete(
    "/api/public/projects/{project_id}",
    ORGANIZATION_KEY,
    response_model=ProjectDeletionBody,
    status_code=202,
    responses=PUBLIC_ERRORS,
)
async def delete_project(project_id: str, access: OrganizationAccessDep, services: ServicesDep) -> Response:
    """Delete a project with its keys, its telemetry and everything else in it. It is gone when this answers."""
    await services.administration.projects.delete(access.organization_id, project_id)
    body: ProjectDeletionBody = {"success": True, "message": "The project and everything in it has been deleted."}
    return json_response(body, 202)
