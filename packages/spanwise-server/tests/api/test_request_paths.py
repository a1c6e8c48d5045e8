"""A trailing slash and HEAD reach the route they mean; an escaped slash stays part of an id."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from spanwise_server.api.request_paths import LenientPaths, is_head


@pytest.mark.parametrize("path", ["/api/public/health/", "/api/public/health"])
async def test_a_trailing_slash_is_no_other_route(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 200


async def test_an_id_may_end_in_an_escaped_slash(project_client: httpx.AsyncClient) -> None:
    event = {
        "id": "e",
        "type": "trace-create",
        "timestamp": "2026-11-20T10:00:00Z",
        "body": {"id": "dir/", "timestamp": "2026-11-20T10:00:00Z"},
    }
    await project_client.post("/api/public/ingestion", json={"batch": [event]})

    found = await project_client.get("/api/public/traces/dir%2F")
    assert found.status_code == 200
    assert found.json()["id"] == "dir/"
    assert (await project_client.get("/api/public/traces/dir")).status_code == 404


async def test_head_is_get_without_the_body(client: httpx.AsyncClient) -> None:
    got, head = await client.get("/api/public/health"), await client.head("/api/public/health")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert (await client.head("/api/public/projects")).status_code == 401


async def test_the_servers_own_scope_is_left_alone(app: FastAPI) -> None:
    scope = {
        "type": "http",
        "method": "HEAD",
        "path": "/api/public/health/",
        "raw_path": b"/api/public/health/",
        "query_string": b"",
        "headers": [],
    }
    before = dict(scope)
    sent = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: object) -> None:
        sent.append(message)

    await app(scope, receive, send)

    assert {name: scope[name] for name in ("method", "path", "raw_path")} == {
        name: before[name] for name in ("method", "path", "raw_path")
    }
    assert sent


async def test_a_route_can_tell_that_only_the_head_is_wanted() -> None:
    seen: list[bool] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(is_head(Request(scope)))
        await PlainTextResponse("x")(scope, receive, send)

    transport = httpx.ASGITransport(LenientPaths(look))
    async with httpx.AsyncClient(transport=transport, base_url="http://spanwise.test") as asking:
        await asking.head("/")
        await asking.get("/")
    assert seen == [True, False]
