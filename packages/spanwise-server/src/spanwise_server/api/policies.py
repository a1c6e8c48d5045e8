"""Who may call a route. Every route declares one policy, and cannot be registered without.

The check runs before anything of the request but its head is read. ``routes.py`` lists the routes; the tests read
``PolicyRoute.policy`` of each and try it with no credentials, wrong ones and another project's.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeVar

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from spanwise_server.api.auth import (
    ACCESS_KEY,
    Access,
    authorize_admin_in_project,
    authorize_admin_key,
    authorize_key,
    authorize_login,
    authorize_organization_key,
    authorize_project_login,
    authorize_project_member,
    require_own_origin,
)
from spanwise_server.domain.accounts import Role
from spanwise_server.domain.errors import ForbiddenError, SpanwiseError, UnauthorizedError

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Credential(Enum):
    """What proves a caller."""

    NONE = "none"
    PROJECT_KEY = "project_key"
    LOGIN = "login"
    PROJECT_KEY_OR_LOGIN = "project_key_or_login"
    PROJECT_LOGIN = "project_login"
    ORGANIZATION_KEY = "organization_key"
    ADMIN_KEY = "admin_key"


_PATH_PARAMETERS = {Credential.PROJECT_KEY_OR_LOGIN: "{project_id}", Credential.PROJECT_LOGIN: "{project_id}"}
"""What the path must hold for a credential to be checked against it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a key of an organization is told where a key of a project is wanted."""

    kind: type[SpanwiseError]
    message: str

    def error(self) -> SpanwiseError:
        """Return the error to raise."""
        return self.kind(self.message, hint="Use the key of a project.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may call a route."""

    name: str
    credential: Credential
    allows_scores_scope: bool = False
    """A public key alone is enough: whoever holds it may write scores and nothing else."""
    minimum_role: Role = Role.VIEWER
    """Of a browser login in the project that the path names."""
    allows_admin_key: bool = False
    """The admin key will do as well, with the project in a header."""
    organization_refusal: Refusal = Refusal(
        ForbiddenError, "Project ID not found for API token. Are you using an organization key?"
    )
    """In the words that clients know from this route."""
    needs_own_origin: bool = False
    """Refused unless the request carries the header that other sites' pages cannot send."""


PUBLIC = Policy(name="public", credential=Credential.NONE)
"""Anybody. Nothing of any project may be in the answer."""

SIGNED_URL = Policy(name="signed_url", credential=Credential.NONE)
"""Whoever has the URL: the route itself must check the signed token in it, which names one file and expires."""

LOGIN = Policy(name="login", credential=Credential.NONE, needs_own_origin=True)
"""Anybody, from our own pages: opens a browser login."""

PROJECT_KEY = Policy(name="project_key", credential=Credential.PROJECT_KEY)
"""Both halves of a project's key pair. The project is the key's."""

SCORE_WRITE = Policy(name="score_write", credential=Credential.PROJECT_KEY, allows_scores_scope=True)
"""As ``PROJECT_KEY``, or the public half alone, whose ``ProjectAccess.scope`` then says so. The route itself must keep
such a caller to scores."""

OWN_PROJECT = replace(
    PROJECT_KEY,
    name="own_project",
    organization_refusal=Refusal(ForbiddenError, "Invalid API key. Are you using an organization key?"),
)
"""As ``PROJECT_KEY``: for the route that tells a key which project it belongs to."""

BATCH_WRITE = replace(
    SCORE_WRITE,
    name="batch_write",
    organization_refusal=Refusal(UnauthorizedError, "Missing projectId in scope. Are you using an organization key?"),
)
"""As ``SCORE_WRITE``: for the legacy batch."""

PROJECT_KEY_OR_ADMIN_KEY = replace(PROJECT_KEY, name="project_key_or_admin_key", allows_admin_key=True)
"""As ``PROJECT_KEY``, or the admin key together with the header that names the project."""

ORGANIZATION_KEY = Policy(name="organization_key", credential=Credential.ORGANIZATION_KEY)
"""Both halves of an organization's key pair. The organization is the key's; it opens no telemetry."""

ADMIN_KEY = Policy(name="admin_key", credential=Credential.ADMIN_KEY)
"""The key of whoever runs the installation; nobody's unless it is set."""

LOGIN_SESSION = Policy(name="login_session", credential=Credential.LOGIN)
"""A browser login."""

PROJECT_MEMBER = Policy(name="project_member", credential=Credential.PROJECT_KEY_OR_LOGIN)
"""A browser login of a member of ``{project_id}`` in the path, or that project's key pair."""

PROJECT_EDITOR = replace(PROJECT_MEMBER, name="project_editor", minimum_role=Role.MEMBER)
"""As ``PROJECT_MEMBER``, but a viewer's login is not enough: for what people write."""

PROJECT_MEMBER_LOGIN = Policy(name="project_member_login", credential=Credential.PROJECT_LOGIN)
"""A browser login of a member of ``{project_id}`` in the path; no key."""

PROJECT_ADMIN_LOGIN = replace(PROJECT_MEMBER_LOGIN, name="project_admin_login", minimum_role=Role.ADMIN)
"""As ``PROJECT_MEMBER_LOGIN``, of an administrator or owner."""


class PolicyRoute(APIRoute):
    """A route whose callers are checked before its body is read or its parameters are parsed."""

    def __init__(self, path: str, endpoint: Callable[..., Any], *, policy: Policy, **options: Any) -> None:
        needed = _PATH_PARAMETERS.get(policy.credential, "")
        if needed not in path:
            raise ValueError(f"{path}: the policy {policy.name} needs {needed} in the path")
        self.policy = policy
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler: authorize first."""
        answer = super().get_route_handler()
        policy = self.policy

        async def handler(request: Request) -> Response:
            request.scope[ACCESS_KEY] = await authorize(request, policy)
            try:
                return await answer(request)
            except HTTPException as error:
                # FastAPI hides what was raised while it read the body (too large, say) behind a plain 400.
                if isinstance(error.__cause__, SpanwiseError | HTTPException):
                    raise error.__cause__ from None
                raise

        return handler


async def authorize(request: Request, policy: Policy) -> Access | None:
    """Return what the caller may touch.

    Raises:
        UnauthorizedError: Credentials are missing or wrong.
        ForbiddenError: They are right, but not for this.
        NotFoundError: The project in the path is none of the caller's.
    """
    if policy.needs_own_origin:
        require_own_origin(request)
    match policy.credential:
        case Credential.NONE:
            return None
        case Credential.PROJECT_KEY:
            return await _authorize_project(request, policy)
        case Credential.LOGIN:
            return await authorize_login(request)
        case Credential.PROJECT_KEY_OR_LOGIN:
            return await authorize_project_member(request, policy.minimum_role)
        case Credential.PROJECT_LOGIN:
            return await authorize_project_login(request, policy.minimum_role)
        case Credential.ORGANIZATION_KEY:
            return await authorize_organization_key(request)
        case Credential.ADMIN_KEY:
            return await authorize_admin_key(request)


async def _authorize_project(request: Request, policy: Policy) -> Access:
    access = await authorize_admin_in_project(request) if policy.allows_admin_key else None
    return access or await authorize_key(
        request, allows_scores_scope=policy.allows_scores_scope, organization_refusal=policy.organization_refusal.error()
    )


@dataclass(frozen=True, slots=True)
class RouteTable:
    """The routes of one resource, collected by decorators that ask for a policy."""

    tag: str
    routes: list[PolicyRoute] = field(default_factory=list)

    def get(self, path: str, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Register a ``GET`` route; ``options`` are FastAPI's (``response_model``, ``status_code``, …)."""
        return self.route("GET", path, policy, **options)

    def post(self, path: str, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Register a ``POST`` route."""
        return self.route("POST", path, policy, **options)

    def put(self, path: str, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Register a ``PUT`` route."""
        return self.route("PUT", path, policy, **options)

    def patch(self, path: str, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Register a ``PATCH`` route."""
        return self.route("PATCH", path, policy, **options)

    def delete(self, path: str, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Register a ``DELETE`` route."""
        return self.route("DELETE", path, policy, **options)

    def route(self, method: str, path: str, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Register a route of any method."""

        def register(endpoint: Endpoint) -> Endpoint:
            self.routes.append(PolicyRoute(path, endpoint, policy=policy, methods=[method], tags=[self.tag], **options))
            return endpoint

        return register

    def __iter__(self) -> Iterator[PolicyRoute]:
        return iter(self.routes)
