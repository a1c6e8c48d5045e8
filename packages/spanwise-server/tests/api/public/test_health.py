"""Health is that the process answers; readiness is that its stores do."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from spanwise_server._lib.clock import system_clock
from spanwise_server.app import create_app
from spanwise_server.services.container import Services
from spanwise_server.services.readiness import Readiness
from spanwise_server.storage.events.clickhouse import open_event_store
from tests.accounts import BASE_URL, ProjectWithKeys

READY, HEALTH = "/api/public/ready", "/api/public/health"


async def _get(services: Services, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(services)), base_url=BASE_URL) as client:
        return await client.get(path)


def _with_readiness(services: Services, readiness: Readiness) -> Services:
    return replace(services, readiness=readiness)


@pytest.mark.parametrize("path", [HEALTH, READY, f"{HEALTH}?failIfDatabaseUnavailable=true"])
async def test_a_working_server_is_ok_without_credentials(client: httpx.AsyncClient, services: Services, path: str) -> None:
    response = await client.get(path)

    assert response.status_code == 200
    assert response.json() == {"status": "OK", "version": services.version}


async def test_a_store_that_is_down_is_not_ready_and_healthy_unless_asked(services: Services) -> None:
    closed = await open_event_store(services.settings)
    await closed.close()
    broken = _with_readiness(services, Readiness(services.readiness._database, closed, services.events, clock=system_clock))

    assert (await _get(broken, READY)).status_code == 503
    assert (await _get(broken, HEALTH)).status_code == 200
    asked = await _get(broken, f"{HEALTH}?failIfDatabaseUnavailable=true")
    assert (asked.status_code, asked.json()["status"]) == (503, "Database not available")


async def test_a_server_that_stops_is_not_ready_and_still_healthy(services: Services) -> None:
    readiness = Readiness(services.readiness._database, services.events, services.events, clock=system_clock)
    readiness.is_shutting_down = True
    stopping = _with_readiness(services, readiness)

    assert (await _get(stopping, READY)).status_code == 500
    assert (await _get(stopping, HEALTH)).status_code == 200


async def test_telemetry_that_stopped_coming_can_be_asked_for(
    services: Services, project_client: httpx.AsyncClient, project: ProjectWithKeys
) -> None:
    def fresh(now: int) -> Services:
        readiness = Readiness(services.readiness._database, services.events, services.events, clock=lambda: now)
        return _with_readiness(services, readiness)

    path = f"{HEALTH}?failIfNoRecentEvents=true"
    far_future = 4_000_000_000_000_000
    silent = await _get(fresh(far_future), path)
    assert (silent.status_code, silent.json()["status"]) == (503, "No traces within the last 3 minutes")

    event = {
        "id": "e",
        "type": "span-create",
        "timestamp": "2026-11-20T10:00:00Z",
        "body": {"id": "span", "traceId": "t", "startTime": "2096-10-02T07:06:00.000Z"},
    }
    response = await project_client.post("/api/public/ingestion", json={"batch": [event]})
    assert response.json()["errors"] == []
    assert (await _get(fresh(far_future), path)).status_code == 200
