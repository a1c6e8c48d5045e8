"""No parameter and no path of a read can make the server fail: 2xx or 4xx, whatever stands in it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanwise_server.api.openapi import openapi_document
from spanwise_server.api.policies import Credential, PolicyRoute
from spanwise_server.api.routes import ROUTE_TABLES
from spanwise_server.services.container import Services
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.api.filters import filters
from tests.event_rows import observation, score, write

NASTY = [
    "\x00", "a\x00b", "'", "\\", "\\'", "%", "{v0:String}", "/*filters*/", "; DROP TABLE scores --", "\ufffd", "\u202e", "🦜" * 50, "x" * 3000,
    "-1", "1e999", "NaN", "9" * 400, str(2**63), str(2**31), "0x10", "1_000", "١٢", "null", "true", "[]", "{}", "[{}]", "[" * 1200,
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1900-01-01", "2299-12-31T00:00:00Z", ",", ",,,", "a,", "=", "e30=", "bnVsbA==",
]  # fmt: skip
NASTY_FILTERS = [
    filters(("string", "name", "=", "\x00")), filters(("number", "latency", ">", 1e308)), filters(("number", "latency", "=", 10**400)),
    filters(("stringObject", "metadata", "=", "x", "a.b.c.'.\x00")), filters(("stringObject", "metadata", "matches", "", "")),
    filters(("datetime", "timestamp", ">", "0001-01-01T00:00:00Z")), filters(("datetime", "startTime", "<", "9999-12-31T00:00:00Z")),
    filters(("arrayOptions", "tags", "all of", [])), filters(("stringOptions", "name", "any of", ["\x00", "'", "\\"])),
    filters(("string", "input", "matches", "' \\ \x00 %")), filters(("string", "input", "matches", "")),
    filters(("numberObject", "scores_avg", "=", -1e308, "\x00")), filters(("categoryOptions", "score_categories", "none of", [], "")),
]  # fmt: skip


def read_routes() -> Iterator[PolicyRoute]:
    for table in ROUTE_TABLES:
        for route in table:
            if "GET" in (route.methods or ()) and route.include_in_schema and route.policy.credential is not Credential.LOGIN:
                yield route


DOCUMENT = openapi_document(read_routes(), version="0")
PATHS = sorted(DOCUMENT["paths"])
PARAMETERS = sorted(
    (path, parameter["name"])
    for path in PATHS
    for parameter in DOCUMENT["paths"][path]["get"].get("parameters", [])
    if parameter["in"] == "query" and not path.endswith("/health")
)
CHECKED = {
    "filter", "cursor", "orderBy", "fields", "source", "dataType", "value", "valueMin", "valueMax", "operator", "level", "type", "page",
    "limit", "since", "until", "fromTimestamp", "toTimestamp", "fromStartTime", "toStartTime", "parseIoAsJson", "isRootObservation",
}  # fmt: skip
"""Parameters that are more than text: most values are refused, so each is tried alone."""
NEEDED = {"trace": {"id": "trace"}, "observation": {"trace_id": "trace", "id": "o"}, "session": {"id": "s"}}


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with an observation and a score, so that queries have rows to compare."""
    made = await make_project()
    row = observation(made.id, "o", session_id="s", user_id="u", tags=["t"], metadata={"n": "1"}, input="words")
    await write(services, [row], [score(made.id, "q", trace_id="trace", value=1.0)])
    return made


def url(path: str, project: ProjectWithKeys) -> str:
    return path.replace("{project_id}", project.id).replace("{", "").replace("}", "")


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, name in PARAMETERS if name in CHECKED])
async def test_nasty_values(project_client: httpx.AsyncClient, project: ProjectWithKeys, path: str, name: str) -> None:
    for value in NASTY + (NASTY_FILTERS if name == "filter" else []):
        params = {**NEEDED.get(path.rsplit("/", 1)[-1], {}), name: value}
        response = await project_client.get(url(path, project), params=params)
        assert response.status_code < 500, (value[:80], response.text)


@pytest.mark.parametrize("path", sorted({path for path, name in PARAMETERS if name not in CHECKED}))
async def test_nasty_text_in_every_text_parameter(
    project_client: httpx.AsyncClient, project: ProjectWithKeys, path: str
) -> None:
    names = [name for of_path, name in PARAMETERS if of_path == path and name not in CHECKED]
    for value in NASTY:
        response = await project_client.get(url(path, project), params=dict.fromkeys(names, value))
        assert response.status_code < 500, (value[:80], response.text)


@pytest.mark.parametrize("path", [path for path in PATHS if "_id}" in path.replace("{project_id}", "")])
async def test_nasty_ids(project_client: httpx.AsyncClient, project: ProjectWithKeys, path: str) -> None:
    prefix = url(path, project).rpartition("/")[0]
    for value in (
        "%00",
        "%27",
        "%5C",
        "%FF%FE",
        "%ED%A0%80",
        "..",
        "../traces",
        "%2e%2e%2f",
        "a" * 5000,
        "%F0%9F%A6%9C",
        "//",
        "%0A",
        "%25",
        ";",
        "{v0:String}",
    ):
        response = await project_client.get(f"{prefix}/{value}")
        assert response.status_code < 500, (value[:80], response.text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
async def test_any_text_in_any_parameter(app: FastAPI, project: ProjectWithKeys, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path, _ in PARAMETERS]))
    names = [name for of_path, name in PARAMETERS if of_path == path]
    params = data.draw(
        st.dictionaries(st.sampled_from(names), st.text(max_size=40) | st.sampled_from(NASTY + NASTY_FILTERS), max_size=4)
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://spanwise.test", auth=project.auth
    ) as client:
        response = await client.get(url(path, project), params=params)
    assert response.status_code < 500, (params, response.text)
