"""Administrators of a project manage its keys in the browser; other members see who is there, and no key does."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI

from spanwise_server._lib.clock import system_clock
from spanwise_server.api.auth import OWN_ORIGIN_HEADER, SESSION_COOKIE
from spanwise_server.domain.accounts import LoginSession, Role, User
from spanwise_server.services.logins import hash_token
from spanwise_server.storage.metadata import memberships, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.accounts import BASE_URL, ProjectWithKeys
from tests.api.openapi_document import OpenApiDocument

Browser = Callable[[Role], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def browser(
    app: FastAPI, project: ProjectWithKeys, accounts_database: MetadataDatabase, openapi_document: OpenApiDocument
) -> AsyncIterator[Browser]:
    """Yield a function that logs somebody in who has a role in ``project``."""
    async with AsyncExitStack() as stack:

        async def log_in(role: Role) -> httpx.AsyncClient:
            token, now = uuid.uuid4().hex, system_clock()
            user = User(id=token, email=f"{role.lower()}-{token}@x.test", name=role, password_hash=None, created_at=now)
            session = LoginSession(token_hash=hash_token(token), user_id=token, created_at=now, expires_at=now + 10**10)

            def work(connection: MetadataTransaction) -> None:
                users.add_user(connection, user)
                memberships.set_project_role(connection, project.id, user.id, role)
                users.add_login_session(connection, session)

            await accounts_database.write(work)
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url=f"{BASE_URL}/api/v1/projects/{project.id}/",
                cookies={SESSION_COOKIE: token},
                headers={OWN_ORIGIN_HEADER: "1"},
                event_hooks={"response": [openapi_document.check]},
            )
            return await stack.enter_async_context(client)

        yield log_in


async def test_an_administrator_makes_and_revokes_a_key(
    browser: Browser, client: httpx.AsyncClient, project: ProjectWithKeys
) -> None:
    admin = await browser(Role.ADMIN)
    made = await admin.post("api-keys", json={"note": "ui", "expires_at": "2200-01-01T00:00:00Z"})
    assert made.status_code == 201
    key, auth = made.json()["api_key"], (made.json()["api_key"]["public_key"], made.json()["secret_key"])
    assert (key["note"], key["expires_at"]) == ("ui", "2200-01-01T00:00:00.000000Z")
    assert (await client.get("/api/public/projects", auth=auth)).status_code == 200

    listed = await admin.get("api-keys")
    assert [found["public_key"] for found in listed.json()["api_keys"]] == [project.keys.public_key, auth[0]]
    assert listed.json()["api_keys"][1] == key
    assert auth[1] not in listed.text

    assert (await admin.delete(f"api-keys/{key['id']}")).status_code == 204
    assert (await client.get("/api/public/projects", auth=auth)).status_code == 401
    assert (await admin.delete(f"api-keys/{key['id']}")).status_code == 404
    assert (await admin.post("api-keys", json={"expires_at": "2020-01-01T00:00:00Z"})).status_code == 400


async def test_other_members_see_who_is_there_and_no_keys(browser: Browser, project_client: httpx.AsyncClient) -> None:
    viewer = await browser(Role.VIEWER)
    await browser(Role.NONE)
    owner = await browser(Role.OWNER)
    for method, path in (("GET", "api-keys"), ("POST", "api-keys"), ("DELETE", "api-keys/x")):
        assert (await viewer.request(method, path)).status_code == 403
        # A key administers nothing, also not by way of the browser's routes.
        assert (await project_client.request(method, str(viewer.base_url) + path)).status_code == 401

    members = (await viewer.get("members")).json()["members"]
    assert [(member["name"], member["role"]) for member in members] == [("OWNER", "OWNER"), ("VIEWER", "VIEWER")]
    assert (await owner.get("api-keys")).status_code == 200


async def test_whom_the_project_leaves_out_it_does_not_exist(browser: Browser) -> None:
    nobody = await browser(Role.NONE)

    assert (await nobody.get("members")).status_code == 404
    assert (await nobody.get("api-keys")).status_code == 404
