"""``/traces``: every parameter, group, order and filter column; one trace; deletion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from spanwise_server.services.container import Services
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.api.filters import filters
from tests.event_rows import SECOND, START, observation, score, write

TRACES = "/api/public/traces"
SLASHED = "org/run 1%2F?x"


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with three traces: ``checkout`` (oldest, failed), ``search``, and one that says nearly nothing."""
    made = await make_project()
    p = made.id
    checkout = {"user_id": "u1", "session_id": "s1", "tags": ["a", "b"], "release": "r1", "version": "v1"}
    search = {"user_id": "u2", "session_id": "s2", "tags": ["b"], "release": "r2", "version": "v2", "environment": "staging"}
    rows = [
        observation(
            p, "root", trace_id="t1", at=0, name="checkout", end_time=START + 3 * SECOND, input='{"cart":[1]}', output="paid",
            metadata={"tier": "pro", "n": "7", "ok": "true"}, **checkout,
        ),
        observation(
            p, "call", trace_id="t1", at=1, parent_id="root", type="GENERATION", level="ERROR", end_time=START + 2 * SECOND,
            usage={"input": 10, "output": 5, "total": 15}, cost={"input": Decimal("0.2"), "output": Decimal("0.3"), "total": Decimal("0.5")},
            total_cost=Decimal("0.5"), **checkout,
        ),
        observation(p, "find", trace_id="t2", at=10, name="search", trace_public=True, level="WARNING", **search),
        observation(p, "lone", trace_id=SLASHED, at=20),
    ]  # fmt: skip
    scores = [
        score(p, "good", trace_id="t1", value=0.9, at=2),
        score(p, "word", trace_id="t1", observation_id="call", name="mood", data_type="CATEGORICAL", string_value="calm", at=3),
        score(p, "flag", trace_id="t2", name="safe", data_type="BOOLEAN", value=1.0, at=11),
        score(p, "better", trace_id="t1", name="output", data_type="CORRECTION", string_value="paid twice", at=4),
    ]
    await write(services, rows, scores)
    return made


def ids(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["data"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [SLASHED, "t2", "t1"]),
        ({"userId": "u1"}, ["t1"]),
        ({"userId": "nobody"}, []),
        ({"userId": ""}, [SLASHED, "t2", "t1"]),
        ({"name": "search"}, ["t2"]),
        ({"sessionId": "s1"}, ["t1"]),
        ({"version": "v2"}, ["t2"]),
        ({"release": "r1"}, ["t1"]),
        ({"tags": "b"}, ["t2", "t1"]),
        ({"tags": ["a", "b"]}, ["t1"]),
        ({"tags": "a,b"}, ["t1"]),
        ({"tags": ["a", "c"]}, []),
        ({"environment": "staging"}, ["t2"]),
        ({"environment": ["staging", "default"]}, [SLASHED, "t2", "t1"]),
        ({"environment": "staging,nowhere"}, ["t2"]),
        ({"fromTimestamp": "2026-09-21T14:13:30Z"}, [SLASHED, "t2"]),
        ({"fromTimestamp": "2026-09-21T14:13:30.000001Z"}, [SLASHED]),
        ({"toTimestamp": "2026-09-21T14:13:30Z"}, ["t1"]),
        ({"toTimestamp": "2026-09-21T14:13:30.000001Z"}, ["t2", "t1"]),
        ({"fromTimestamp": "2026-09-21T16:13:30+02:00", "toTimestamp": "2026-09-21T14:13:40Z"}, ["t2"]),
        ({"fromTimestamp": "0001-01-01T00:00:00Z", "toTimestamp": "9999-12-31T00:00:00Z"}, [SLASHED, "t2", "t1"]),
        ({"unknown": "ignored"}, [SLASHED, "t2", "t1"]),
        ({"userId": "u1", "name": "search"}, []),
        ({"filter": ""}, [SLASHED, "t2", "t1"]),
    ],
)
async def test_parameters(api: httpx.AsyncClient, params: dict[str, Any], expected: list[str]) -> None:
    assert ids(await api.get(TRACES, params=params)) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("timestamp.asc", ["t1", "t2", SLASHED]),
        ("timestamp.desc", [SLASHED, "t2", "t1"]),
        ("id.asc", [SLASHED, "t1", "t2"]),
        ("name.desc", ["t2", "t1", SLASHED]),
        ("userId.asc", [SLASHED, "t1", "t2"]),
        ("release.desc", ["t2", "t1", SLASHED]),
        ("version.desc", ["t2", "t1", SLASHED]),
        ("sessionId.desc", ["t2", "t1", SLASHED]),
        ("public.desc", ["t2", "t1", SLASHED]),
        ("bookmarked.asc", [SLASHED, "t1", "t2"]),
    ],
)
async def test_order(api: httpx.AsyncClient, order: str, expected: list[str]) -> None:
    assert ids(await api.get(TRACES, params={"orderBy": order})) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("string", "id", "=", "t1"), ["t1"]),
        (("string", "traceId", "starts with", "t"), ["t2", "t1"]),
        (("string", "name", "contains", "check"), ["t1"]),
        (("string", "Trace Name", "=", "search"), ["t2"]),
        (("string", "name", "contains", "CHECK"), []),
        (("stringOptions", "userId", "any of", ["u1", "u2"]), ["t2", "t1"]),
        (("stringOptions", "userId", "none of", ["u1"]), [SLASHED, "t2"]),
        (("null", "userId", "is null", ""), [SLASHED]),
        (("string", "sessionId", "ends with", "2"), ["t2"]),
        (("string", "version", "does not contain", "1"), [SLASHED, "t2"]),
        (("stringOptions", "release", "any of", ["r1"]), ["t1"]),
        (("stringOptions", "environment", "none of", ["default"]), ["t2"]),
        (("stringOptions", "level", "any of", ["ERROR"]), ["t1"]),
        (("arrayOptions", "tags", "all of", ["a", "b"]), ["t1"]),
        (("arrayOptions", "traceTags", "none of", ["a"]), [SLASHED, "t2"]),
        (("boolean", "bookmarked", "=", False), [SLASHED, "t2", "t1"]),
        (("datetime", "timestamp", ">", "2026-09-21T14:13:30Z"), [SLASHED]),
        (("datetime", "timestamp", "<=", "2026-09-21T14:13:30Z"), ["t2", "t1"]),
        (("stringObject", "metadata", "=", "pro", "tier"), ["t1"]),
        (("numberObject", "metadata", ">", 6, "n"), ["t1"]),
        (("booleanObject", "metadata", "=", True, "ok"), ["t1"]),
        (("number", "latency", ">=", 3), ["t1"]),
        (("number", "inputTokens", "=", 10), ["t1"]),
        (("number", "outputTokens", ">", 4), ["t1"]),
        (("number", "totalTokens", "<", 15), [SLASHED, "t2"]),
        (("number", "tokens", "=", 15), ["t1"]),
        (("number", "inputCost", ">", 0.1), ["t1"]),
        (("number", "outputCost", ">", 0.1), ["t1"]),
        (("number", "totalCost", ">=", 0.5), ["t1"]),
        (("number", "errorCount", "=", 1), ["t1"]),
        (("number", "warningCount", "=", 1), ["t2"]),
        (("number", "defaultCount", "=", 1), [SLASHED, "t1"]),
        (("number", "debugCount", "=", 0), [SLASHED, "t2", "t1"]),
        (("numberObject", "scores_avg", ">", 0.8, "quality"), ["t1"]),
        (("numberObject", "scores", "<", 0.8, "quality"), []),
        (("categoryOptions", "score_categories", "any of", ["calm"], "mood"), ["t1"]),
        (("booleanObject", "score_booleans", "=", True, "safe"), ["t2"]),
    ],
)
async def test_filter_columns(api: httpx.AsyncClient, condition: tuple[Any, ...], expected: list[str]) -> None:
    response = await api.get(TRACES, params={"filter": filters(condition)})
    assert ids(response) == expected
    assert response.json()["meta"]["totalItems"] == len(expected)


async def test_the_filter_overrides_a_simple_parameter_on_its_column_and_joins_the_others(api: httpx.AsyncClient) -> None:
    given = filters(("string", "userId", "=", "u2"))
    assert ids(await api.get(TRACES, params={"userId": "u1", "filter": given})) == ["t2"]
    assert ids(await api.get(TRACES, params={"sessionId": "s1", "filter": given})) == []
    since = filters(("datetime", "timestamp", ">=", "2026-09-21T14:13:40Z"))
    assert ids(await api.get(TRACES, params={"toTimestamp": "2026-09-21T14:13:30Z", "filter": since})) == [SLASHED]


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"limit": "101"}, ["limit"]),
        ({"limit": "0"}, ["limit"]),
        ({"page": "0"}, ["page"]),
        ({"page": "-1"}, ["page"]),
        ({"page": "x"}, ["page"]),
        ({"fromTimestamp": "yesterday"}, ["fromTimestamp"]),
        ({"orderBy": "color.asc"}, ["orderBy"]),
        ({"orderBy": "timestamp.up"}, ["orderBy"]),
        ({"filter": "{"}, ["filter"]),
        ({"filter": filters(("string", "name", "resembles", "x"))}, ["filter", 0, "operator"]),
        ({"filter": filters(("guess", "name", "=", "x"))}, ["filter", 0, "type"]),
    ],
)
async def test_refusals_name_the_parameter(api: httpx.AsyncClient, params: dict[str, str], path: list[object]) -> None:
    response = await api.get(TRACES, params=params)
    assert response.status_code == 400
    assert response.json()["message"] == "Invalid request data"
    assert response.json()["error"][0]["path"] == path


async def test_an_unknown_filter_column_is_named(api: httpx.AsyncClient) -> None:
    response = await api.get(TRACES, params={"filter": filters(("string", "color", "=", "red"))})
    assert response.status_code == 400
    assert response.json()["message"] == "Column color does not match a UI / CH table mapping."


async def test_pages(api: httpx.AsyncClient) -> None:
    first = await api.get(TRACES, params={"limit": 2})
    assert ids(first) == [SLASHED, "t2"]
    assert first.json()["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}
    second = await api.get(TRACES, params={"limit": 2, "page": 2})
    assert ids(second) == ["t1"]
    assert second.json()["meta"] == {"page": 2, "limit": 2, "totalItems": 3, "totalPages": 2}
    beyond = await api.get(TRACES, params={"limit": 2, "page": 10_000_000})
    assert ids(beyond) == []
    assert beyond.json()["meta"] == {"page": 10_000_000, "limit": 2, "totalItems": 3, "totalPages": 2}
    nothing = await api.get(TRACES, params={"name": "nothing", "page": "", "limit": ""})
    assert nothing.json() == {"data": [], "meta": {"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0}}


WHOLE: dict[str, object] = {
    "id": "t1", "name": "checkout", "userId": "u1", "sessionId": "s1", "tags": ["a", "b"], "release": "r1", "version": "v1",
    "environment": "default", "public": False, "bookmarked": False, "externalId": None, "timestamp": "2026-09-21T14:13:20.000Z",
    "createdAt": "2026-09-21T14:13:20.000Z", "updatedAt": "2026-09-21T14:13:21.000Z",
    "input": {"cart": [1]}, "output": "paid", "metadata": {"tier": "pro", "n": 7, "ok": True},
    "latency": 3, "totalCost": 0.5, "observations": ["root", "call"], "scores": ["better", "word", "good"],
}  # fmt: skip
EMPTY: dict[str, dict[str, object]] = {
    "io": {"input": None, "output": None, "metadata": {}},
    "metrics": {"latency": -1, "totalCost": -1},
    "observations": {"observations": []},
    "scores": {"scores": []},
}


@pytest.mark.parametrize(
    "fields", [None, "core", "io", "core,scores", "observations,metrics", "core,unknown", "io,metrics,scores,observations"]
)
async def test_field_groups(api: httpx.AsyncClient, project: ProjectWithKeys, fields: str | None) -> None:
    params = {"userId": "u1"} | ({} if fields is None else {"fields": fields})
    (item,) = (await api.get(TRACES, params=params)).json()["data"]
    excluded = set() if fields is None else set(EMPTY) - set(fields.split(","))
    expected: dict[str, object] = {**WHOLE, "projectId": project.id, "htmlPath": f"/project/{project.id}/traces/t1"}
    for group in excluded:
        expected |= EMPTY[group]
    assert item == expected


async def test_one_trace_with_everything(api: httpx.AsyncClient) -> None:
    trace = (await api.get(f"{TRACES}/t1")).json()
    assert [row["id"] for row in trace["observations"]] == ["root", "call"]
    assert trace["observations"][1]["usage"]["total"] == 15
    assert trace["observations"][0]["input"] == {"cart": [1]}
    assert [(item["id"], item["dataType"]) for item in trace["scores"]] == [("word", "CATEGORICAL"), ("good", "NUMERIC")]
    assert (trace["latency"], trace["totalCost"], trace["metadata"]) == (3, 0.5, WHOLE["metadata"])


@pytest.mark.parametrize("fields", ["core", "io", "observations", "scores", "metrics"])
async def test_field_groups_of_one_trace(api: httpx.AsyncClient, fields: str) -> None:
    whole = (await api.get(f"{TRACES}/t1")).json()
    part = (await api.get(f"{TRACES}/t1", params={"fields": fields})).json()
    for group, empty in EMPTY.items():
        for key, value in empty.items():
            assert part[key] == (whole[key] if group == fields else value), key


@pytest.mark.parametrize("path", ["org/run%201%252F%3Fx", "org%2Frun%201%252F%3Fx"])
async def test_an_id_with_slashes_is_found_escaped_or_not(api: httpx.AsyncClient, path: str) -> None:
    response = await api.get(f"{TRACES}/{path}")
    assert response.status_code == 200
    assert response.json()["id"] == SLASHED


async def test_an_unknown_trace(api: httpx.AsyncClient) -> None:
    response = await api.get(f"{TRACES}/no such/id")
    assert response.status_code == 404
    assert response.json() == {
        "message": "Trace no such/id not found within authorized project",
        "error": "LangfuseNotFoundError",
    }


async def test_other_projects_see_nothing(
    client: httpx.AsyncClient, other_project: ProjectWithKeys, project: ProjectWithKeys
) -> None:
    assert (await client.get(TRACES, auth=other_project.auth)).json()["data"] == []
    assert (await client.get(f"{TRACES}/t1", auth=other_project.auth)).status_code == 404
    await client.delete(f"{TRACES}/t1", auth=other_project.auth)
    await client.request("DELETE", TRACES, json={"traceIds": ["t1"]}, auth=other_project.auth)
    assert (await client.get(f"{TRACES}/t1", auth=project.auth)).status_code == 200


async def _doomed(services: Services, project: ProjectWithKeys, *trace_ids: str) -> None:
    rows = [observation(project.id, f"o-{trace_id}", trace_id=trace_id) for trace_id in trace_ids]
    await write(services, rows, [score(project.id, f"s-{trace_id}", trace_id=trace_id, value=1.0) for trace_id in trace_ids])


async def test_a_deleted_trace_takes_its_observations_and_scores_along_at_once(
    client: httpx.AsyncClient, services: Services, other_project: ProjectWithKeys
) -> None:
    await _doomed(services, other_project, "x/1", "x2", "x3")
    client.auth = other_project.auth
    response = await client.delete(f"{TRACES}/x%2F1")
    assert (response.status_code, response.json()) == (200, {"message": "Trace deleted successfully"})
    assert (await client.get(f"{TRACES}/x/1")).status_code == 404
    assert (await client.get("/api/public/observations/o-x/1")).status_code == 404
    assert (await client.get("/api/public/v2/scores/s-x/1")).status_code == 404
    assert (await client.delete(f"{TRACES}/x/1")).status_code == 200
    response = await client.request("DELETE", TRACES, json={"traceIds": ["x2", "x3", "never was"]})
    assert (response.status_code, response.json()) == (200, {"message": "Traces deleted successfully"})
    assert (await client.get(TRACES)).json()["meta"]["totalItems"] == 0


@pytest.mark.parametrize("body", [{}, {"traceIds": []}, {"traceIds": ["t"] * 1001}, {"traceIds": "t1"}, {"traceIds": [1]}, []])
async def test_deleting_many_needs_a_list_of_ids(api: httpx.AsyncClient, body: object) -> None:
    response = await api.request("DELETE", TRACES, json=body)
    assert response.status_code == 400
    assert response.json()["message"] == "Invalid request data"
