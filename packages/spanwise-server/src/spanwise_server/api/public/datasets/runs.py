"""Routes of dataset runs."""

from __future__ import annotations

from spanwise_server.api.policies import RouteTable

routes = RouteTable("dataset-runs")
