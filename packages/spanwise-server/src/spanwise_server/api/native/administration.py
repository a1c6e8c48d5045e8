"""``/api/v1/projects/{project_id}/api-keys`` and ``/members``: a project's keys and people, for the browser application."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from pydantic import ConfigDict, Field
from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.parameters import Time
from spanwise_server.api.policies import PROJECT_ADMIN_LOGIN, PROJECT_MEMBER_LOGIN, RouteTable
from spanwise_server.api.request_bodies import RequestBody, StoredText
from spanwise_server.api.responses import NATIVE_ERRORS, json_response
from spanwise_server.api.schemas.times import to_micros, to_micros_or_none
from spanwise_server.domain.accounts import ApiKey
from spanwise_server.services.administration.api_keys import KeyRequest
from spanwise_server.services.api_keys import KeyTerms
from spanwise_server.services.container import Services

routes = RouteTable("native administration")

_KEYS = "/api/v1/projects/{project_id}/api-keys"


class NativeApiKeyRequest(RequestBody):
    """A key to be made; the server draws the pair."""

    model_config = ConfigDict(alias_generator=None)

    note: Annotated[StoredText | None, Field(max_length=500, description="What the key is for.")] = None
    expires_at: Annotated[Time | None, Field(description="When the key ends (ISO 8601); it never does if left out.")] = None


class NativeApiKey(TypedDict):
    """A key without its secret."""

    id: str
    public_key: str
    display_secret: str
    note: str | None
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class NativeApiKeys(TypedDict):
    """The keys of the project, oldest first."""

    api_keys: list[NativeApiKey]


class NewNativeApiKey(TypedDict):
    """A new key; its secret is shown here and never again."""

    api_key: NativeApiKey
    secret_key: str


class NativeMember(TypedDict):
    """Somebody who sees the project, and as what."""

    user_id: str
    email: str
    name: str
    role: str


class NativeMembers(TypedDict):
    """Everybody who sees the project, by e-mail address."""

    members: list[NativeMember]


@routes.get(_KEYS, PROJECT_ADMIN_LOGIN, response_model=NativeApiKeys, responses=NATIVE_ERRORS)
async def list_native_api_keys(project_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """List the keys of the project, oldest first. No secret is among them."""
    keys = await services.administration.api_keys.of_project(await _organization_id(services, project_id), project_id)
    body: NativeApiKeys = {"api_keys": [_api_key(key) for key in keys]}
    return json_response(body)


@routes.post(_KEYS, PROJECT_ADMIN_LOGIN, response_model=NewNativeApiKey, status_code=201, responses=NATIVE_ERRORS)
async def create_native_api_key(
    project_id: str,
    access: ProjectAccessDep,
    services: ServicesDep,
    request: Annotated[NativeApiKeyRequest, Body()] = NativeApiKeyRequest(),  # noqa: B008 - immutable, as pydantic freezes it
) -> Response:
    """Make a key of the project. Its secret is in this answer and never again."""
    wanted = KeyRequest(terms=KeyTerms(note=request.note, expires_at=request.expires_at))
    organization_id = await _organization_id(services, project_id)
    made = await services.administration.api_keys.create_for_project(organization_id, project_id, wanted)
    body: NewNativeApiKey = {"api_key": _api_key(made.key), "secret_key": made.secret_key}
    return json_response(body, 201)


@routes.delete(_KEYS + "/{api_key_id}", PROJECT_ADMIN_LOGIN, status_code=204, responses=NATIVE_ERRORS)
async def delete_native_api_key(project_id: str, api_key_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Revoke a key of the project. It works no more when this answers."""
    organization_id = await _organization_id(services, project_id)
    await services.administration.api_keys.delete_of_project(organization_id, project_id, api_key_id)
    return Response(status_code=204)


@routes.get(
    "/api/v1/projects/{project_id}/members", PROJECT_MEMBER_LOGIN, response_model=NativeMembers, responses=NATIVE_ERRORS
)
async def list_native_members(project_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """List everybody who sees the project, with the role that counts in it."""
    members = await services.administration.memberships.who_sees(await services.projects.get(project_id))
    body: NativeMembers = {
        "members": [
            {"user_id": member.user_id, "email": member.email, "name": member.name, "role": member.role.value}
            for member in members
        ]
    }
    return json_response(body)


async def _organization_id(services: Services, project_id: str) -> str:
    return (await services.projects.get(project_id)).organization.id


def _api_key(key: ApiKey) -> NativeApiKey:
    return {
        "id": key.id,
        "public_key": key.public_key,
        "display_secret": key.display_secret,
        "note": key.note,
        "created_at": to_micros(key.created_at),
        "expires_at": to_micros_or_none(key.expires_at),
        "last_used_at": to_micros_or_none(key.last_used_at),
    }
