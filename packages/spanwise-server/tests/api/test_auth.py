"""What a login and a role open, over HTTP. That nothing else gets in is ``test_isolation``'s part."""

from __future__ import annotations

import base64
import uuid
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from spanwise_server.api.policies import PROJECT_MEMBER, authorize
from spanwise_server.domain.accounts import LoginSession, ProjectAccess, Role, User
from spanwise_server.domain.errors import ForbiddenError, NotFoundError
from spanwise_server.services.container import Services
from spanwise_server.services.logins import hash_token
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.accounts import ProjectWithKeys

CONFIRM = "Confirm that you've configured the correct host."


async def _log_in(database: MetadataDatabase, project_id: str, role: Role, now: int) -> str:
    token = uuid.uuid4().hex
    user = User(id=token, email=token, name="Somebody", password_hash=None, created_at=now)
    session = LoginSession(token_hash=hash_token(token), user_id=user.id, created_at=now, expires_at=now + 10_000_000_000)

    def work(connection: MetadataTransaction) -> None:
        users.add_user(connection, user)
        users.ensure_project_member(connection, project_id, user.id, role)
        users.add_login_session(connection, session)

    await database.write(work)
    return token


def _request(app: FastAPI, project_id: str, token: str) -> Request:
    headers = [(b"cookie", f"spanwise_session={token}".encode())]
    return Request(
        {
            "type": "http",
            "app": app,
            "method": "GET",
            "path": "/",
            "headers": headers,
            "path_params": {"project_id": project_id},
        }
    )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NONE])
async def test_a_policy_may_ask_for_a_role(
    app: FastAPI, services: Services, accounts_database: MetadataDatabase, project: ProjectWithKeys, role: Role
) -> None:
    token = await _log_in(accounts_database, project.id, role, services.clock())
    for minimum in Role:
        policy = replace(PROJECT_MEMBER, minimum_role=minimum)
        if role.includes(minimum):
            access = await authorize(_request(app, project.id, token), policy)
            assert isinstance(access, ProjectAccess)
            assert (access.project_id, access.role, access.user_id) == (project.id, role, token)
        else:
            with pytest.raises(ForbiddenError, match=role.value):
                await authorize(_request(app, project.id, token), policy)


async def test_without_a_role_the_project_does_not_exist(
    app: FastAPI, services: Services, accounts_database: MetadataDatabase, project: ProjectWithKeys
) -> None:
    token = await _log_in(accounts_database, project.id, Role.NONE, services.clock())

    with pytest.raises(NotFoundError):
        await authorize(_request(app, project.id, token), PROJECT_MEMBER)


async def test_a_key_has_no_role_beyond_a_members(
    project_client: httpx.AsyncClient, app: FastAPI, project: ProjectWithKeys
) -> None:
    request = _request(app, project.id, "none")
    header = project_client.build_request("GET", "/")
    authorized = next(project.auth.sync_auth_flow(header)).headers["authorization"]
    request.scope["headers"].append((b"authorization", authorized.encode()))

    assert await authorize(request, PROJECT_MEMBER)
    with pytest.raises(ForbiddenError, match="MEMBER"):
        await authorize(request, replace(PROJECT_MEMBER, minimum_role=Role.ADMIN))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "No authorization header"),
        ("Basic " + base64.b64encode(b"pk-lf-unknown:sk").decode(), f"Invalid credentials. {CONFIRM}"),
        ("Basic %%%", "Invalid authorization header"),
        ("Bearer pk-lf-unknown", f"Invalid public key. {CONFIRM}"),
    ],
)
async def test_refusals_have_both_keys_that_clients_look_for(
    client: httpx.AsyncClient, header: str | None, message: str
) -> None:
    response = await client.get("/api/public/projects", headers={"Authorization": header} if header else {})

    assert response.status_code == 401
    body = response.json()
    assert (body["message"], body["error"]) == (message, "UnauthorizedError")


async def test_a_public_key_alone_is_denied_in_the_words_clients_know(
    client: httpx.AsyncClient, project: ProjectWithKeys
) -> None:
    response = await client.get("/api/public/projects", headers={"Authorization": f"Bearer {project.keys.public_key}"})

    assert response.status_code == 403
    assert response.json() == {
        "message": "Access denied - insufficient permissions for this endpoint",
        "error": "ForbiddenError",
    }


async def test_a_key_pair_opens_the_native_api_of_its_project(
    project_client: httpx.AsyncClient, project: ProjectWithKeys
) -> None:
    assert (await project_client.get(f"/api/v1/projects/{project.id}/traces")).status_code == 200
