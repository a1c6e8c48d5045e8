"""Tools that tell an agent what it may ask: fields, filter columns, values that occur, measures. They read no payloads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from spanwise_server.api.auth import services_of
from spanwise_server.api.mcp.bindings import PREFIX, Call
from spanwise_server.api.mcp.inner_requests import send_inside
from spanwise_server.api.mcp.server import OwnTool
from spanwise_server.api.schemas.observations_v2 import DEFAULT_GROUPS, GROUPS, observation_v2
from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.observations import Observation
from spanwise_server.query.aggregates import Aggregation, Granularity, View
from spanwise_server.query.views import VIEWS
from spanwise_server.services.filter_columns import COLUMNS
from spanwise_server.services.filter_grammar import condition_types
from spanwise_server.services.metrics.names import WIRE_COLUMNS, WIRE_DIMENSIONS, WIRE_MEASURES

_MOST_VALUES: Final = 100
_DEFAULT_DAYS: Final = 30
_VALUE_COLUMNS: Final[Mapping[str, str]] = {
    "type": "type",
    "name": "name",
    "level": "level",
    "environment": "environment",
    "version": "version",
    "release": "release",
    "model": "providedModelName",
    "providedModelName": "providedModelName",
    "promptName": "promptName",
    "traceName": "traceName",
    "tags": "tags",
    "toolNames": "toolNames",
    "calledToolNames": "calledToolNames",
    "userId": "userId",
    "sessionId": "sessionId",
}
"""Filter column to the dimension of metrics that counts its values."""
_NOTHING: Final[Mapping[str, Any]] = {"type": "object", "properties": {}, "additionalProperties": False}
_COLUMN: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "column": {"type": "string", "enum": list(_VALUE_COLUMNS), "description": "The filter column."},
        "fromTimestamp": {"type": "string", "description": f"ISO 8601; default {_DEFAULT_DAYS} days ago."},
        "toTimestamp": {"type": "string", "description": "ISO 8601; default now."},
    },
    "required": ["column"],
    "additionalProperties": False,
}


async def _field_schema(_request: Request, _arguments: Mapping[str, Any]) -> object:
    row = Observation(project_id="", trace_id="", id="", start_time=0)
    core = observation_v2(row, {"core"}).keys()
    groups = {group: sorted(observation_v2(row, {group}).keys() - core) for group in sorted(GROUPS - {"core"})}
    return {"default": sorted(DEFAULT_GROUPS), "groups": {"core": sorted(core), **groups}}


async def _filter_schema(_request: Request, _arguments: Mapping[str, Any]) -> object:
    columns = {
        name: {"kind": spec.kind.value, "conditions": condition_types(spec.kind)}
        for name, spec in COLUMNS["observations"].items()
        if name.isidentifier() and name[0].islower()
    }
    return {"form": '[{"type", "column", "operator", "value", "key"?}], all of which must hold', "columns": columns}


async def _filter_values(request: Request, arguments: Mapping[str, Any]) -> object:
    column = arguments.get("column")
    dimension = _VALUE_COLUMNS.get(column) if isinstance(column, str) else None
    if dimension is None:
        issue = Issue(f"must be one of {', '.join(_VALUE_COLUMNS)}", ("column",), "invalid_argument")
        raise InvalidRequestError("No values are listed for this column.", hint=issue.message, issues=[issue])
    now = datetime.fromtimestamp(services_of(request).clock() / 1_000_000, UTC)
    query = {
        "view": "observations",
        "metrics": [{"measure": "count", "aggregation": "count"}],
        "dimensions": [{"field": dimension}],
        "filters": [],
        "fromTimestamp": arguments.get("fromTimestamp") or (now - timedelta(days=_DEFAULT_DAYS)).isoformat(),
        "toTimestamp": arguments.get("toTimestamp") or (now + timedelta(minutes=1)).isoformat(),
        "orderBy": [{"field": "count_count", "direction": "desc"}],
        "config": {"row_limit": _MOST_VALUES},
    }
    call = Call("GET", f"{PREFIX}/v2/metrics", urlencode({"query": msgspec.json.encode(query).decode()}), b"")
    answer = await send_inside(request, call)
    said = msgspec.json.decode(answer.body)
    if answer.status != 200:
        raise InvalidRequestError(str(said.get("message")), hint=said.get("hint"))
    values = [{"value": row[dimension], "count": row["count_count"]} for row in said["data"]]
    return {"column": column, "values": values, "isComplete": len(values) < _MOST_VALUES}


async def _metrics_schema(_request: Request, _arguments: Mapping[str, Any]) -> object:
    views = {
        view.value: {
            "measures": {name: VIEWS[view].measures[inner].value for name, inner in WIRE_MEASURES[view].items()},
            "dimensions": sorted(WIRE_DIMENSIONS[view]),
            "filterColumns": {name: spec.kind.value for name, spec in WIRE_COLUMNS[view].items() if name.isidentifier()},
        }
        for view in View
        if view is not View.TRACES
    }
    return {
        "query": "JSON for queryMetrics: view, metrics [{measure, aggregation}], dimensions [{field}], filters, "
        "timeDimension {granularity} or null, fromTimestamp, toTimestamp, orderBy [{field, direction}], config {row_limit, bins}",
        "views": views,
        "aggregations": [aggregation.value for aggregation in Aggregation],
        "granularities": ["auto", *(granularity.value for granularity in Granularity if granularity.value != "auto")],
    }


OWN_TOOLS: Final = (
    OwnTool(
        "getMetricsSchema",
        "List the views, measures, dimensions and filter columns that queryMetrics knows.",
        _NOTHING,
        _metrics_schema,
    ),
    OwnTool(
        "getObservationFieldSchema",
        "List the groups of fields that listObservations can return, and what is in each.",
        _NOTHING,
        _field_schema,
    ),
    OwnTool(
        "getObservationFilterSchema",
        "List the columns that the filter of listObservations takes, with the operators of each.",
        _NOTHING,
        _filter_schema,
    ),
    OwnTool(
        "getObservationFilterValues",
        f"List the values of a filter column that occur, most frequent first, at most {_MOST_VALUES}.",
        _COLUMN,
        _filter_values,
    ),
)
