"""Routes of comments."""

from __future__ import annotations

from spanwise_server.api.policies import RouteTable

routes = RouteTable("comments")
