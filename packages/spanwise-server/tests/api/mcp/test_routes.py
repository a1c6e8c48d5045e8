"""Who reaches the endpoint, and by which names."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from tests.accounts import ProjectWithKeys

PATH = "/api/public/mcp"
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
HEADERS = {"Accept": "application/json, text/event-stream"}


async def _ping(app: FastAPI, project: ProjectWithKeys, headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000", auth=project.auth) as client:
        return await client.post(PATH, json=PING, headers={**HEADERS, **headers})


async def test_answers_under_the_loopback_names(app: FastAPI, project: ProjectWithKeys) -> None:
    for host in ("127.0.0.1:3000", "localhost:3000", "[::1]:3000", "app.localhost"):
        assert (await _ping(app, project, {"Host": host})).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


async def test_refuses_names_that_are_not_its_own(app: FastAPI, project: ProjectWithKeys) -> None:
    for host in ("evil.test", "127.0.0.1.evil.test", "[", ""):
        answer = await _ping(app, project, {"Host": host})
        assert answer.status_code == 403
        assert "SPANWISE_PUBLIC_URL" in answer.json()["hint"]


async def test_refuses_pages_of_other_origins(app: FastAPI, project: ProjectWithKeys) -> None:
    assert (await _ping(app, project, {"Origin": "http://127.0.0.1:3000"})).status_code == 200
    for origin in ("https://evil.test", "null"):
        assert (await _ping(app, project, {"Origin": origin})).status_code == 403


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_has_no_streams_and_no_sessions(project_client: httpx.AsyncClient, method: str) -> None:
    answer = await project_client.request(method, PATH)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


async def test_says_where_it_is(client: httpx.AsyncClient) -> None:
    described = (await client.get("/api/well-known/mcp.json")).json()

    assert described["url"].endswith(PATH)
    assert described["transport"] == "streamable-http"
