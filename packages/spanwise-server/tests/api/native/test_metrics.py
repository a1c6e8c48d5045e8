"""The native metrics: names in snake_case, a table, a word when it is cut, the same refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from spanwise_server.services.container import Services
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.event_rows import observation, write

RANGE = {"from_timestamp": "2026-09-21T14:00:00Z", "to_timestamp": "2026-09-21T16:00:00Z"}
COST = {"measure": "total_cost", "aggregation": "sum"}


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with three generations of two tasks."""
    made = await make_project()
    rows = [
        observation(
            made.id, f"g{n}", trace_id=f"t{n}", at=n * 1800, model="m", metadata={"task": task}, total_cost=Decimal(n), user_id=f"u{n}"
        )
        for n, task in enumerate(("write", "search", "search"))
    ]  # fmt: skip
    await write(services, rows)
    return made


async def ask(api: httpx.AsyncClient, project: ProjectWithKeys, body: Any) -> httpx.Response:
    return await api.post(f"/api/v1/projects/{project.id}/metrics", json=body)


async def test_a_table_by_metadata(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    body = {"view": "observations", "metrics": [COST], "dimensions": [{"field": "metadata", "key": "task"}], **RANGE}
    assert (await ask(api, project, body)).json() == {
        "columns": ["metadata.task", "sum_total_cost"],
        "rows": [["search", 3.0], ["write", 0.0]],
        "is_truncated": False,
    }


async def test_a_series_that_is_cut(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    filters = [{"column": "total_cost", "type": "number", "operator": ">", "value": 0}]
    body = {
        "view": "observations", "metrics": [COST], "filters": filters, "time_dimension": {"granularity": "hour"},
        "config": {"row_limit": 1}, **RANGE,
    }  # fmt: skip
    assert (await ask(api, project, body)).json() == {
        "columns": ["time_dimension", "sum_total_cost"],
        "rows": [["2026-09-21T14:00:00.000000Z", 1.0]],
        "is_truncated": True,
    }


async def test_the_top_of_many_needs_no_guard(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    """Dimensions with many values are allowed: the answer says when it is cut."""
    body = {"view": "traces", "metrics": [COST], "dimensions": [{"field": "user_id"}], "config": {"row_limit": 1}, **RANGE}
    assert (await ask(api, project, body)).json()["rows"] == [["u2", 2.0]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "JSON object"),
        ({"view": "observations"}, "metrics"),
        ({"view": "observations", "metrics": [{"measure": "totalCost", "aggregation": "sum"}], **RANGE}, "total_cost"),
        ({"view": "observations", "metrics": [COST], **RANGE, "to_timestamp": "1999"}, "to_timestamp"),
    ],
)
async def test_refusals_name_fields_as_they_were_written(
    api: httpx.AsyncClient, project: ProjectWithKeys, body: Any, words: str
) -> None:
    response = await ask(api, project, body)
    assert response.status_code == 400
    assert words in response.text
