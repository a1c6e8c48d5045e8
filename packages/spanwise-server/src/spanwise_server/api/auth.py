"""Reads a request's credentials and asks the services whose they are; hands the answer to routes.

``policies`` decides which of these a route needs. Must not compare secrets itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from spanwise_server.domain.accounts import KeyScope, OrganizationAccess, ProjectAccess, Role, User
from spanwise_server.domain.errors import (
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    SpanwiseError,
    UnauthorizedError,
)
from spanwise_server.services.container import Services

ACCESS_KEY = "spanwise.access"
"""Where in the ASGI scope a route's policy leaves what the caller may touch."""

SESSION_COOKIE = "spanwise_session"
OWN_ORIGIN_HEADER = "X-Spanwise-Request"
ADMIN_KEY_HEADER = "x-langfuse-admin-api-key"
ADMIN_PROJECT_HEADER = "x-langfuse-project-id"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class LoginAccess:
    """A browser login: what a route with ``LOGIN_SESSION`` gets."""

    user: User


@dataclass(frozen=True, slots=True)
class InstallationAccess:
    """The admin key was shown: what a route with ``ADMIN_KEY`` gets."""


Access = ProjectAccess | OrganizationAccess | LoginAccess | InstallationAccess


def services_of(request: Request) -> Services:
    """Return the services of the app that serves ``request``."""
    services: Services = request.app.state.services
    return services


async def _services(request: Request) -> Services:
    return services_of(request)


def project_access_of(request: Request) -> ProjectAccess:
    """Return what the policy of the route has found out about the caller of ``request``."""
    access = request.scope[ACCESS_KEY]
    if not isinstance(access, ProjectAccess):
        raise TypeError(f"{request.url.path}: the policy of this route grants no project")
    return access


async def _project_access(request: Request) -> ProjectAccess:
    return project_access_of(request)


async def _login_access(request: Request) -> LoginAccess:
    access = request.scope[ACCESS_KEY]
    if not isinstance(access, LoginAccess):
        raise TypeError(f"{request.url.path}: the policy of this route asks for no login")
    return access


async def _organization_access(request: Request) -> OrganizationAccess:
    access = request.scope[ACCESS_KEY]
    if not isinstance(access, OrganizationAccess):
        raise TypeError(f"{request.url.path}: the policy of this route grants no organization")
    return access


# What routes write in their signatures to get these.
ServicesDep = Annotated[Services, Depends(_services)]
ProjectAccessDep = Annotated[ProjectAccess, Depends(_project_access)]
OrganizationAccessDep = Annotated[OrganizationAccess, Depends(_organization_access)]
LoginAccessDep = Annotated[LoginAccess, Depends(_login_access)]


def require_own_origin(request: Request) -> None:
    """Refuse what another site's page could have sent with the browser's cookie.

    A page of another origin can send this header only after a preflight, which this server never grants to the paths
    that take the cookie.
    """
    if request.headers.get(OWN_ORIGIN_HEADER) != "1":
        raise ForbiddenError(f"The header {OWN_ORIGIN_HEADER} is missing.", hint=f"Send {OWN_ORIGIN_HEADER}: 1.")


async def authorize_key(request: Request, *, allows_scores_scope: bool, organization_refusal: SpanwiseError) -> ProjectAccess:
    """Return the project of the key in the ``Authorization`` header; a key of an organization gets its refusal."""
    access = await services_of(request).authenticator.authenticate(request.headers.get("authorization"))
    if isinstance(access, OrganizationAccess):
        raise organization_refusal
    if access.scope is KeyScope.SCORES and not allows_scores_scope:
        raise ForbiddenError("Access denied - insufficient permissions for this endpoint")
    return access


async def authorize_organization_key(request: Request) -> OrganizationAccess:
    """Return the organization of the key in the ``Authorization`` header; the key of a project is not enough."""
    access = await services_of(request).authenticator.authenticate(request.headers.get("authorization"))
    if not isinstance(access, OrganizationAccess):
        raise ForbiddenError(
            "Invalid API key. Organization-scoped API key required for this operation.",
            hint="Make one with `spanwise keys create --organization`.",
        )
    return access


async def authorize_admin_key(request: Request) -> InstallationAccess:
    """Let the holder of the admin key pass."""
    services_of(request).administration.admin_key.verify(request.headers.get("authorization"))
    return InstallationAccess()


async def authorize_admin_in_project(request: Request) -> ProjectAccess | None:
    """Return the project that the holder of the admin key names, or none if no admin key was shown.

    As the Langfuse API has it: the key as bearer token, again in a header of its own, and the project in a third.
    """
    headers, administration = request.headers, services_of(request).administration
    repeated = headers.get(ADMIN_KEY_HEADER)
    if repeated is None:
        return None
    administration.admin_key.verify(headers.get("authorization"))
    administration.admin_key.verify(f"Bearer {repeated}")
    project_id = headers.get(ADMIN_PROJECT_HEADER)
    if not project_id:
        raise InvalidRequestError(f"The header {ADMIN_PROJECT_HEADER} is missing.", hint="Name the project that is meant.")
    project = await services_of(request).projects.get(project_id)
    return ProjectAccess(project_id=project.id, role=Role.OWNER)


async def authorize_login(request: Request) -> LoginAccess:
    """Return whose browser this is."""
    token = request.cookies.get(SESSION_COOKIE)
    user = await services_of(request).logins.recognize(token) if token else None
    if user is None:
        raise UnauthorizedError("You are not logged in.", hint="Log in at /login.")
    if request.method not in _SAFE_METHODS:
        require_own_origin(request)
    return LoginAccess(user)


async def authorize_project_member(request: Request, minimum_role: Role) -> ProjectAccess:
    """Return the project in the path if the caller's key or login belongs to it; else it does not exist for them."""
    project_id = request.path_params["project_id"]
    if "authorization" in request.headers:
        access = await authorize_key(request, allows_scores_scope=False, organization_refusal=_no_project(project_id))
        if access.project_id != project_id:
            raise _no_project(project_id)
        if not access.role.includes(minimum_role):
            raise ForbiddenError(f"This needs the role {minimum_role.value}; a key has {access.role.value}.")
        return access
    return await authorize_project_login(request, minimum_role)


async def authorize_project_login(request: Request, minimum_role: Role) -> ProjectAccess:
    """Return the project in the path if the caller's login belongs to it; else it does not exist for them."""
    project_id = request.path_params["project_id"]
    login = await authorize_login(request)
    membership = await services_of(request).logins.membership(login.user.id, project_id)
    if membership is None:
        raise _no_project(project_id)
    if not membership.role.includes(minimum_role):
        raise ForbiddenError(f"This needs the role {minimum_role.value}; yours is {membership.role.value}.")
    return ProjectAccess(project_id=project_id, role=membership.role, user_id=login.user.id)


def _no_project(project_id: str) -> NotFoundError:
    return NotFoundError(f"Project {project_id} does not exist, or is not yours.")
