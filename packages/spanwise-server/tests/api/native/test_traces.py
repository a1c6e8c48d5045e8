"""The native reads: search, every condition, cursors, one trace, one observation, one session."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from spanwise_server.services.container import Services
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.event_rows import SECOND, START, observation, score, write

ODD = "run 1/ü&x=?"
EVERYTHING = [ODD, "t2", "t1"]


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with three traces; the oldest failed and has three observations and scores."""
    made = await make_project()
    p = made.id
    rows = [
        observation(
            p, "root", trace_id="t1", name="Checkout", user_id="Anna@example.org", session_id="s/1", tags=["a", "b"],
            end_time=START + 3 * SECOND, input="i" * 500, output='{"ok":true}', metadata={"n": "7"}, release="r1",
        ),
        observation(
            p, "gen", trace_id="t1", at=1, parent_id="root", type="GENERATION", model="gpt-x", level="ERROR", status_message="quota",
            usage={"input": 3, "output": 1, "total": 4}, cost={"total": Decimal("0.25")}, total_cost=Decimal("0.25"),
            end_time=START + 2 * SECOND, input='[{"role":"user"}]', output="plain", span_events='[{"name":"retry"}]', truncated=["input"],
        ),
        observation(p, "same", trace_id="t1", at=2, parent_id="root"),
        observation(p, "o2", trace_id="t2", at=10, name="search", environment="staging", session_id="s/1", level="WARNING"),
        observation(p, "same", trace_id=ODD, at=20, user_id="bert"),
    ]  # fmt: skip
    scores = [
        score(p, "q", trace_id="t1", value=0.5),
        score(p, "fix", trace_id="t1", observation_id="gen", data_type="CORRECTION", name="output", string_value="x", at=1),
    ]
    await write(services, rows, scores)
    return made


@pytest.fixture
def base(project: ProjectWithKeys) -> str:
    """Return the path that native reads of the project share."""
    return f"/api/v1/projects/{project.id}"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, EVERYTHING),
        ({"search": "t1"}, ["t1"]),
        ({"search": "T1"}, []),
        ({"search": ODD}, [ODD]),
        ({"search": "CHECK"}, ["t1"]),
        ({"search": "anna@"}, ["t1"]),
        ({"search": "S/1"}, ["t2", "t1"]),
        ({"search": "%"}, []),
        ({"search": ""}, EVERYTHING),
        ({"name": "search"}, ["t2"]),
        ({"user_id": "bert"}, [ODD]),
        ({"session_id": "s/1"}, ["t2", "t1"]),
        ({"environment": "staging"}, ["t2"]),
        ({"tag": "b"}, ["t1"]),
        ({"tag": "a,b"}, []),
        ({"level": "ERROR"}, ["t1"]),
        ({"level": "WARNING"}, ["t2"]),
        ({"since": "2026-09-21T14:13:30Z"}, [ODD, "t2"]),
        ({"until": "2026-09-21T14:13:30Z"}, ["t1"]),
        ({"since": "2026-09-21T14:13:30Z", "until": "2026-09-21T14:13:40Z"}, ["t2"]),
        ({"search": "s/1", "level": "ERROR"}, ["t1"]),
    ],
)
async def test_conditions(api: httpx.AsyncClient, base: str, params: dict[str, str], expected: list[str]) -> None:
    response = await api.get(f"{base}/traces", params=params)
    assert response.status_code == 200, response.text
    assert [item["id"] for item in response.json()["items"]] == expected
    assert response.json()["next_cursor"] is None


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_cursors_visit_every_trace_once(api: httpx.AsyncClient, base: str, limit: int) -> None:
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = (await api.get(f"{base}/traces", params={"limit": limit, "cursor": cursor})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == EVERYTHING


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"limit": "201"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"level": "LOUD"}, "level"),
        ({"since": "x"}, "since"),
    ],
)
async def test_refusals_name_the_parameter(api: httpx.AsyncClient, base: str, params: dict[str, str], parameter: str) -> None:
    response = await api.get(f"{base}/traces", params=params)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert response.json()["issues"][0]["path"] == [parameter]


async def test_a_listed_trace(api: httpx.AsyncClient, base: str) -> None:
    item = (await api.get(f"{base}/traces", params={"search": "t1"})).json()["items"][0]
    assert item == {
        "id": "t1", "timestamp": "2026-09-21T14:13:20.000000Z", "name": "Checkout", "user_id": "Anna@example.org", "session_id": "s/1",
        "tags": ["a", "b"], "release": "r1", "version": None, "environment": "default", "public": False, "latency_seconds": 3,
        "total_cost_usd": 0.25, "usage": {"input": 3, "output": 1, "total": 4}, "observation_count": 3, "models": ["gpt-x"],
        "level_counts": {"DEBUG": 0, "DEFAULT": 2, "WARNING": 0, "ERROR": 1}, "input_preview": "i" * 200, "output_preview": '{"ok":true}',
    }  # fmt: skip
    assert (await api.get(f"{base}/traces", params={"search": "t2"})).json()["items"][0]["total_cost_usd"] is None


async def test_one_trace(api: httpx.AsyncClient, base: str) -> None:
    body = (await api.get(f"{base}/trace", params={"id": "t1"})).json()
    assert (body["trace"]["input"], body["trace"]["output"]) == ("i" * 500, '{"ok":true}')
    assert body["trace"]["metadata"] == {"n": 7}
    assert [row["id"] for row in body["observations"]] == ["root", "gen", "same"]
    assert (body["observations"][1]["status_message"], body["observations"][1]["truncated"]) == ("quota", ["input"])
    assert [(item["id"], item["value"]) for item in body["scores"]] == [("fix", "x"), ("q", 0.5)]
    assert (await api.get(f"{base}/trace", params={"id": ODD})).json()["trace"]["id"] == ODD


async def test_one_observation(api: httpx.AsyncClient, base: str) -> None:
    row = (await api.get(f"{base}/observation", params={"trace_id": "t1", "id": "gen"})).json()
    assert (row["input"], row["output"]) == ('[{"role":"user"}]', "plain")
    assert (row["span_events"], row["span_links"]) == ([{"name": "retry"}], [])
    assert (row["user_id"], row["session_id"], row["tags"]) == ("Anna@example.org", "s/1", ["a", "b"])


async def test_an_observation_id_is_looked_up_in_its_trace(api: httpx.AsyncClient, base: str) -> None:
    for trace_id in ("t1", ODD):
        row = (await api.get(f"{base}/observation", params={"trace_id": trace_id, "id": "same"})).json()
        assert (row["id"], row["trace_id"]) == ("same", trace_id)


async def test_one_session_is_paged(api: httpx.AsyncClient, base: str) -> None:
    first = (await api.get(f"{base}/session", params={"id": "s/1", "limit": 1})).json()
    assert (first["id"], first["created_at"]) == ("s/1", "2026-09-21T14:13:20.000000Z")
    assert [item["id"] for item in first["items"]] == ["t2"]
    rest = (await api.get(f"{base}/session", params={"id": "s/1", "limit": 1, "cursor": first["next_cursor"]})).json()
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == (["t1"], None)


@pytest.mark.parametrize(
    "path", ["trace?id=unknown", "observation?trace_id=t1&id=unknown", "observation?trace_id=t2&id=gen", "session?id=unknown"]
)
async def test_what_does_not_exist(api: httpx.AsyncClient, base: str, path: str) -> None:
    response = await api.get(f"{base}/{path}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["trace", "observation", "observation?trace_id=t1", "session"])
async def test_an_id_is_needed(api: httpx.AsyncClient, base: str, path: str) -> None:
    response = await api.get(f"{base}/{path}")
    assert (response.status_code, response.json()["issues"][0]["code"]) == (400, "missing")
