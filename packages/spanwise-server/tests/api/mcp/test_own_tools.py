"""What an agent can learn about the data before it asks for any."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from tests.accounts import ProjectWithKeys
from tests.api.mcp.agents import call, connected, refused, write_trace


async def test_tells_which_values_occur(app: FastAPI, project: ProjectWithKeys, project_client: httpx.AsyncClient) -> None:
    await write_trace(project_client)

    async with connected(app, project) as client:
        found = await call(client, "getObservationFilterValues", column="name")
        refusal = await refused(client, "getObservationFilterValues", column="input")

    assert found == {"column": "name", "values": [{"value": "step", "count": 1}], "isComplete": True}
    assert "type" in refusal["hint"]


async def test_describes_fields_and_filters(app: FastAPI, project: ProjectWithKeys) -> None:
    async with connected(app, project) as client:
        fields = await call(client, "getObservationFieldSchema")
        filters = await call(client, "getObservationFilterSchema")

    assert fields["groups"]["io"] == ["input", "output"]
    assert "level" in fields["groups"]["basic"]
    assert filters["columns"]["latency"]["conditions"]["number"] == ["=", ">", "<", ">=", "<="]


async def test_what_metrics_knows_can_be_asked(app: FastAPI, project: ProjectWithKeys) -> None:
    async with connected(app, project) as client:
        schema = await call(client, "getMetricsSchema")
        observations = schema["views"]["observations"]
        query = {
            "view": "observations",
            "metrics": [{"measure": "latency", "aggregation": schema["aggregations"][0]}],
            "dimensions": [{"field": "providedModelName"}],
            "filters": [],
            "fromTimestamp": "2026-11-01T00:00:00Z",
            "toTimestamp": "2026-11-02T00:00:00Z",
        }
        answer = await call(client, "queryMetrics", query=query)

    assert observations["measures"]["latency"] == "ms"
    assert {"providedModelName", "level"} <= set(observations["dimensions"])
    assert observations["filterColumns"]["level"] == "string"
    assert answer["data"] == []
