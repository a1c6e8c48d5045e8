"""``/observations`` and ``/v2/observations``: every parameter, filter column, group, page and cursor."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest
from langfuse.api.core.pydantic_utilities import parse_obj_as
from langfuse.api.observations.types.observations_v2response import ObservationsV2Response

from spanwise_server.services.container import Services
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.api.filters import filters
from tests.event_rows import SECOND, START, observation, score, write

V1 = "/api/public/observations"
V2 = "/api/public/v2/observations"
LISTS = pytest.mark.parametrize("path", [V1, V2])
EVERYTHING = ["app", "tool", "gen", "root"]


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with a trace of three (facts of the trace on the root alone), one of another app, and a trace record."""
    made = await make_project()
    p = made.id
    rows = [
        observation(
            p, "root", at=0, type="AGENT", name="plan", user_id="u1", session_id="s1", tags=["a", "b"], release="r1",
            trace_name="journey", trace_public=True, end_time=START + 9 * SECOND, metadata={"n": "7"}, sdk_name="python",
            sdk_version="5.0.4", public_key="pk",
        ),
        observation(
            p, "gen", at=1, parent_id="root", type="GENERATION", name="answer", level="WARNING", status_message="slow", version="v1",
            model="gpt-x", model_parameters='{"temperature":0.5}', end_time=START + 3 * SECOND, completion_start_time=START + 2 * SECOND,
            input='{"question":"where is the parcel"}', output="on its way", usage={"input": 10, "output": 4, "total": 14},
            cost={"input": Decimal("0.2"), "output": Decimal("0.3"), "total": Decimal("0.5")}, total_cost=Decimal("0.5"),
            prompt_name="greeting", prompt_version=3, metadata={"user": '{"plan":{"tier":"pro"}}', "long": "x" * 300},
            tool_names=["find", "send"], called_tool_names=["find"],
        ),
        observation(p, "tool", at=2, parent_id="root", type="TOOL", name="find", level="ERROR", environment="staging", source="ingestion"),
        observation(
            p, "app", trace_id="other", at=3, parent_id="outside", is_root=True, name="app", user_id="u2",
            experiment={"id": "e1", "name": "exp", "dataset.id": "d1"},
        ),
        observation(p, "", trace_id="other", at=3, type="TRACE", name="renamed", tags=["z"]),
    ]  # fmt: skip
    scores = [
        score(p, "s1", trace_id="trace", observation_id="gen", value=0.9),
        score(p, "s2", trace_id="trace", observation_id="gen", name="mood", data_type="CATEGORICAL", string_value="calm"),
        score(p, "s3", trace_id="other", name="safe", data_type="BOOLEAN", value=1.0),
    ]
    await write(services, rows, scores)
    return made


def ids(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["data"]]


@LISTS
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, EVERYTHING),
        ({"name": "answer"}, ["gen"]),
        ({"userId": "u1"}, ["tool", "gen", "root"]),
        ({"userId": "nobody"}, []),
        ({"type": "TOOL"}, ["tool"]),
        ({"traceId": "other"}, ["app"]),
        ({"level": "ERROR"}, ["tool"]),
        ({"parentObservationId": "root"}, ["tool", "gen"]),
        ({"environment": "staging"}, ["tool"]),
        ({"environment": ["staging", "default"]}, EVERYTHING),
        ({"environment": "staging,nowhere"}, ["tool"]),
        ({"version": "v1"}, ["gen"]),
        ({"fromStartTime": "2026-09-21T14:13:22Z"}, ["app", "tool"]),
        ({"toStartTime": "2026-09-21T14:13:22Z"}, ["gen", "root"]),
        ({"fromStartTime": "2026-09-21T14:13:21.000001Z", "toStartTime": "2026-09-21T16:13:23+02:00"}, ["tool"]),
        ({"name": "", "type": "", "level": "", "userId": "", "filter": "", "version": "", "traceId": ""}, EVERYTHING),
        ({"unknown": "ignored"}, EVERYTHING),
        ({"name": "answer", "level": "ERROR"}, []),
    ],
)
async def test_parameters(api: httpx.AsyncClient, path: str, params: dict[str, Any], expected: list[str]) -> None:
    assert ids(await api.get(path, params=params)) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"sessionId": "s1"}, ["tool", "gen", "root"]),
        ({"isRootObservation": "true"}, ["app", "root"]),
        ({"isRootObservation": "false"}, ["tool", "gen"]),
        ({"parentObservationId": ""}, ["root"]),
        ({"parseIoAsJson": "false"}, EVERYTHING),
    ],
)
async def test_parameters_of_the_second_list_alone(api: httpx.AsyncClient, params: dict[str, str], expected: list[str]) -> None:
    assert ids(await api.get(V2, params=params)) == expected


async def test_an_empty_parent_counts_as_absent_in_the_first_list(api: httpx.AsyncClient) -> None:
    assert ids(await api.get(V1, params={"parentObservationId": ""})) == EVERYTHING


@LISTS
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("string", "id", "=", "gen"), ["gen"]),
        (("stringOptions", "type", "any of", ["TOOL", "AGENT"]), ["tool", "root"]),
        (("string", "name", "starts with", "an"), ["gen"]),
        (("string", "traceId", "ends with", "er"), ["app"]),
        (("string", "traceName", "=", "journey"), ["tool", "gen", "root"]),
        (("string", "Trace Name", "=", "renamed"), ["app"]),
        (("stringOptions", "level", "none of", ["DEFAULT"]), ["tool", "gen"]),
        (("string", "statusMessage", "contains", "low"), ["gen"]),
        (("string", "version", "=", "v1"), ["gen"]),
        (("string", "release", "=", "r1"), ["tool", "gen", "root"]),
        (("stringOptions", "environment", "any of", ["staging"]), ["tool"]),
        (("stringOptions", "traceEnvironment", "any of", ["staging"]), ["tool", "gen", "root"]),
        (("string", "Trace Environment", "does not contain", "stag"), ["app"]),
        (("string", "model", "=", "gpt-x"), ["gen"]),
        (("string", "providedModelName", "contains", "gpt"), ["gen"]),
        (("string", "promptName", "=", "greeting"), ["gen"]),
        (("string", "userId", "=", "u2"), ["app"]),
        (("stringOptions", "userId", "none of", ["u2"]), ["tool", "gen", "root"]),
        (("string", "sessionId", "=", "s1"), ["tool", "gen", "root"]),
        (("null", "sessionId", "is null", ""), ["app"]),
        (("string", "parentObservationId", "=", "outside"), ["app"]),
        (("string", "ingestionApiKey", "=", "pk"), ["root"]),
        (("string", "ingestionSdkName", "=", "python"), ["root"]),
        (("string", "ingestionSdkVersion", "starts with", "5"), ["root"]),
        (("string", "ingestionSource", "=", "ingestion"), ["tool"]),
        (("string", "experimentId", "=", "e1"), ["app"]),
        (("string", "experimentName", "=", "exp"), ["app"]),
        (("string", "experimentDatasetId", "=", "d1"), ["app"]),
        (("string", "input", "matches", "PARCEL"), ["gen"]),
        (("string", "output", "=", "on its way"), ["gen"]),
        (("arrayOptions", "tags", "all of", ["a", "b"]), ["tool", "gen", "root"]),
        (("arrayOptions", "traceTags", "any of", ["z"]), ["app"]),
        (("arrayOptions", "toolNames", "any of", ["send"]), ["gen"]),
        (("arrayOptions", "calledToolNames", "any of", ["send"]), []),
        (("datetime", "startTime", ">=", "2026-09-21T14:13:22Z"), ["app", "tool"]),
        (("datetime", "endTime", "<", "2026-09-21T14:13:29Z"), ["gen"]),
        (("number", "latency", "=", 2), ["gen"]),
        (("number", "timeToFirstToken", "=", 1), ["gen"]),
        (("number", "tokensPerSecond", "=", 2), ["gen"]),
        (("number", "inputTokens", ">", 9), ["gen"]),
        (("number", "outputTokens", "=", 4), ["gen"]),
        (("number", "tokens", "=", 14), ["gen"]),
        (("number", "inputCost", ">", 0.1), ["gen"]),
        (("number", "outputCost", ">", 0.2), ["gen"]),
        (("number", "totalCost", ">=", 0.5), ["gen"]),
        (("number", "promptVersion", "=", 3), ["gen"]),
        (("number", "toolDefinitions", "=", 2), ["gen"]),
        (("number", "toolCalls", "=", 1), ["gen"]),
        (("boolean", "hasParentObservation", "=", False), ["root"]),
        (("boolean", "isRootObservation", "=", True), ["app", "root"]),
        (("boolean", "hasInput", "=", True), ["gen"]),
        (("boolean", "hasOutput", "<>", True), ["app", "tool", "root"]),
        (("numberObject", "metadata", ">=", 7, "n"), ["root"]),
        (("stringObject", "metadata", "=", "pro", "user.plan.tier"), ["gen"]),
        (("numberObject", "scores_avg", ">", 0.8, "quality"), ["gen"]),
        (("categoryOptions", "score_categories", "any of", ["calm"], "mood"), ["gen"]),
        (("numberObject", "trace_scores_avg", ">", 0.8, "quality"), ["tool", "gen", "root"]),
        (("booleanObject", "trace_score_booleans", "=", True, "safe"), ["app"]),
    ],
)
async def test_filter_columns(api: httpx.AsyncClient, path: str, condition: tuple[Any, ...], expected: list[str]) -> None:
    assert ids(await api.get(path, params={"filter": filters(condition)})) == expected


@LISTS
async def test_the_filter_overrides_a_simple_parameter_on_its_column(api: httpx.AsyncClient, path: str) -> None:
    given = filters(("string", "name", "=", "find"))
    assert ids(await api.get(path, params={"name": "answer", "filter": given})) == ["tool"]
    assert ids(await api.get(path, params={"level": "WARNING", "filter": given})) == []
    since = filters(("datetime", "startTime", ">=", "2026-09-21T14:13:23Z"))
    assert ids(await api.get(path, params={"toStartTime": "2026-09-21T14:13:21Z", "filter": since})) == ["app"]


@pytest.mark.parametrize(
    ("path", "params", "parameter"),
    [
        (V1, {"limit": "101"}, "limit"),
        (V1, {"page": "0"}, "page"),
        (V1, {"level": "LOUD"}, "level"),
        (V1, {"type": "TRACE"}, "type"),
        (V1, {"fromStartTime": "soon"}, "fromStartTime"),
        (V1, {"filter": "[1]"}, "filter"),
        (V2, {"limit": "1001"}, "limit"),
        (V2, {"limit": "0"}, "limit"),
        (V2, {"cursor": "nonsense"}, "cursor"),
        (V2, {"parseIoAsJson": "true"}, "parseIoAsJson"),
        (V2, {"isRootObservation": "perhaps"}, "isRootObservation"),
        (V2, {"filter": "[]]"}, "filter"),
    ],
)
async def test_refusals_name_the_parameter(api: httpx.AsyncClient, path: str, params: dict[str, str], parameter: str) -> None:
    response = await api.get(path, params=params)
    assert response.status_code == 400
    assert response.json()["message"] == "Invalid request data"
    assert response.json()["error"][0]["path"][0] == parameter


async def test_numbered_pages(api: httpx.AsyncClient) -> None:
    first = await api.get(V1, params={"limit": 3})
    assert ids(first) == ["app", "tool", "gen"]
    assert first.json()["meta"] == {"page": 1, "limit": 3, "totalItems": 4, "totalPages": 2}
    assert ids(await api.get(V1, params={"limit": 3, "page": 2})) == ["root"]


async def test_one_observation(api: httpx.AsyncClient) -> None:
    row = (await api.get(f"{V1}/gen")).json()
    (listed,) = (await api.get(V1, params={"name": "answer"})).json()["data"]
    assert row == listed
    assert row["input"] == {"question": "where is the parcel"}
    assert row["metadata"] == {"user": {"plan": {"tier": "pro"}}, "long": "x" * 300}
    assert (row["latency"], row["timeToFirstToken"], row["modelParameters"]) == (2, 1, {"temperature": 0.5})


@pytest.mark.parametrize("unknown", ["nope", "a/b", "%20", ""])
async def test_an_unknown_observation(api: httpx.AsyncClient, unknown: str) -> None:
    response = await api.get(f"{V1}/{unknown}x")
    assert response.status_code == 404
    assert response.json()["message"] == "Observation not found within authorized project"


async def test_an_id_with_slashes(client: httpx.AsyncClient, services: Services, other_project: ProjectWithKeys) -> None:
    await write(services, [observation(other_project.id, "a/b c", trace_id="t")])
    for path in ("a/b%20c", "a%2Fb%20c"):
        assert (await client.get(f"{V1}/{path}", auth=other_project.auth)).json()["id"] == "a/b c"


async def test_a_trace_record_is_no_observation(api: httpx.AsyncClient) -> None:
    assert (await api.get(V1, params={"traceId": "other"})).json()["meta"]["totalItems"] == 1


async def test_other_projects_see_nothing(
    client: httpx.AsyncClient, other_project: ProjectWithKeys, project: ProjectWithKeys
) -> None:
    assert project.id != other_project.id
    client.auth = other_project.auth
    assert (await client.get(V1)).json()["data"] == []
    assert (await client.get(V2)).json()["data"] == []
    assert (await client.get(f"{V1}/gen")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ("core", set[str]()),
        ("io", {"input", "output"}),
        ("metrics,prompt", {"latency", "timeToFirstToken", "promptId", "promptName", "promptVersion"}),
        ("usage,unknown", {"usageDetails", "costDetails", "totalCost", "usagePricingTierName"}),
    ],
)
async def test_groups(api: httpx.AsyncClient, fields: str, keys: set[str]) -> None:
    always = {"id", "traceId", "startTime", "endTime", "projectId", "parentObservationId", "type"}
    always |= {"modelId", "inputPrice", "outputPrice", "totalPrice"}
    for item in (await api.get(V2, params={"fields": fields})).json()["data"]:
        assert set(item) == always | keys


async def test_core_and_basic_are_the_default(api: httpx.AsyncClient) -> None:
    assert (await api.get(V2)).json() == (await api.get(V2, params={"fields": "core,basic"})).json()


async def test_facts_of_the_trace_reach_each_of_its_observations(api: httpx.AsyncClient) -> None:
    found = (await api.get(V2, params={"fields": "basic,trace_context"})).json()["data"]
    facts = [[item[key] for key in ("userId", "sessionId", "tags", "release", "traceName", "public")] for item in found]
    journey = ["u1", "s1", ["a", "b"], "r1", "journey", True]
    assert facts == [["u2", None, ["z"], None, "renamed", False], journey, journey, journey]


async def test_payloads_are_text_and_metadata_is_flat_and_cut(api: httpx.AsyncClient) -> None:
    params = {"fields": "io,metadata", "name": "answer"}
    (item,) = (await api.get(V2, params=params)).json()["data"]
    assert (item["input"], item["output"]) == ('{"question":"where is the parcel"}', "on its way")
    assert item["metadata"] == {"user.plan.tier": "pro", "long": "x" * 200}
    (item,) = (await api.get(V2, params={**params, "expandMetadata": "other,long"})).json()["data"]
    assert item["metadata"]["long"] == "x" * 300


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
async def test_cursors_visit_every_row_once(api: httpx.AsyncClient, limit: int) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await api.get(V2, params={"limit": limit, "cursor": cursor})
        seen += ids(page)
        cursor = page.json()["meta"].get("cursor")
        assert cursor is None or len(page.json()["data"]) == limit
    assert seen == EVERYTHING


async def test_rows_of_the_same_instant_are_paged_by_trace_and_id(
    client: httpx.AsyncClient, services: Services, other_project: ProjectWithKeys
) -> None:
    rows = [observation(other_project.id, f"o{n}", trace_id=f"t{n % 3}") for n in range(12)]
    await write(services, rows)
    client.auth = other_project.auth
    seen: list[tuple[str, str]] = []
    cursor = ""
    while cursor is not None:
        page = (await client.get(V2, params={"limit": 5, "cursor": cursor})).json()
        seen += [(item["traceId"], item["id"]) for item in page["data"]]
        cursor = page["meta"].get("cursor")
    assert seen == sorted(((row.trace_id, row.id) for row in rows), reverse=True)


@pytest.mark.parametrize("fields", ["core", "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"])
async def test_the_newest_sdk_reads_the_page(api: httpx.AsyncClient, fields: str) -> None:
    page = (await api.get(V2, params={"fields": fields, "limit": 3})).json()
    parsed = parse_obj_as(ObservationsV2Response, page)
    assert [row.id for row in parsed.data] == ["app", "tool", "gen"]
    assert parsed.meta.cursor == page["meta"]["cursor"]
    if fields != "core":
        assert parsed.data[2].model == "gpt-x"
        assert parsed.data[2].usage_details == {"input": 10, "output": 4, "total": 14}
