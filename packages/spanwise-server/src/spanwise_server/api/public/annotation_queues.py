"""Routes of annotation queues."""

from __future__ import annotations

from spanwise_server.api.policies import RouteTable

routes = RouteTable("annotation-queues")
