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
