"""Logging in, who is logged in, and logging out, as the browser application does it."""

from __future__ import annotations

from dataclasses import replace
from http.cookies import SimpleCookie

import httpx
import pytest

from spanwise_server.api.auth import OWN_ORIGIN_HEADER, SESSION_COOKIE
from spanwise_server.app import create_app
from spanwise_server.services.container import Services
from tests.accounts import ADMIN_EMAIL, ADMIN_PASSWORD, BASE_URL

OWN = {OWN_ORIGIN_HEADER: "1"}
FORM = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}


async def test_the_way_of_a_login(client: httpx.AsyncClient, services: Services) -> None:
    assert (await client.get("/api/v1/me")).status_code == 401

    login = await client.post("/api/v1/login", json=FORM, headers=OWN)
    assert login.status_code == 200
    assert set(login.json()["user"]) == {"id", "email", "name"}

    me = await client.get("/api/v1/me")
    assert me.status_code == 200
    assert me.json()["user"] == login.json()["user"]
    assert me.json()["version"] == services.version
    (project,) = me.json()["projects"]
    assert set(project) == {"id", "name", "role", "organization"}
    assert (project["role"], set(project["organization"])) == ("OWNER", {"id", "name"})
    assert (await client.get(f"/api/v1/projects/{project['id']}/traces")).status_code == 200

    token = client.cookies[SESSION_COOKIE]
    assert (await client.post("/api/v1/logout", headers=OWN)).status_code == 204
    assert SESSION_COOKIE not in client.cookies
    client.cookies.set(SESSION_COOKIE, token)
    after = await client.get("/api/v1/me")
    assert (after.status_code, after.json()["code"]) == (401, "unauthorized")


async def _cookie(app_url: str, services: Services) -> SimpleCookie:
    transport = httpx.ASGITransport(create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url=app_url) as client:
        response = await client.post("/api/v1/login", json=FORM, headers=OWN)
    return SimpleCookie(response.headers["set-cookie"])


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(services: Services) -> None:
    cookie = (await _cookie(BASE_URL, services))[SESSION_COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) == services.settings.session_hours * 3600
    assert not cookie["secure"]


async def test_over_https_the_cookie_stays_there(services: Services) -> None:
    behind_proxy = replace(services, settings=services.settings.model_copy(update={"public_url": "https://spanwise.test"}))

    assert (await _cookie("https://spanwise.test", services))[SESSION_COOKIE]["secure"]
    assert (await _cookie(BASE_URL, behind_proxy))[SESSION_COOKIE]["secure"]


@pytest.mark.parametrize("password", ["wrong", ""])
async def test_a_wrong_login_sets_nothing(client: httpx.AsyncClient, password: str) -> None:
    response = await client.post("/api/v1/login", json={"email": f"{password}@example.org", "password": password}, headers=OWN)

    assert (response.status_code, response.json()["code"]) == (401, "invalid_login")
    assert "set-cookie" not in response.headers


async def test_another_sites_page_cannot_log_in_or_out(client: httpx.AsyncClient) -> None:
    login = await client.post("/api/v1/login", json=FORM)
    assert (login.status_code, login.json()["code"]) == (403, "forbidden")

    await client.post("/api/v1/login", json=FORM, headers=OWN)
    assert (await client.post("/api/v1/logout")).status_code == 403
    assert (await client.get("/api/v1/me")).status_code == 200


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"email": 1, "password": "x"}', b"\xff", b'{"email": "' + b"x" * 20_000 + b'"}']
)
async def test_what_is_no_login_form_is_refused(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post("/api/v1/login", content=content, headers=OWN)

    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")


async def test_guessing_is_slowed_with_the_seconds_to_wait(client: httpx.AsyncClient) -> None:
    form = {"email": "guessed@example.org", "password": "wrong"}
    statuses = [(await client.post("/api/v1/login", json=form, headers=OWN)).status_code for _ in range(6)]
    last = await client.post("/api/v1/login", json=form, headers=OWN)

    assert statuses == [401] * 5 + [429]
    assert last.json()["code"] == "rate_limited"
    assert 0 < int(last.headers["retry-after"]) <= 300
