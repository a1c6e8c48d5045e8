"""Prompts as the browser reads them, and who may say which labels are protected."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from spanwise_server._lib.clock import system_clock
from spanwise_server.api.auth import OWN_ORIGIN_HEADER, SESSION_COOKIE
from spanwise_server.domain.accounts import LoginSession, Role, User
from spanwise_server.services.logins import hash_token
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.accounts import ProjectWithKeys

PROMPTS = "/api/public/v2/prompts"


@pytest.fixture
def native(project: ProjectWithKeys) -> str:
    return f"/api/v1/projects/{project.id}"


@pytest.fixture
async def filled(api: httpx.AsyncClient) -> None:
    bodies: list[dict[str, Any]] = [
        {"name": "leaf", "prompt": "one", "labels": ["production"], "commitMessage": "first"},
        {"name": "leaf", "prompt": "two", "tags": ["t"]},
        {"name": "folder/Root", "prompt": "[@@@langfusePrompt:name=leaf|label=production@@@]", "config": {"n": 1}},
    ]
    for body in bodies:
        assert (await api.post(PROMPTS, json=body)).status_code == 201


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("params", "expected", "total"),
    [
        ({}, ["folder/Root", "leaf"], 2),
        ({"search": "ROOT"}, ["folder/Root"], 1),
        ({"tag": "t"}, ["leaf"], 1),
        ({"limit": "1", "page": "2"}, ["leaf"], 2),
        ({"search": "nothing"}, [], 0),
    ],
)
async def test_list(api: httpx.AsyncClient, native: str, params: dict[str, str], expected: list[str], total: int) -> None:
    body = (await api.get(f"{native}/prompts", params=params)).json()
    assert ([item["name"] for item in body["items"]], body["total"]) == (expected, total)


@pytest.mark.usefixtures("filled")
async def test_one_with_its_history(api: httpx.AsyncClient, native: str) -> None:
    body = (await api.get(f"{native}/prompt", params={"name": "leaf", "version": 1})).json()
    assert [(item["version"], item["labels"]) for item in body["versions"]] == [(2, ["latest"]), (1, ["production"])]
    shown = ("name", "type", "version", "content", "resolved_content", "resolution_error", "commit_message", "config", "tags")
    assert [body["prompt"][key] for key in shown] == ["leaf", "text", 1, "one", "one", None, "first", {}, ["t"]]
    newest = (await api.get(f"{native}/prompt", params={"name": "leaf"})).json()
    assert newest["prompt"]["version"] == 2
    labelled = (await api.get(f"{native}/prompt", params={"name": "leaf", "label": "production"})).json()
    assert labelled["prompt"]["version"] == 1
    assert (await api.get(f"{native}/prompt", params={"name": "nothing"})).status_code == 404
    assert (await api.get(f"{native}/prompt")).status_code == 400


@pytest.mark.usefixtures("filled")
async def test_references_are_shown_both_ways_even_when_broken(api: httpx.AsyncClient, native: str) -> None:
    root = (await api.get(f"{native}/prompt", params={"name": "folder/Root"})).json()["prompt"]
    assert (root["content"], root["resolved_content"]) == ("[@@@langfusePrompt:name=leaf|label=production@@@]", "[one]")

    for body in (
        {"name": "c", "prompt": "plain", "labels": ["x"]},
        {"name": "leaf", "prompt": "@@@langfusePrompt:name=c|label=x@@@"},
        {"name": "c", "prompt": "@@@langfusePrompt:name=folder/Root|label=latest@@@"},
    ):
        assert (await api.post(PROMPTS, json=body)).status_code == 201
    for path, label in (("leaf/versions/3", "production"), ("c/versions/2", "x")):
        assert (await api.patch(f"{PROMPTS}/{path}", json={"newLabels": [label]})).status_code == 200
    root = (await api.get(f"{native}/prompt", params={"name": "folder/Root"})).json()["prompt"]
    assert (root["content"], root["resolved_content"]) == ("[@@@langfusePrompt:name=leaf|label=production@@@]", None)
    assert "Circular reference" in root["resolution_error"]


async def _log_in(database: MetadataDatabase, project_id: str, role: Role) -> dict[str, str]:
    """Return the headers of a browser whose user has ``role`` in the project."""
    marker, now = uuid.uuid4().hex, system_clock()

    def work(connection: MetadataTransaction) -> None:
        users.add_user(connection, User(id=marker, email=f"{marker}@x", name="", password_hash=None, created_at=now))
        users.ensure_project_member(connection, project_id, marker, role)
        session = LoginSession(token_hash=hash_token(marker), user_id=marker, created_at=now, expires_at=now + 3_600_000_000)
        users.add_login_session(connection, session)

    await database.write(work)
    return {"Cookie": f"{SESSION_COOKIE}={marker}", OWN_ORIGIN_HEADER: "1"}


async def test_administrators_protect_labels_and_everybody_sees_them(
    client: httpx.AsyncClient,
    api: httpx.AsyncClient,
    native: str,
    project: ProjectWithKeys,
    accounts_database: MetadataDatabase,
) -> None:
    url = f"{native}/protected-labels"
    assert (await api.get(url)).json() == {"labels": []}
    for role, status in ((Role.VIEWER, 403), (Role.MEMBER, 403), (Role.ADMIN, 200), (Role.OWNER, 200)):
        headers = await _log_in(accounts_database, project.id, role)
        response = await client.put(url, json={"labels": ["staging", "production"]}, headers=headers)
        assert response.status_code == status
        assert (await client.get(url, headers=headers)).status_code == 200
    assert (await api.get(url)).json() == {"labels": ["production", "staging"]}
    owner = await _log_in(accounts_database, project.id, Role.OWNER)
    bodies: list[Any] = [{"labels": ["Upper"]}, {"labels": ["latest"]}, {}, []]
    for body in bodies:
        assert (await client.put(url, json=body, headers=owner)).status_code == 400
    assert (await client.put(url, json={"labels": []}, headers=owner)).json() == {"labels": []}
    assert (await api.put(url, json={"labels": []})).status_code == 401


@pytest.mark.usefixtures("filled")
async def test_programs_move_protected_labels(
    client: httpx.AsyncClient,
    api: httpx.AsyncClient,
    native: str,
    project: ProjectWithKeys,
    accounts_database: MetadataDatabase,
) -> None:
    headers = await _log_in(accounts_database, project.id, Role.ADMIN)
    await client.put(f"{native}/protected-labels", json={"labels": ["production"]}, headers=headers)
    response = await api.patch(f"{PROMPTS}/leaf/versions/2", json={"newLabels": ["production"]})
    assert (response.status_code, response.json()["labels"]) == (200, ["production", "latest"])
