"""Metrics of the Langfuse API: queries in JSON, versions 1 and 2, and usage by day."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.conditions import all_of, any_of, equal
from spanwise_server.api.listing.parameters import (
    ENVIRONMENT,
    FROM_TIMESTAMP,
    TO_TIMESTAMP,
    PageParameters,
    Strings,
    Time,
)
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response, rendered
from spanwise_server.api.schemas.json_values import Json, cell
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.query.aggregates import AggregateTable
from spanwise_server.query.expressions import And
from spanwise_server.services.metrics.daily import DailyPage, Day
from spanwise_server.services.metrics.query_grammar import LANGFUSE_V1, LANGFUSE_V2, parse_query

routes = RouteTable("metrics")

_EVER_MICROS = (86_400_000_000, 10_413_705_600_000_000)
"""1970-01-02 to 2299-12-30: whatever can be stored, and a day on either side that can be computed with."""
_QUERY = (
    "A JSON object: `view`, `metrics` (`[{measure, aggregation}]`), `fromTimestamp`, `toTimestamp`, and optionally `dimensions` "
    "(`[{field}]`), `filters`, `timeDimension` (`{granularity}`), `orderBy` (`[{field, direction}]`), `config` (`{row_limit, bins}`)."
)
_QueryText = Annotated[str, Query(description=_QUERY)]


class MetricsAnswer(TypedDict):
    """One object a row: dimensions by their name, `<aggregation>_<measure>`, and `time_dimension`, the start of the bucket."""

    data: list[dict[str, Json]]


class DailyModelUsage(TypedDict):
    """What one model used on one day; units, and US dollars."""

    model: str | None
    inputUsage: int | float
    outputUsage: int | float
    totalUsage: int | float
    countObservations: int
    countTraces: int
    totalCost: float


class DailyMetricsItem(TypedDict):
    """One UTC day."""

    date: str
    countTraces: int
    countObservations: int
    totalCost: float
    usage: list[DailyModelUsage]


class DailyMetrics(TypedDict):
    """A page of days, newest first."""

    data: list[DailyMetricsItem]
    meta: PageMeta


class DailyParameters(PageParameters):
    """Which days, and which of their traces and observations."""

    trace_name: Annotated[str | None, Field(description="Only traces with this name, and their observations.")] = None
    user_id: Annotated[str | None, Field(description="Only traces of this user, and their observations.")] = None
    tags: Annotated[Strings, Field(description="Only traces that have all these tags (repeated or comma-separated).")] = ()
    environment: Annotated[Strings, Field(description=ENVIRONMENT)] = ()
    from_timestamp: Annotated[Time | None, Field(description=FROM_TIMESTAMP)] = None
    to_timestamp: Annotated[Time | None, Field(description=TO_TIMESTAMP)] = None

    def where(self, name: str) -> And:
        """Return the condition; ``name`` is the field that holds the trace's name."""
        return And(
            (
                *equal(name, self.trace_name),
                *equal("user_id", self.user_id),
                *all_of("tags", self.tags),
                *any_of("environment", self.environment),
            )
        )


@routes.get("/api/public/metrics", PROJECT_KEY, response_model=MetricsAnswer, responses=PUBLIC_ERRORS)
async def query_metrics(access: ProjectAccessDep, services: ServicesDep, query: _QueryText) -> Response:
    """Add up traces, observations or scores; every row of the answer unless the query sets a limit."""
    return await _answer(services.metrics.answer(parse_query(query, access.project_id, LANGFUSE_V1)))


@routes.get("/api/public/v2/metrics", PROJECT_KEY, response_model=MetricsAnswer, responses=PUBLIC_ERRORS)
async def query_metrics_v2(access: ProjectAccessDep, services: ServicesDep, query: _QueryText) -> Response:
    """Add up observations or scores; a hundred rows unless the query sets another limit."""
    return await _answer(services.metrics.answer(parse_query(query, access.project_id, LANGFUSE_V2)))


async def _answer(asked: Awaitable[AggregateTable]) -> Response:
    table = await asked
    return await rendered(lambda: _rows(table))


def _rows(table: AggregateTable) -> MetricsAnswer:
    has_time = table.columns[0] == "time_dimension"
    return {
        "data": [
            {
                name: to_millis(value) if has_time and not position else cell(value)
                for position, (name, value) in enumerate(zip(table.columns, row, strict=True))
            }
            for row in table.rows
        ]
    }


@routes.get("/api/public/metrics/daily", PROJECT_KEY, response_model=DailyMetrics, responses=PUBLIC_ERRORS)
async def list_daily_metrics(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[DailyParameters, Query()]
) -> Response:
    """List usage and cost by UTC day and model, newest day first. Everything counts on the day it began."""
    since, until = (
        min(max(given if given is not None else bound, _EVER_MICROS[0]), _EVER_MICROS[1])
        for given, bound in zip((parameters.from_timestamp, parameters.to_timestamp), _EVER_MICROS, strict=True)
    )
    page = DailyPage(since=since, until=max(until, since + 1), offset=parameters.offset, limit=parameters.limit)
    found = await services.metrics.daily(access.project_id, page, parameters.where("trace_name"), parameters.where("name"))
    meta: PageMeta = {
        "page": parameters.page,
        "limit": parameters.limit,
        "totalItems": found.total,
        "totalPages": -(-found.total // parameters.limit),
    }
    return json_response({"data": [_day(day) for day in found.days], "meta": meta})


def _day(day: Day) -> DailyMetricsItem:
    return {
        "date": to_millis(day.start)[:10],
        "countTraces": day.count_traces,
        "countObservations": day.count_observations,
        "totalCost": float(day.total_cost),
        "usage": [
            {
                "model": usage.model,
                "inputUsage": cell(usage.input_usage),
                "outputUsage": cell(usage.output_usage),
                "totalUsage": cell(usage.total_usage),
                "countObservations": usage.count_observations,
                "countTraces": usage.count_traces,
                "totalCost": float(usage.total_cost),
            }
            for usage in day.usage
        ],
    }
