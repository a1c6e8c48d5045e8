"""Other origins may call the public API with a key, and nothing with a cookie."""

from __future__ import annotations

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from spanwise_server.api.cors import PublicCors

ORIGIN = "https://app.example.org"


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("inside", 401)(scope, receive, send)


async def _request(method: str, path: str, *, origins: tuple[str, ...] = ("*",), **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(PublicCors(_app, origins=origins))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        return await client.request(method, path, headers=named)


async def test_a_preflight_is_answered_before_anything_else() -> None:
    response = await _request(
        "OPTIONS",
        "/api/public/scores",
        origin=ORIGIN,
        access_control_request_method="POST",
        access_control_request_headers="authorization,x-langfuse-sdk-name",
    )

    assert (response.status_code, response.text) == (204, "")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-allow-headers"] == "authorization,x-langfuse-sdk-name"
    allowed = {method.strip() for method in response.headers["access-control-allow-methods"].split(",")}
    assert allowed == {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"}
    assert "access-control-allow-credentials" not in response.headers


async def test_answers_and_refusals_are_readable_from_elsewhere() -> None:
    response = await _request("GET", "/api/public/traces", origin=ORIGIN)

    assert (response.status_code, response.text) == (401, "inside")
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/login", "/", "/api/publicity"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_what_takes_the_cookie_is_never_shared(method: str, path: str) -> None:
    response = await _request(method, path, origin=ORIGIN, access_control_request_method="POST")

    assert response.text == "inside"
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("origin", "allowed"), [(ORIGIN, ORIGIN), ("https://evil.example.org", None), (ORIGIN + ".evil.org", None)]
)
async def test_a_list_of_origins_admits_those_alone(origin: str, allowed: str | None) -> None:
    for method in ("GET", "OPTIONS"):
        response = await _request(method, "/api/public/traces", origins=(ORIGIN, "https://b.example.org"), origin=origin)
        assert response.headers.get("access-control-allow-origin") == allowed
        assert "Origin" in response.headers["vary"]
