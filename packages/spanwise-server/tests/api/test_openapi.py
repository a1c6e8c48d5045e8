"""The committed OpenAPI document is what the routes say, complete and usable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from spanwise_server.api.openapi import openapi_document
from spanwise_server.api.policies import PROJECT_KEY, PUBLIC, PolicyRoute, RouteTable
from tools.export_openapi import openapi_text
from tools.generate_reference import OPENAPI_FILE

READS = [
    "/api/public/traces",
    "/api/public/traces/{trace_id}",
    "/api/public/observations",
    "/api/public/observations/{observation_id}",
    "/api/public/v2/observations",
    "/api/public/sessions",
    "/api/public/sessions/{session_id}",
    "/api/public/scores",
    "/api/public/scores/{score_id}",
    "/api/public/v2/scores",
    "/api/public/v2/scores/{score_id}",
    "/api/public/v3/scores",
    "/api/public/prompts",
    "/api/public/v2/prompts",
    "/api/public/v2/prompts/{name}",
    "/api/public/media/{media_id}",
    "/api/public/llm-connections",
    "/api/v1/projects/{project_id}/media",
    "/api/v1/projects/{project_id}/traces",
    "/api/v1/projects/{project_id}/trace",
    "/api/v1/projects/{project_id}/observation",
    "/api/v1/projects/{project_id}/session",
    "/api/v1/projects/{project_id}/prompts",
    "/api/v1/projects/{project_id}/prompt",
    "/api/v1/projects/{project_id}/protected-labels",
]


@pytest.fixture(scope="module")
def document() -> Any:
    """Return the committed document."""
    return json.loads(OPENAPI_FILE.read_text("utf-8"))


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_the_committed_document_is_current() -> None:
    assert OPENAPI_FILE.read_text("utf-8") == openapi_text(), "run `make reference`"


def test_it_has_every_route_of_the_app(app: FastAPI, document: Any) -> None:
    routes = [route for route in app.routes if isinstance(route, PolicyRoute) and route.include_in_schema]
    served = {(route.path_format, method.lower()) for route in routes for method in route.methods or ()}
    assert served == {(path, method) for path, method, _ in operations(document)}


def test_operation_ids_are_unique(document: Any) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", READS)
def test_every_parameter_of_a_read_is_explained(document: Any, path: str) -> None:
    operation = document["paths"][path]["get"]
    assert operation["description"]
    for parameter in operation.get("parameters", []):
        described = parameter.get("description") or parameter["schema"].get("description")
        assert described or parameter["in"] == "path", parameter["name"]


@pytest.mark.parametrize("path", READS)
def test_every_read_says_what_it_answers(document: Any, path: str) -> None:
    responses = document["paths"][path]["get"]["responses"]
    assert "$ref" in responses["200"]["content"]["application/json"]["schema"]
    assert {"4XX", "503"} <= set(responses)
    assert "422" not in responses


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for item in value.values():
                yield from references(item)
        elif isinstance(value, list):
            for item in value:
                yield from references(item)

    for reference in references(document):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_credentials_follow_the_policy() -> None:
    table = RouteTable("sample")

    @table.get("/open", PUBLIC)
    async def read_open() -> None: ...

    @table.get("/closed", PROJECT_KEY)
    async def read_closed() -> None: ...

    paths = openapi_document(table, version="1")["paths"]
    assert paths["/open"]["get"]["security"] == []
    assert paths["/closed"]["get"]["security"] == [{"keyPair": []}]
