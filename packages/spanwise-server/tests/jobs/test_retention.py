"""A sweep deletes what is older than its project keeps it, of that project alone, and nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import httpx
import pytest

from spanwise_server.domain.observations import Micros
from spanwise_server.jobs.retention import Retention
from spanwise_server.services.container import Services
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.accounts import ProjectWithKeys

NOW = 1_790_000_000_000_000
DAY = 86_400_000_000
AGES = {"fresh": 1, "young": 9, "old": 11, "ancient": 400}


def _iso(time: Micros) -> str:
    return dt.datetime.fromtimestamp(time / 1e6, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _fill(client: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    batch = []
    for name, days in AGES.items():
        time = _iso(NOW - days * DAY)
        for kind, body in (
            ("trace-create", {"id": name, "name": name, "timestamp": time}),
            ("span-create", {"id": f"o-{name}", "traceId": name, "startTime": time, "input": "text"}),
            ("score-create", {"id": f"s-{name}", "traceId": name, "name": "quality", "value": 1, "timestamp": time}),
        ):
            batch.append({"id": uuid.uuid4().hex, "timestamp": time, "type": kind, "body": body})
    answer = await client.post("/api/public/ingestion", json={"batch": batch}, auth=project.auth)
    assert answer.json()["errors"] == []


async def _left(client: httpx.AsyncClient, project: ProjectWithKeys) -> tuple[set[str], set[str]]:
    traces = (await client.get("/api/public/traces", auth=project.auth)).json()["data"]
    observations = (await client.get("/api/public/observations", auth=project.auth)).json()["data"]
    assert {trace["id"] for trace in traces} == {item["traceId"] for item in observations}
    scores = (await client.get("/api/public/v2/scores", auth=project.auth)).json()["data"]
    return {trace["id"] for trace in traces}, {score["id"].removeprefix("s-") for score in scores}


@pytest.fixture
async def kept_for_ten_days(accounts_database: MetadataDatabase, project: ProjectWithKeys) -> None:
    def work(connection: MetadataTransaction) -> None:
        found = projects.get_project(connection, project.id)
        assert found is not None
        projects.update_project(connection, replace(found, retention_days=10))

    await accounts_database.write(work)


@pytest.mark.usefixtures("kept_for_ten_days")
async def test_what_is_too_old_goes_and_the_rest_stays(
    client: httpx.AsyncClient, services: Services, project: ProjectWithKeys, other_project: ProjectWithKeys
) -> None:
    for filled in (project, other_project):
        await _fill(client, filled)
    retention = Retention(services.projects, (services.ingestion.delete_before,), clock=lambda: NOW)

    assert project.id in await retention.sweep()

    assert await _left(client, project) == ({"fresh", "young"}, {"fresh", "young"})
    assert await _left(client, other_project) == (set(AGES), set(AGES))
    # Nothing is left to do, and nothing is done.
    assert project.id not in await retention.sweep()

    a_day_later = Retention(services.projects, (services.ingestion.delete_before,), clock=lambda: NOW + 2 * DAY)
    assert project.id in await a_day_later.sweep()
    assert await _left(client, project) == ({"fresh"}, {"fresh"})
