"""``/v3/scores``: lists in every parameter, combinations that are refused, groups, cursors."""

from __future__ import annotations

import httpx
import pytest
from langfuse.api.core.pydantic_utilities import parse_obj_as
from langfuse.api.scores.types.get_scores_v3response import GetScoresV3Response

from spanwise_server.services.container import Services
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.event_rows import score, write

SCORES = "/api/public/v3/scores"
EVERYTHING = ["run", "chat", "fix", "text", "flag-no", "flag", "mood", "low", "quality"]


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with a score of every data type and every subject."""
    made = await make_project()
    p = made.id
    scores = [
        score(p, "quality", trace_id="t1", value=0.5, at=1, config_id="c1", comment="fine", metadata={"k": "1"}),
        score(p, "low", trace_id="t2", value=-2.0, at=2, environment="staging"),
        score(
            p,
            "mood",
            name="mood",
            trace_id="t1",
            observation_id="o1",
            data_type="CATEGORICAL",
            value=2.0,
            string_value="calm",
            at=3,
        ),
        score(p, "flag", name="safe", trace_id="t2", data_type="BOOLEAN", value=1.0, at=4, source="EVAL"),
        score(p, "flag-no", name="safe", trace_id="t2", data_type="BOOLEAN", value=0.0, at=5),
        score(p, "text", name="note", trace_id="t2", observation_id="o1", data_type="TEXT", string_value="words", at=6),
        score(p, "fix", name="output", trace_id="t1", data_type="CORRECTION", string_value="better", at=7),
        score(p, "chat", session_id="s1", value=0.9, at=8, source="ANNOTATION", queue_id="q1", author_user_id="anna"),
        score(p, "run", dataset_run_id="r1", value=1.0, at=9),
    ]
    await write(services, scores=scores)
    return made


def ids(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["data"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, EVERYTHING),
        ({"id": "run,mood,unknown"}, ["run", "mood"]),
        ({"name": "safe,note"}, ["text", "flag-no", "flag"]),
        ({"source": "eval,annotation"}, ["chat", "flag"]),
        ({"dataType": "Boolean,TEXT"}, ["text", "flag-no", "flag"]),
        ({"environment": "staging"}, ["low"]),
        ({"configId": "c1"}, ["quality"]),
        ({"queueId": "q1"}, ["chat"]),
        ({"authorUserId": "anna,bert"}, ["chat"]),
        ({"traceId": "t2"}, ["text", "flag-no", "flag", "low"]),
        ({"traceId": "t1,t2", "observationId": "o1"}, ["text", "mood"]),
        ({"sessionId": "s1"}, ["chat"]),
        ({"experimentId": "r1,r2"}, ["run"]),
        ({"dataType": "NUMERIC", "value": "0.5,1"}, ["run", "quality"]),
        ({"dataType": "boolean", "value": "true"}, ["flag"]),
        ({"dataType": "BOOLEAN", "value": "False"}, ["flag-no"]),
        ({"dataType": "CATEGORICAL", "value": "calm,wild"}, ["mood"]),
        ({"dataType": "NUMERIC", "valueMin": "0.5"}, ["run", "chat", "quality"]),
        ({"dataType": "NUMERIC", "valueMax": "0.5"}, ["low", "quality"]),
        ({"dataType": "NUMERIC", "valueMin": "0.5", "valueMax": "0.9"}, ["chat", "quality"]),
        ({"fromTimestamp": "2026-09-21T14:13:28Z"}, ["run", "chat"]),
        ({"toTimestamp": "2026-09-21T14:13:22Z"}, ["quality"]),
        ({"name": "safe", "source": "EVAL"}, ["flag"]),
        ({"name": "", "cursor": "", "limit": ""}, EVERYTHING),
    ],
)
async def test_parameters(api: httpx.AsyncClient, params: dict[str, str], expected: list[str]) -> None:
    assert ids(await api.get(SCORES, params=params)) == expected


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"userId": "u1"}, "userId"),
        ({"traceTags": "a"}, "traceTags"),
        ({"page": "1"}, "page"),
        ({"anything": "x"}, "anything"),
        ({"limit": "101"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"fields": "details,unknown"}, "fields"),
        ({"source": "GUESS"}, "source"),
        ({"dataType": "COLOR"}, "dataType"),
        ({"value": "1"}, "value"),
        ({"value": "1", "dataType": "TEXT"}, "value"),
        ({"value": "1", "dataType": "NUMERIC,BOOLEAN"}, "value"),
        ({"value": "much", "dataType": "NUMERIC"}, "value"),
        ({"value": "inf", "dataType": "NUMERIC"}, "value"),
        ({"value": "1", "dataType": "BOOLEAN"}, "value"),
        ({"valueMin": "1"}, "valueMin"),
        ({"valueMax": "1", "dataType": "BOOLEAN"}, "valueMax"),
        ({"valueMax": "NaN", "dataType": "NUMERIC"}, "valueMax"),
        ({"observationId": "o1"}, "observationId"),
        ({"traceId": "t1", "sessionId": "s1"}, "traceId"),
        ({"traceId": "t1", "experimentId": "r1"}, "traceId"),
        ({"sessionId": "s1", "experimentId": "r1"}, "traceId"),
        ({"fromTimestamp": "x"}, "fromTimestamp"),
    ],
)
async def test_refusals_name_the_parameter(api: httpx.AsyncClient, params: dict[str, str], parameter: str) -> None:
    response = await api.get(SCORES, params=params)
    assert response.status_code == 400
    assert response.json()["message"] == "Invalid request data"
    assert response.json()["error"][0]["path"] == [parameter]


@pytest.mark.parametrize("limit", [1, 2, 4, 9, 10])
async def test_cursors_visit_every_score_once(api: httpx.AsyncClient, limit: int) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await api.get(SCORES, params={"limit": limit, "cursor": cursor})
        seen += ids(page)
        assert page.json()["meta"]["limit"] == limit
        cursor = page.json()["meta"].get("cursor")
    assert seen == EVERYTHING


async def test_scores_of_the_same_instant_are_paged_by_id(
    client: httpx.AsyncClient, services: Services, other_project: ProjectWithKeys
) -> None:
    await write(services, scores=[score(other_project.id, f"s{n}", trace_id="t", value=1.0) for n in range(7)])
    client.auth = other_project.auth
    first = (await client.get(SCORES, params={"limit": 4})).json()
    rest = (await client.get(SCORES, params={"limit": 4, "cursor": first["meta"]["cursor"]})).json()
    assert [item["id"] for item in first["data"] + rest["data"]] == [f"s{n}" for n in reversed(range(7))]
    assert rest["meta"] == {"limit": 4}


async def test_groups_and_the_newest_sdk(api: httpx.AsyncClient) -> None:
    plain = (await api.get(SCORES)).json()
    assert "comment" not in plain["data"][0]
    assert "subject" not in plain["data"][0]
    full = (await api.get(SCORES, params={"fields": "details,subject,annotation"})).json()
    parsed = parse_obj_as(GetScoresV3Response, full)
    found = {item.id: item for item in parsed.data}
    subjects = {key: item.subject.kind for key, item in found.items() if item.subject}
    assert subjects == {
        "quality": "trace", "low": "trace", "mood": "observation", "flag": "trace", "flag-no": "trace", "text": "observation",
        "fix": "trace", "chat": "session", "run": "experiment",
    }  # fmt: skip
    assert found["quality"].metadata == {"k": 1}
    assert (found["quality"].comment, found["quality"].config_id) == ("fine", "c1")
    assert (found["chat"].author_user_id, found["chat"].queue_id) == ("anna", "q1")
    assert [found[key].value for key in ("quality", "flag", "flag-no", "mood", "text", "fix")] == [
        0.5, True, False, "calm", "words", "better",
    ]  # fmt: skip
    assert [item.id for item in parse_obj_as(GetScoresV3Response, plain).data] == EVERYTHING


async def test_other_projects_see_nothing(
    client: httpx.AsyncClient, other_project: ProjectWithKeys, project: ProjectWithKeys
) -> None:
    assert project.id != other_project.id
    assert (await client.get(SCORES, auth=other_project.auth)).json() == {"data": [], "meta": {"limit": 50}}
