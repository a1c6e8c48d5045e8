"""Routes of score configs."""

from __future__ import annotations

from spanwise_server.api.policies import RouteTable

routes = RouteTable("score-configs")
