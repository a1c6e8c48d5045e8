"""The installation as a whole: its organizations, their keys, the memory of keys. For the admin key, off without one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from starlette.responses import Response

from spanwise_server.api.administration.schemas import (
    ApiKeyListBody,
    ApiKeyRequest,
    DeletionBody,
    InstalledOrganizationBody,
    InstalledOrganizationsBody,
    KeyCacheRequest,
    MessageBody,
    NewApiKeyBody,
    OrganizationRequest,
    api_key_body,
    installed_organization_body,
    new_api_key_body,
)
from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.policies import ADMIN_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response

routes = RouteTable("installation")

_ORGANIZATIONS = "/api/admin/organizations"
_ORGANIZATION = _ORGANIZATIONS + "/{organization_id}"
_KEYS = _ORGANIZATION + "/apiKeys"


@routes.get(_ORGANIZATIONS, ADMIN_KEY, response_model=InstalledOrganizationsBody, responses=PUBLIC_ERRORS)
async def list_organizations(services: ServicesDep) -> Response:
    """List every organization with its projects, oldest first."""
    found = await services.administration.organizations.list()
    bodies = [installed_organization_body(item.organization, item.projects) for item in found]
    body: InstalledOrganizationsBody = {"organizations": bodies}
    return json_response(body)


@routes.post(_ORGANIZATIONS, ADMIN_KEY, response_model=InstalledOrganizationBody, status_code=201, responses=PUBLIC_ERRORS)
async def create_organization(services: ServicesDep, request: Annotated[OrganizationRequest, Body()]) -> Response:
    """Make an organization, without projects, members and keys."""
    made = await services.administration.organizations.create(request.name, request.metadata)
    return json_response(installed_organization_body(made, ()), 201)


@routes.get(_ORGANIZATION, ADMIN_KEY, response_model=InstalledOrganizationBody, responses=PUBLIC_ERRORS)
async def get_organization(organization_id: str, services: ServicesDep) -> Response:
    """Return one organization with its projects."""
    found = await services.administration.organizations.get(organization_id)
    return json_response(installed_organization_body(found.organization, found.projects))


@routes.put(_ORGANIZATION, ADMIN_KEY, response_model=InstalledOrganizationBody, responses=PUBLIC_ERRORS)
async def update_organization(
    organization_id: str, services: ServicesDep, request: Annotated[OrganizationRequest, Body()]
) -> Response:
    """Rename an organization; metadata stays as it is when it is left out or null."""
    found = await services.administration.organizations.update(organization_id, request.name, request.metadata)
    return json_response(installed_organization_body(found.organization, found.projects))


@routes.delete(_ORGANIZATION, ADMIN_KEY, response_model=DeletionBody, responses=PUBLIC_ERRORS)
async def delete_organization(organization_id: str, services: ServicesDep) -> Response:
    """Delete an organization that has no projects any more, with its keys and memberships."""
    await services.administration.organizations.delete(organization_id)
    return json_response({"success": True})


@routes.get(_KEYS, ADMIN_KEY, response_model=ApiKeyListBody, responses=PUBLIC_ERRORS)
async def list_keys_of_organization(organization_id: str, services: ServicesDep) -> Response:
    """List the organization's own keys, oldest first. No secret is among them."""
    keys = await services.administration.api_keys.of_organization(organization_id)
    body: ApiKeyListBody = {"apiKeys": [api_key_body(key) for key in keys]}
    return json_response(body)


@routes.post(_KEYS, ADMIN_KEY, response_model=NewApiKeyBody, status_code=201, responses=PUBLIC_ERRORS)
async def create_key_of_organization(
    organization_id: str,
    services: ServicesDep,
    request: Annotated[ApiKeyRequest, Body()] = ApiKeyRequest(),  # noqa: B008 - immutable, as pydantic freezes it
) -> Response:
    """Make a key of an organization. Its secret is in this answer and never again."""
    made = await services.administration.api_keys.create_for_organization(organization_id, request.key_request())
    return json_response(new_api_key_body(made), 201)


@routes.delete(_KEYS + "/{api_key_id}", ADMIN_KEY, response_model=DeletionBody, responses=PUBLIC_ERRORS)
async def delete_key_of_organization(organization_id: str, api_key_id: str, services: ServicesDep) -> Response:
    """Revoke a key of an organization. It works no more when this answers."""
    await services.administration.api_keys.delete_of_organization(organization_id, api_key_id)
    return json_response({"success": True})


@routes.post("/api/admin/api-keys", ADMIN_KEY, response_model=MessageBody, responses=PUBLIC_ERRORS)
async def forget_api_keys(services: ServicesDep, request: Annotated[KeyCacheRequest, Body()]) -> Response:
    """Look every key up again, as after a change of the database by other means."""
    services.administration.api_keys.forget()
    return json_response({"message": "API keys are looked up again"})
