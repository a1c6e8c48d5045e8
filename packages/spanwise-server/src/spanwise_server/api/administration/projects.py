"""Routes of project administration."""

from __future__ import annotations

from spanwise_server.api.policies import RouteTable

routes = RouteTable("project-administration")
