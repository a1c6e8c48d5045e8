"""Every response carries an id and the headers that keep browsers safe."""

from __future__ import annotations

import logging

import httpx
import pytest

from spanwise_server.api.request_context import CONTENT_SECURITY_POLICY
from tests.accounts import ProjectWithKeys

PATHS = ["/", "/login", "/nothing", "/assets/nothing.js", "/api/public/health", "/api/public/traces", "/api/v1/me"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_response_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 32


async def test_pages_may_load_own_files_only_and_run_nothing_inline(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/login")).headers["content-security-policy"]

    assert policy == CONTENT_SECURITY_POLICY
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    for rule in ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "form-action 'self'"):
        assert rule in policy


async def test_api_answers_may_do_nothing_as_pages_and_are_not_cached(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/api/v1/me")).headers

    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "no-store"


async def test_the_log_has_no_credentials_and_no_query(
    client: httpx.AsyncClient, project: ProjectWithKeys, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="spanwise")
    response = await client.get("/api/public/projects?note=typed-by-a-user", auth=project.auth)

    lines = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("spanwise"))
    assert response.headers["x-request-id"] in lines
    assert "/api/public/projects" in lines
    assert "typed-by-a-user" not in lines
    assert project.keys.secret_key not in caplog.text
    assert response.request.headers["authorization"].removeprefix("Basic ") not in caplog.text
