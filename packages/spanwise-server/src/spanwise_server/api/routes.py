"""All resources of the HTTP API on one screen. Each module's routes carry their own policies."""

from __future__ import annotations

from collections.abc import Sequence

from spanwise_server.api import (
    health,
    ingest,
    logins,
    native_traces,
    observations,
    projects,
    scores,
    scores_v3,
    sessions,
    traces,
)
from spanwise_server.api.policies import RouteTable

ROUTE_TABLES: Sequence[RouteTable] = (
    # Public API, as the SDKs know it
    health.routes,
    projects.routes,
    ingest.routes,
    traces.routes,
    observations.routes,
    sessions.routes,
    scores.routes,
    scores_v3.routes,
    # Native API, for the browser application
    logins.routes,
    native_traces.routes,
)
