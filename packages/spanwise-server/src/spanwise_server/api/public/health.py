"""``GET /api/public/health`` and ``/ready``: for load balancers and people. They tell nothing of any project."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.policies import PUBLIC, RouteTable
from spanwise_server.api.responses import json_response

routes = RouteTable("health")

_DATABASE_DOWN = "Database not available"
_NO_EVENTS = "No traces within the last 3 minutes"


class HealthResponse(TypedDict):
    """What both routes answer; ``status`` is ``OK`` or says what is wrong."""

    status: str
    version: str


@routes.get("/api/public/health", PUBLIC, response_model=HealthResponse)
async def get_health(
    services: ServicesDep,
    database: Annotated[str, Query(alias="failIfDatabaseUnavailable")] = "",
    events: Annotated[str, Query(alias="failIfNoRecentEvents")] = "",
) -> Response:
    """Say that the process answers; with the flags also that its stores do, or that telemetry keeps coming in."""
    if _is_set(database) and not (await services.readiness.check()).is_ready:
        return _answer(503, _DATABASE_DOWN, services.version)
    if _is_set(events) and not await services.readiness.has_recent_events():
        return _answer(503, _NO_EVENTS, services.version)
    return _answer(200, "OK", services.version)


@routes.get("/api/public/ready", PUBLIC, response_model=HealthResponse)
async def get_ready(services: ServicesDep) -> Response:
    """Say whether requests can be served now: 503 while a store does not answer, 500 once the server is stopping."""
    if services.readiness.is_shutting_down:
        return _answer(500, "The server is shutting down", services.version)
    ready = await services.readiness.check()
    return _answer(200, "OK", services.version) if ready.is_ready else _answer(503, _DATABASE_DOWN, services.version)


def _is_set(flag: str) -> bool:
    return flag.lower() in ("true", "1")


def _answer(status: int, text: str, version: str) -> Response:
    body: HealthResponse = {"status": text, "version": version}
    return json_response(body, status)
