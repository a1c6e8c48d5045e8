"""The composition root opens everything, serves it together, and closes it in order."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from spanwise_server.api.policies import PUBLIC, PolicyRoute
from spanwise_server.app import create_app, prepare_data_dir
from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.services.container import Services
from spanwise_server.settings import Settings
from tests.accounts import BASE_URL, ProjectWithKeys


def test_the_data_directory_is_made_for_its_owner_only(tmp_path: Path) -> None:
    prepare_data_dir(Settings(data_dir=tmp_path / "a" / "b"))

    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    prepare_data_dir(Settings(data_dir=tmp_path / "a" / "b"))


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="file/data"):
        prepare_data_dir(Settings(data_dir=tmp_path / "file" / "data"))


async def test_a_body_beyond_the_limit_is_413_on_every_route_that_takes_one(
    services: Services, project: ProjectWithKeys
) -> None:
    app = create_app(_with(services, max_body_mib=1))
    body = b" " * (1024 * 1024 + 1)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    answers = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL, auth=project.auth) as client:
        for path in ("/api/public/ingestion", "/api/public/otel/v1/traces", "/api/public/scores", "/api/v1/login"):
            headers = {"Content-Type": "application/json", "X-Spanwise-Request": "1"}
            answers[path, "announced"] = (await client.post(path, content=body, headers=headers)).status_code
            answers[path, "chunked"] = (await client.post(path, content=chunks(), headers=headers)).status_code

    assert set(answers.values()) == {413}, answers


def _with(services: Services, **settings: object) -> Services:
    return replace(services, settings=services.settings.model_copy(update=settings))


@pytest.mark.parametrize(
    ("path", "status"), [("/docs", 404), ("/redoc", 404), ("/openapi.json", 404), ("/api/public/nothing", 404)]
)
async def test_nothing_of_the_framework_is_served(client: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await client.get(path)).status_code == status


def test_the_schema_describes_the_public_api(app: FastAPI) -> None:
    paths = app.openapi()["paths"]

    assert "/api/public/traces" in paths
    assert "/api/v1/me" in paths
    assert "/login" not in paths


def test_the_applications_pages_are_public_routes(app: FastAPI) -> None:
    public = {route.path for route in app.router.routes if isinstance(route, PolicyRoute) and route.policy is PUBLIC}

    assert {"/", "/login", "/project/{path:path}", "/trace/{path:path}", "/assets/{path:path}"} <= public
