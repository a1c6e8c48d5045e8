"""``/api/v1/login``, ``/logout`` and ``/me``: browser logins. The token lives in a cookie that scripts cannot read."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import SESSION_COOKIE, LoginAccessDep, ServicesDep
from spanwise_server.api.policies import LOGIN, LOGIN_SESSION, RouteTable
from spanwise_server.api.request_bodies import documented_body
from spanwise_server.api.responses import json_response
from spanwise_server.domain.accounts import ProjectMembership, User
from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.services.container import Services

routes = RouteTable("logins")

_MOST_LOGIN_BYTES = 16 * 1024


class LoginRequest(msgspec.Struct):
    """What a login form sends."""

    email: str
    password: str


class LoginForm(TypedDict):
    """``LoginRequest`` for readers of the OpenAPI document."""

    email: str
    password: str


class UserBody(TypedDict):
    """A person."""

    id: str
    email: str
    name: str


class LoginResponse(TypedDict):
    """Who has just logged in."""

    user: UserBody


class OrganizationReference(TypedDict):
    """An organization, by id and name."""

    id: str
    name: str


class MemberProjectBody(TypedDict):
    """A project that the user may see, and as what."""

    id: str
    name: str
    role: str
    organization: OrganizationReference


class MeResponse(TypedDict):
    """Who is logged in, what they may see, and the server's version."""

    user: UserBody
    projects: list[MemberProjectBody]
    version: str


@routes.post("/api/v1/login", LOGIN, response_model=LoginResponse, openapi_extra=documented_body(LoginForm))
async def log_in(request: Request, services: ServicesDep) -> Response:
    """Open a login: ``{"email", "password"}`` in, the cookie out."""
    form = _read_form(await request.body())
    address = request.client.host if request.client else ""
    opened = await services.logins.log_in(form.email, form.password, address=address)
    body: LoginResponse = {"user": _user_body(opened.user)}
    response = json_response(body)
    response.set_cookie(
        SESSION_COOKIE,
        opened.token,
        max_age=opened.seconds,
        path="/",
        secure=_is_https(request, services),
        httponly=True,
        samesite="lax",
    )
    return response


@routes.post("/api/v1/logout", LOGIN_SESSION, status_code=204)
async def log_out(request: Request, services: ServicesDep) -> Response:
    """End the login, on the server as in the browser."""
    await services.logins.log_out(request.cookies[SESSION_COOKIE])
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE, path="/", secure=_is_https(request, services), httponly=True, samesite="lax")
    return response


@routes.get("/api/v1/me", LOGIN_SESSION, response_model=MeResponse)
async def get_me(services: ServicesDep, login: LoginAccessDep) -> Response:
    """Return who is logged in and their projects."""
    memberships = await services.logins.memberships(login.user.id)
    body: MeResponse = {
        "user": _user_body(login.user),
        "projects": [_member_project_body(membership) for membership in memberships],
        "version": services.version,
    }
    return json_response(body)


def _read_form(body: bytes) -> LoginRequest:
    if len(body) > _MOST_LOGIN_BYTES:
        raise InvalidRequestError("The login form is too long.")
    try:
        return msgspec.json.decode(body, type=LoginRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequestError("The body must be JSON with the texts email and password.") from error


def _is_https(request: Request, services: Services) -> bool:
    return request.url.scheme == "https" or (services.settings.public_url or "").startswith("https://")


def _user_body(user: User) -> UserBody:
    return {"id": user.id, "email": user.email, "name": user.name}


def _member_project_body(membership: ProjectMembership) -> MemberProjectBody:
    project = membership.project
    return {
        "id": project.id,
        "name": project.name,
        "role": membership.role.value,
        "organization": {"id": project.organization.id, "name": project.organization.name},
    }
