"""``/sessions``: list with its parameters, and one with its traces, oldest first."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from spanwise_server.services.container import Services
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.event_rows import observation, write

SESSIONS = "/api/public/sessions"


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with three sessions: two of one trace each, and ``team/chat`` of three."""
    made = await make_project()
    rows = [
        observation(made.id, "a", trace_id="ta", at=0, session_id="first", name="a", output="done"),
        observation(made.id, "b", trace_id="tb", at=10, session_id="second", environment="staging"),
        *(
            observation(made.id, f"c{n}", trace_id=f"tc{n}", at=20 + n, session_id="team/chat", input=f"turn {n}")
            for n in range(3)
        ),
        observation(made.id, "d", trace_id="td", at=30),
    ]
    await write(services, rows)
    return made


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["team/chat", "second", "first"]),
        ({"environment": "staging"}, ["second"]),
        ({"environment": ["staging", "default"]}, ["team/chat", "second", "first"]),
        ({"environment": "staging,nowhere"}, ["second"]),
        ({"fromTimestamp": "2026-09-21T14:13:30Z"}, ["team/chat", "second"]),
        ({"toTimestamp": "2026-09-21T14:13:30Z"}, ["first"]),
        ({"fromTimestamp": "", "page": ""}, ["team/chat", "second", "first"]),
        ({"limit": "2"}, ["team/chat", "second"]),
        ({"limit": "2", "page": "2"}, ["first"]),
    ],
)
async def test_parameters(api: httpx.AsyncClient, params: dict[str, Any], expected: list[str]) -> None:
    response = await api.get(SESSIONS, params=params)
    assert [item["id"] for item in response.json()["data"]] == expected


async def test_list_shape(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    body = (await api.get(SESSIONS, params={"limit": 1})).json()
    assert body == {
        "data": [
            {"id": "team/chat", "createdAt": "2026-09-21T14:13:40.000Z", "projectId": project.id, "environment": "default"}
        ],
        "meta": {"page": 1, "limit": 1, "totalItems": 3, "totalPages": 3},
    }


@pytest.mark.parametrize("params", [{"limit": "101"}, {"page": "0"}, {"fromTimestamp": "x"}])
async def test_refusals(api: httpx.AsyncClient, params: dict[str, str]) -> None:
    response = await api.get(SESSIONS, params=params)
    assert (response.status_code, response.json()["message"]) == (400, "Invalid request data")


@pytest.mark.parametrize("path", ["team/chat", "team%2Fchat"])
async def test_one_session_has_its_traces_oldest_first(api: httpx.AsyncClient, path: str) -> None:
    session = (await api.get(f"{SESSIONS}/{path}")).json()
    assert session["id"] == "team/chat"
    assert [(trace["id"], trace["input"]) for trace in session["traces"]] == [
        ("tc0", "turn 0"),
        ("tc1", "turn 1"),
        ("tc2", "turn 2"),
    ]


@pytest.mark.parametrize("unknown", ["nobody", "team"])
async def test_an_unknown_session(api: httpx.AsyncClient, unknown: str) -> None:
    response = await api.get(f"{SESSIONS}/{unknown}")
    assert response.status_code == 404
    assert response.json()["message"] == "Session not found within authorized project"


async def test_other_projects_see_nothing(
    client: httpx.AsyncClient, other_project: ProjectWithKeys, project: ProjectWithKeys
) -> None:
    assert project.id != other_project.id
    client.auth = other_project.auth
    assert (await client.get(SESSIONS)).json()["data"] == []
    assert (await client.get(f"{SESSIONS}/first")).status_code == 404
