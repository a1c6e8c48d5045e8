"""Projects are made, changed and deleted by the key of their organization, and by no other."""

from __future__ import annotations

import json
import uuid

import httpx
import pytest

from spanwise_server.services.container import Services
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.projects import list_project_ids
from tests.accounts import ProjectWithKeys
from tests.api.administration.owners import Owner

PROJECTS = "/api/public/projects"


async def test_a_project_is_made_changed_and_listed(owner: Owner) -> None:
    made = await owner.http.post(PROJECTS, json={"name": "Second", "retention": 30, "metadata": {"team": ["a", {"b": 1.5}]}})
    assert made.status_code == 201
    project = made.json()
    assert (project["name"], project["retentionDays"]) == ("Second", 30)
    assert project["metadata"] == {"team": ["a", {"b": 1.5}]}
    assert project["organization"]["id"] == owner.organization_id

    renamed = await owner.http.put(f"{PROJECTS}/{project['id']}", json={"name": "Renamed"})
    assert renamed.status_code == 200
    assert (renamed.json()["name"], renamed.json()["retentionDays"]) == ("Renamed", 30)
    assert renamed.json()["metadata"] == project["metadata"]
    forever = await owner.http.put(f"{PROJECTS}/{project['id']}", json={"name": "Renamed", "retention": 0, "metadata": {}})
    assert "retentionDays" not in forever.json()

    first, second = (await owner.http.get("/api/public/organizations/projects")).json()["projects"]
    assert (first["id"], first["createdAt"]) == (owner.project.id, first["updatedAt"])
    assert (second["name"], second["retentionDays"], second["metadata"]) == ("Renamed", None, {})
    assert second["updatedAt"] > second["createdAt"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "ab"}, ["name"]),
        ({"name": "x" * 61}, ["name"]),
        ({}, ["name"]),
        ({"name": "a\0b c"}, ["name"]),
        ({"name": "fine", "retention": 2}, ["retention"]),
        ({"name": "fine", "retention": -1}, ["retention"]),
        ({"name": "fine", "retention": 1e400}, ["retention"]),
        ({"name": "fine", "retention": True}, ["retention"]),
        ({"name": "fine", "retention": 10**30}, ["retention"]),
        ({"name": "fine", "metadata": []}, ["metadata"]),
        ({"name": "fine", "metadata": {"a": "\0"}}, ["metadata"]),
        ({"name": "fine", "metadata": {"a": float("nan")}}, ["metadata"]),
        ({"name": "fine", "metadata": {"a": "\ud800"}}, ["metadata"]),
        ({"name": "fine", "metadata": {"a": "x" * 70_000}}, ["metadata"]),
    ],
)
async def test_what_is_wrong_with_a_project_is_named(owner: Owner, body: dict[str, object], path: list[str]) -> None:
    # By hand: httpx would not write NaN and infinities, and clients in other languages do.
    answer = await owner.http.post(PROJECTS, content=json.dumps(body).encode(), headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert [issue["path"] for issue in answer.json()["error"]] == [path]


async def test_deep_metadata_is_refused(owner: Owner) -> None:
    deep = b'{"name": "fine", "metadata": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001
    for content in (deep, deep.replace(b'{"a":' * 5000, b'{"a":' * 30).replace(b"}" * 5001, b"}" * 31)):
        answer = await owner.http.post(PROJECTS, content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400


async def _ingest(client: httpx.AsyncClient, project: ProjectWithKeys, trace_id: str) -> int:
    time = "2026-11-20T10:00:00Z"
    events = [
        {"id": uuid.uuid4().hex, "timestamp": time, "type": kind, "body": body}
        for kind, body in (
            ("trace-create", {"id": trace_id, "timestamp": time}),
            ("span-create", {"id": f"o-{trace_id}", "traceId": trace_id, "startTime": time}),
            ("score-create", {"id": f"s-{trace_id}", "traceId": trace_id, "name": "quality", "value": 1}),
        )
    ]
    return (await client.post("/api/public/ingestion", json={"batch": events}, auth=project.auth)).status_code


async def test_a_deleted_project_is_gone_with_its_keys_and_telemetry(
    owner: Owner,
    client: httpx.AsyncClient,
    services: Services,
    accounts_database: MetadataDatabase,
    other_project: ProjectWithKeys,
) -> None:
    for project in (owner.project, other_project):
        assert await _ingest(client, project, "doomed") == 207
    assert await services.events.get_trace(owner.project.id, "doomed")

    deleted = await owner.http.delete(f"{PROJECTS}/{owner.project.id}")

    assert deleted.status_code == 202
    assert deleted.json()["success"] is True
    assert (await client.get(PROJECTS, auth=owner.project.auth)).status_code == 401
    assert await _ingest(client, owner.project, "late") == 401
    assert (await owner.http.get("/api/public/organizations/projects")).json() == {"projects": []}
    assert owner.project.id not in await accounts_database.read(list_project_ids)
    assert await services.events.get_trace(owner.project.id, "doomed") is None
    assert await services.events.get_observation(owner.project.id, "o-doomed") is None
    # Another project with the same ids lost nothing.
    assert await services.events.get_trace(other_project.id, "doomed")
    assert (await client.get("/api/public/scores/s-doomed", auth=other_project.auth)).status_code == 200
    assert (await owner.http.delete(f"{PROJECTS}/{owner.project.id}")).status_code == 404


async def test_another_organizations_project_does_not_exist(owner: Owner, other_project: ProjectWithKeys) -> None:
    for method, path in (
        ("PUT", other_project.id),
        ("DELETE", other_project.id),
        ("GET", f"{other_project.id}/apiKeys"),
        ("POST", f"{other_project.id}/apiKeys"),
        ("DELETE", f"{other_project.id}/apiKeys/x"),
        ("GET", f"{other_project.id}/memberships"),
    ):
        body = {"name": "Taken over"} if method in ("PUT", "POST") else None
        answer = await owner.http.request(method, f"{PROJECTS}/{path}", json=body)
        assert (answer.status_code, answer.json()["message"]) == (404, "Project not found"), path
