"""``GET /api/public/projects``: which project a key pair belongs to. Clients call it to verify their credentials."""

from __future__ import annotations

from typing import Any, NotRequired

from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.policies import OWN_PROJECT, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response
from spanwise_server.domain.accounts import Project

routes = RouteTable("projects")


class OrganizationBody(TypedDict):
    """An organization, as far as a project's key may know it."""

    id: str
    name: str


class ProjectBody(TypedDict):
    """A project."""

    id: str
    name: str
    organization: OrganizationBody
    metadata: dict[str, Any]
    retentionDays: NotRequired[int]


class ProjectsResponse(TypedDict):
    """Exactly one project: the key's."""

    data: list[ProjectBody]


@routes.get("/api/public/projects", OWN_PROJECT, response_model=ProjectsResponse, responses=PUBLIC_ERRORS)
async def list_projects(services: ServicesDep, access: ProjectAccessDep) -> Response:
    """Return the project of the key pair."""
    body: ProjectsResponse = {"data": [project_body(await services.projects.get(access.project_id))]}
    return json_response(body)


def project_body(project: Project) -> ProjectBody:
    """Build the wire form of ``project``; without retention the key is absent."""
    body: ProjectBody = {
        "id": project.id,
        "name": project.name,
        "organization": {"id": project.organization.id, "name": project.organization.name},
        "metadata": dict(project.metadata),
    }
    if project.retention_days is not None:
        body["retentionDays"] = project.retention_days
    return body
