"""Members of an organization and of its projects: list, set, remove. For keys of the organization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Body
from starlette.responses import Response

from spanwise_server.api.administration.schemas import (
    MemberBody,
    MembersBody,
    MembershipDeletionBody,
    MembershipDeletionRequest,
    MembershipRequest,
    member_body,
)
from spanwise_server.api.auth import OrganizationAccessDep, ServicesDep
from spanwise_server.api.policies import ORGANIZATION_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response
from spanwise_server.domain.accounts import Member

routes = RouteTable("memberships")

_OF_ORGANIZATION = "/api/public/organizations/memberships"
_OF_PROJECT = "/api/public/projects/{project_id}/memberships"


@routes.get(_OF_ORGANIZATION, ORGANIZATION_KEY, response_model=MembersBody, responses=PUBLIC_ERRORS)
async def list_organization_memberships(access: OrganizationAccessDep, services: ServicesDep) -> Response:
    """List the members of the organization, by e-mail address."""
    return _members(await services.administration.memberships.of_organization(access.organization_id))


@routes.put(_OF_ORGANIZATION, ORGANIZATION_KEY, response_model=MemberBody, responses=PUBLIC_ERRORS)
async def set_organization_membership(
    access: OrganizationAccessDep, services: ServicesDep, request: Annotated[MembershipRequest, Body()]
) -> Response:
    """Make a user a member, or change a member's role. The user must have an account."""
    member = await services.administration.memberships.set_in_organization(
        access.organization_id, request.user_id, request.domain_role
    )
    return json_response(member_body(member))


@routes.delete(_OF_ORGANIZATION, ORGANIZATION_KEY, response_model=MembershipDeletionBody, responses=PUBLIC_ERRORS)
async def delete_organization_membership(
    access: OrganizationAccessDep, services: ServicesDep, request: Annotated[MembershipDeletionRequest, Body()]
) -> Response:
    """End a membership, and with it the user's roles in the organization's projects. The last owner stays."""
    await services.administration.memberships.remove_from_organization(access.organization_id, request.user_id)
    return _removed(request.user_id)


@routes.get(_OF_PROJECT, ORGANIZATION_KEY, response_model=MembersBody, responses=PUBLIC_ERRORS)
async def list_project_memberships(project_id: str, access: OrganizationAccessDep, services: ServicesDep) -> Response:
    """List who has a role of their own in the project, by e-mail address."""
    return _members(await services.administration.memberships.of_project(access.organization_id, project_id))


@routes.put(_OF_PROJECT, ORGANIZATION_KEY, response_model=MemberBody, responses=PUBLIC_ERRORS)
async def set_project_membership(
    project_id: str, access: OrganizationAccessDep, services: ServicesDep, request: Annotated[MembershipRequest, Body()]
) -> Response:
    """Give a user a role in the project; it wins over that in the organization. The user must be a member of the organization."""
    member = await services.administration.memberships.set_in_project(
        access.organization_id, project_id, request.user_id, request.domain_role
    )
    return json_response(member_body(member))


@routes.delete(_OF_PROJECT, ORGANIZATION_KEY, response_model=MembershipDeletionBody, responses=PUBLIC_ERRORS)
async def delete_project_membership(
    project_id: str,
    access: OrganizationAccessDep,
    services: ServicesDep,
    request: Annotated[MembershipDeletionRequest, Body()],
) -> Response:
    """End a user's own role in the project; a role in the organization counts again."""
    await services.administration.memberships.remove_from_project(access.organization_id, project_id, request.user_id)
    return _removed(request.user_id)


def _members(found: Sequence[Member]) -> Response:
    body: MembersBody = {"memberships": [member_body(member) for member in found]}
    return json_response(body)


def _removed(user_id: str) -> Response:
    body: MembershipDeletionBody = {"message": "Membership deleted", "userId": user_id}
    return json_response(body)
