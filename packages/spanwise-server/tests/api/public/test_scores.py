"""``/scores`` and ``/v2/scores``: every parameter, what each of them leaves out, the trace beside a score, deletion."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from spanwise_server.services.container import Services
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.api.filters import filters
from tests.event_rows import observation, score, write

V1 = "/api/public/scores"
V2 = "/api/public/v2/scores"
LISTS = pytest.mark.parametrize("path", [V1, V2])
OF_TRACES = ["early/1", "text", "flag", "mood", "quality"]


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with a score of every data type and every subject."""
    made = await make_project()
    p = made.id
    known: dict[str, Any] = {"user_id": "u1", "session_id": "s1", "tags": ["a", "b"]}
    await write(
        services,
        [
            observation(p, "o1", trace_id="t1", environment="staging", name="checkout", **known),
            observation(p, "o2", trace_id="t2", at=1, user_id="u2", tags=["b"]),
        ],
        [
            score(p, "quality", trace_id="t1", value=0.5, at=1, config_id="c1", comment="fine", metadata={"k": "1"}),
            score(
                p,
                "mood",
                name="mood",
                trace_id="t1",
                observation_id="o1",
                data_type="CATEGORICAL",
                value=2.0,
                string_value="calm",
                at=2,
            ),
            score(
                p,
                "flag",
                name="safe",
                trace_id="t2",
                data_type="BOOLEAN",
                value=1.0,
                at=3,
                source="EVAL",
                environment="staging",
            ),
            score(p, "text", name="note", trace_id="t2", observation_id="o2", data_type="TEXT", string_value="words", at=4),
            score(p, "fix", name="output", trace_id="t1", data_type="CORRECTION", string_value="better", at=5),
            score(p, "chat", session_id="s1", value=0.9, at=6, source="ANNOTATION", queue_id="q1", author_user_id="anna"),
            score(p, "run", dataset_run_id="r1", value=-1.5, at=7),
            score(p, "early/1", trace_id="never sent", value=0.0, at=8),
        ],
    )
    return made


def ids(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["data"]]


async def test_the_first_list_has_scores_of_traces_and_no_corrections(api: httpx.AsyncClient) -> None:
    assert ids(await api.get(V1)) == OF_TRACES


async def test_the_second_list_has_everything(api: httpx.AsyncClient) -> None:
    assert ids(await api.get(V2)) == ["early/1", "run", "chat", "fix", "text", "flag", "mood", "quality"]


@LISTS
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"userId": "u1"}, {"quality", "mood", "fix"}),
        ({"userId": "nobody"}, set[str]()),
        ({"name": "mood"}, {"mood"}),
        ({"configId": "c1"}, {"quality"}),
        ({"queueId": "q1"}, {"chat"}),
        ({"source": "EVAL"}, {"flag"}),
        ({"dataType": "TEXT"}, {"text"}),
        ({"environment": "staging"}, {"flag"}),
        ({"environment": ["staging", "nowhere"]}, {"flag"}),
        ({"fromTimestamp": "2026-09-21T14:13:26Z"}, {"early/1", "run", "chat"}),
        ({"toTimestamp": "2026-09-21T14:13:22Z"}, {"quality"}),
        ({"operator": ">=", "value": "0.5"}, {"quality", "mood", "flag", "chat"}),
        ({"operator": "<", "value": "0"}, {"run"}),
        ({"operator": "=", "value": "0.5"}, {"quality"}),
        ({"operator": "!=", "value": "0.5", "dataType": "NUMERIC"}, {"early/1", "run", "chat"}),
        ({"operator": "<=", "value": "0", "dataType": "NUMERIC"}, {"early/1", "run"}),
        ({"operator": ">", "value": "1"}, {"mood"}),
        ({"scoreIds": "quality,run,unknown"}, {"quality", "run"}),
        ({"observationId": "o1,o2"}, {"mood", "text"}),
        ({"traceTags": "b"}, {"quality", "mood", "flag", "text", "fix"}),
        ({"traceTags": ["a", "b"]}, {"quality", "mood", "fix"}),
        ({"traceTags": "a,b"}, {"quality", "mood", "fix"}),
        ({"name": "", "scoreIds": "", "operator": "", "value": ""}, {*OF_TRACES, "run", "chat", "fix"}),
    ],
)
async def test_parameters(api: httpx.AsyncClient, path: str, params: dict[str, Any], expected: set[str]) -> None:
    assert set(ids(await api.get(path, params=params))) == (expected & set(OF_TRACES) if path == V1 else expected)


@pytest.mark.parametrize(
    ("params", "expected"),
    [({"sessionId": "s1"}, ["chat"]), ({"datasetRunId": "r1"}, ["run"]), ({"traceId": "t2"}, ["text", "flag"])],
)
async def test_subjects_are_parameters_of_the_second_list_alone(
    api: httpx.AsyncClient, params: dict[str, str], expected: list[str]
) -> None:
    assert ids(await api.get(V2, params=params)) == expected
    assert ids(await api.get(V1, params=params)) == OF_TRACES


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("string", "id", "=", "run"), ["run"]),
        (("datetime", "timestamp", ">", "2026-09-21T14:13:27Z"), ["early/1"]),
        (("stringOptions", "environment", "any of", ["staging"]), ["flag"]),
        (("string", "traceId", "=", "t1"), ["fix", "mood", "quality"]),
        (("string", "observationId", "=", "o1"), ["mood"]),
        (("string", "sessionId", "=", "s1"), ["chat"]),
        (("string", "name", "contains", "oo"), ["mood"]),
        (("number", "value", "<", 0), ["run"]),
        (("boolean", "booleanValue", "=", True), ["flag"]),
        (("string", "stringValue", "=", "calm"), ["mood"]),
        (("stringOptions", "source", "none of", ["API"]), ["chat", "flag"]),
        (("stringOptions", "dataType", "any of", ["TEXT"]), ["text"]),
        (("string", "comment", "starts with", "fi"), ["quality"]),
        (("string", "authorUserId", "=", "anna"), ["chat"]),
        (("numberObject", "metadata", "=", 1, "k"), ["quality"]),
        (("string", "traceName", "=", "checkout"), ["fix", "mood", "quality"]),
        (("string", "userId", "=", "u2"), ["text", "flag"]),
        (("arrayOptions", "trace_tags", "all of", ["a"]), ["fix", "mood", "quality"]),
    ],
)
async def test_filter_columns(api: httpx.AsyncClient, condition: tuple[Any, ...], expected: list[str]) -> None:
    assert ids(await api.get(V2, params={"filter": filters(condition)})) == expected


async def test_the_filter_overrides_a_simple_parameter_on_its_column(api: httpx.AsyncClient) -> None:
    assert ids(await api.get(V2, params={"name": "mood", "filter": filters(("string", "name", "=", "safe"))})) == ["flag"]


@LISTS
@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"limit": "101"}, "limit"),
        ({"page": "0"}, "page"),
        ({"operator": ">"}, "value"),
        ({"value": "1"}, "operator"),
        ({"operator": "~", "value": "1"}, "operator"),
        ({"operator": "=", "value": "NaN"}, "value"),
        ({"source": "GUESS"}, "source"),
        ({"dataType": "COLOR"}, "dataType"),
        ({"toTimestamp": "x"}, "toTimestamp"),
    ],
)
async def test_refusals_name_the_parameter(api: httpx.AsyncClient, path: str, params: dict[str, str], parameter: str) -> None:
    response = await api.get(path, params=params)
    assert response.status_code == 400
    assert response.json()["message"] == "Invalid request data"
    assert response.json()["error"][0]["path"] == [parameter]


@LISTS
async def test_pages(api: httpx.AsyncClient, path: str) -> None:
    total = len(ids(await api.get(path)))
    seen = [item for page in (1, 2, 3, 4) for item in ids(await api.get(path, params={"limit": 2, "page": page}))]
    assert seen == ids(await api.get(path))
    meta = (await api.get(path, params={"limit": 2})).json()["meta"]
    assert meta == {"page": 1, "limit": 2, "totalItems": total, "totalPages": -(-total // 2)}


async def test_the_trace_beside_a_score(api: httpx.AsyncClient) -> None:
    first = {item["id"]: item["trace"] for item in (await api.get(V1)).json()["data"]}
    assert first["quality"] == {"userId": "u1", "tags": ["a", "b"], "environment": "staging"}
    assert first["early/1"] == {"userId": None, "tags": None, "environment": None}
    second = {item["id"]: item["trace"] for item in (await api.get(V2)).json()["data"]}
    assert second["quality"] == {"userId": "u1", "tags": ["a", "b"], "environment": "staging", "sessionId": "s1"}
    assert (second["early/1"], second["chat"], second["run"]) == (None, None, None)


async def test_fields_can_leave_the_trace_out(api: httpx.AsyncClient) -> None:
    assert {item["trace"] for item in (await api.get(V2, params={"fields": "score"})).json()["data"]} == {None}
    (item,) = (await api.get(V2, params={"fields": "score,trace", "scoreIds": "quality"})).json()["data"]
    assert item["trace"]["userId"] == "u1"


@pytest.mark.parametrize("params", [{"userId": "u1"}, {"traceTags": "a"}])
async def test_selecting_by_a_trace_that_is_left_out_is_refused(api: httpx.AsyncClient, params: dict[str, str]) -> None:
    response = await api.get(V2, params={"fields": "score", **params})
    assert response.status_code == 400
    assert response.json()["error"][0]["path"] == ["fields"]


@LISTS
async def test_one_score(api: httpx.AsyncClient, path: str) -> None:
    found = (await api.get(f"{path}/quality")).json()
    assert (found["id"], found["value"], found["comment"], found["metadata"]) == ("quality", 0.5, "fine", {"k": 1})
    assert (await api.get(f"{path}/early%2F1")).json()["id"] == (await api.get(f"{path}/early/1")).json()["id"] == "early/1"
    response = await api.get(f"{path}/unknown")
    assert (response.status_code, response.json()["message"]) == (404, "Score not found")


@pytest.mark.parametrize("hidden", ["fix", "chat", "run"])
async def test_the_first_api_shows_no_score_that_its_list_leaves_out(api: httpx.AsyncClient, hidden: str) -> None:
    assert (await api.get(f"{V1}/{hidden}")).status_code == 404
    assert (await api.get(f"{V2}/{hidden}")).json()["id"] == hidden


async def test_other_projects_see_and_delete_nothing(
    client: httpx.AsyncClient, other_project: ProjectWithKeys, project: ProjectWithKeys
) -> None:
    client.auth = other_project.auth
    assert (await client.get(V1)).json()["data"] == (await client.get(V2)).json()["data"] == []
    assert (await client.get(f"{V2}/quality")).status_code == 404
    assert (await client.delete(f"{V1}/quality")).status_code == 202
    assert (await client.get(f"{V2}/quality", auth=project.auth)).status_code == 200


async def test_a_deleted_score_is_gone_at_once(
    client: httpx.AsyncClient, services: Services, other_project: ProjectWithKeys
) -> None:
    await write(services, scores=[score(other_project.id, row_id, trace_id="t", value=1.0) for row_id in ("a/b", "keep")])
    client.auth = other_project.auth
    for _ in range(2):
        response = await client.delete(f"{V1}/a%2Fb")
        assert (response.status_code, response.json()) == (202, {"message": "Score deletion queued successfully"})
    assert ids(await client.get(V2)) == ["keep"]
