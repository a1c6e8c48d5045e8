"""A policy is checked before a route reads or parses anything, and a route cannot be declared wrongly."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import Message

from spanwise_server.api.errors import register_error_handlers
from spanwise_server.api.policies import PROJECT_KEY, PROJECT_MEMBER, PUBLIC, PolicyRoute, RouteTable
from spanwise_server.domain.errors import PayloadTooLargeError
from spanwise_server.services.container import Services


async def test_a_members_route_names_its_project() -> None:
    async def endpoint() -> None: ...

    with pytest.raises(ValueError, match="project_id"):
        PolicyRoute("/api/v1/traces", endpoint, policy=PROJECT_MEMBER)


class _Body(BaseModel):
    value: int


@pytest.fixture
def app_with_body(services: Services) -> FastAPI:
    table = RouteTable("test")

    async def endpoint(body: _Body) -> dict[str, int]:
        return {"value": body.value}

    table.post("/api/public/guarded", PROJECT_KEY)(endpoint)
    table.post("/api/public/open", PUBLIC)(endpoint)
    app = FastAPI(openapi_url=None)
    app.state.services = services
    register_error_handlers(app)
    app.router.routes.extend(table)
    return app


async def _post_failing_body(app: FastAPI, path: str, error: Exception) -> int:
    """Send a request whose body raises when it is read; return the status."""

    async def receive() -> Message:
        raise error

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"10"), (b"host", b"x")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers, "root_path": ""}
    await app(scope, receive, send)
    return int(sent[0]["status"])


async def test_without_credentials_the_body_is_not_even_read(app_with_body: FastAPI) -> None:
    assert await _post_failing_body(app_with_body, "/api/public/guarded", AssertionError("it was read")) == 401


async def test_an_error_while_reading_the_body_keeps_its_status(app_with_body: FastAPI) -> None:
    assert await _post_failing_body(app_with_body, "/api/public/open", PayloadTooLargeError("Too large.")) == 413
    assert await _post_failing_body(app_with_body, "/api/public/open", HTTPException(408)) == 408


async def test_a_wrong_body_is_an_issue_list(app_with_body: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_with_body), base_url="http://x") as client:
        response = await client.post("/api/public/open", json={"value": "many"})

    assert response.status_code == 400
    assert [issue["path"] for issue in response.json()["error"]] == [["value"]]
