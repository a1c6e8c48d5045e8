"""Metrics for dashboards (``/api/v1``): the query of the public API in snake_case, by the names of ``query.views``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.policies import PROJECT_MEMBER, RouteTable
from spanwise_server.api.responses import NATIVE_ERRORS, rendered
from spanwise_server.api.schemas.json_values import Json, cell
from spanwise_server.api.schemas.times import to_micros
from spanwise_server.services.metrics.query_grammar import NATIVE, parse_query

routes = RouteTable("metrics")

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["view", "metrics", "from_timestamp", "to_timestamp"],
                    "properties": {
                        "view": {"type": "string"},
                        "metrics": {"type": "array", "items": {"type": "object"}},
                        "dimensions": {"type": "array", "items": {"type": "object"}},
                        "filters": {"type": "array", "items": {"type": "object"}},
                        "time_dimension": {"type": "object"},
                        "from_timestamp": {"type": "string", "format": "date-time"},
                        "to_timestamp": {"type": "string", "format": "date-time"},
                        "order_by": {"type": "array", "items": {"type": "object"}},
                        "config": {"type": "object"},
                    },
                }
            }
        },
    }
}


class NativeMetrics(TypedDict):
    """A table. ``time_dimension`` is the start of a bucket; ``is_truncated`` says that more rows than the limit exist."""

    columns: list[str]
    rows: list[list[Json]]
    is_truncated: bool


@routes.post(
    "/api/v1/projects/{project_id}/metrics",
    PROJECT_MEMBER,
    response_model=NativeMetrics,
    responses=NATIVE_ERRORS,
    openapi_extra=_BODY,
)
async def query_native_metrics(
    project_id: Annotated[str, Path(description="The project's id.")], services: ServicesDep, request: Request
) -> Response:
    """Add up traces, observations or scores."""
    table = await services.metrics.answer(parse_query(await request.body(), project_id, NATIVE))
    has_time = table.columns[0] == "time_dimension"
    return await rendered(
        lambda: {
            "columns": list(table.columns),
            "rows": [[to_micros(row[0]), *map(cell, row[1:])] if has_time else list(map(cell, row)) for row in table.rows],
            "is_truncated": table.is_truncated,
        }
    )
