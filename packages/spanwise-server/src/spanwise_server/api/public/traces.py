"""Traces of the Langfuse API: list, one, delete. Owns their parameters; the shapes are ``schemas.traces``'s."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Body, Query
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.conditions import all_of, any_of, equal, select
from spanwise_server.api.listing.pagination import numbered_page
from spanwise_server.api.listing.parameters import (
    ENVIRONMENT,
    FILTER,
    FROM_TIMESTAMP,
    TO_TIMESTAMP,
    CommaList,
    PageParameters,
    Parameters,
    Strings,
    Time,
)
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response, rendered
from spanwise_server.api.schemas.observations import observation_view
from spanwise_server.api.schemas.pages import Message
from spanwise_server.api.schemas.scores import score_v1
from spanwise_server.api.schemas.traces import GROUPS, TraceDetails, Traces, trace_details, trace_item
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.query.queries import Order, TraceQuery
from spanwise_server.services.filter_grammar import parse_filter
from spanwise_server.services.prompts.links import add_prompt_ids
from spanwise_server.services.traces import score_ids_by_trace, scores_of_trace

routes = RouteTable("traces")

_ORDER_FIELDS = {
    "id": "id",
    "timestamp": "timestamp",
    "name": "name",
    "userId": "user_id",
    "release": "release",
    "version": "version",
    "public": "public",
    "bookmarked": "id",  # nothing is bookmarked, so all are equal and the id decides
    "sessionId": "session_id",
}
_NEWEST_FIRST = Order("timestamp")
_FIELDS = "Comma-separated groups of fields: `core` (always there), `io`, `scores`, `observations`, `metrics`. Default: all."


def _parse_order(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    name, _, direction = value.partition(".")
    if name not in _ORDER_FIELDS or direction.lower() not in {"asc", "desc"}:
        raise ValueError(f"{value!r} is not a field and a direction; the fields are {', '.join(_ORDER_FIELDS)}")
    return Order(_ORDER_FIELDS[name], descending=direction.lower() == "desc")


class TraceParameters(Parameters):
    """Which parts of a trace to return."""

    fields: Annotated[CommaList, Field(description=_FIELDS)] = ()

    @property
    def groups(self) -> frozenset[str]:
        """The groups asked for; unknown names are ignored."""
        return GROUPS.intersection(self.fields) | {"core"} if self.fields else GROUPS


class TraceListParameters(TraceParameters, PageParameters):
    """Which traces to return."""

    user_id: Annotated[str | None, Field(description="Only traces of this user.")] = None
    name: Annotated[str | None, Field(description="Only traces with this name.")] = None
    session_id: Annotated[str | None, Field(description="Only traces of this session.")] = None
    from_timestamp: Annotated[Time | None, Field(description=FROM_TIMESTAMP)] = None
    to_timestamp: Annotated[Time | None, Field(description=TO_TIMESTAMP)] = None
    order_by: Annotated[
        Order,
        BeforeValidator(_parse_order),
        WithJsonSchema({"type": "string", "default": "timestamp.desc"}),
        Field(description=f"`field.asc` or `field.desc`; fields: {', '.join(_ORDER_FIELDS)}."),
    ] = _NEWEST_FIRST
    tags: Annotated[Strings, Field(description="Only traces that have all these tags (repeated or comma-separated).")] = ()
    version: Annotated[str | None, Field(description="Only traces of this version.")] = None
    release: Annotated[str | None, Field(description="Only traces of this release.")] = None
    environment: Annotated[Strings, Field(description=ENVIRONMENT)] = ()
    filter: Annotated[str | None, Field(description=FILTER)] = None

    def query(self, project_id: str) -> TraceQuery:
        """Return the query for this page."""
        simple = (
            *equal("user_id", self.user_id),
            *equal("name", self.name),
            *equal("session_id", self.session_id),
            *equal("version", self.version),
            *equal("release", self.release),
            *all_of("tags", self.tags),
            *any_of("environment", self.environment),
        )
        selection = select(
            simple,
            time_field="timestamp",
            since=self.from_timestamp,
            until=self.to_timestamp,
            given=parse_filter(self.filter, "traces"),
        )
        return TraceQuery(
            project_id=project_id,
            where=selection.where,
            since=selection.since,
            until=selection.until,
            limit=self.limit,
            offset=self.offset,
            order=self.order_by,
            with_payloads="io" in self.groups,
            with_observation_ids="observations" in self.groups,
        )


@routes.get("/api/public/traces", PROJECT_KEY, response_model=Traces, responses=PUBLIC_ERRORS)
async def list_traces(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[TraceListParameters, Query()]
) -> Response:
    """List traces, newest first unless `orderBy` says otherwise.

    `latency` and `totalCost` are -1, and `observations` and `scores` empty, when `fields` leaves their group out.
    """
    query, groups, events = parameters.query(access.project_id), parameters.groups, services.events
    traces, meta = await numbered_page(query, parameters, events.find_traces, events.count_traces)
    scored = [trace.id for trace in traces] if "scores" in groups else []
    scores = await score_ids_by_trace(events, access.project_id, scored)
    return await rendered(
        lambda: {"data": [trace_item(trace, groups, scores.get(trace.id, [])) for trace in traces], "meta": meta}
    )


async def _nothing() -> list[Any]:
    """Stand in for a read that was not asked for."""
    return []


# The id may hold slashes, escaped or not: the rest of the path is the id.
@routes.get("/api/public/traces/{trace_id:path}", PROJECT_KEY, response_model=TraceDetails, responses=PUBLIC_ERRORS)
async def get_trace(
    trace_id: str, access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[TraceParameters, Query()]
) -> Response:
    """Return one trace with its observations and scores."""
    events, groups, project_id = services.events, parameters.groups, access.project_id
    trace, rows, scores = await asyncio.gather(
        events.get_trace(project_id, trace_id),
        events.trace_observations(project_id, trace_id, with_payloads=True) if "observations" in groups else _nothing(),
        scores_of_trace(events, project_id, trace_id) if "scores" in groups else _nothing(),
    )
    if trace is None:
        raise NotFoundError(f"Trace {trace_id} not found within authorized project")
    await add_prompt_ids(services.prompts, project_id, rows)
    prices = await services.models.flat_prices(project_id, rows)
    return await rendered(
        lambda: trace_details(
            trace, groups, [observation_view(row, prices) for row in rows], [score_v1(score) for score in scores]
        )
    )


@routes.delete("/api/public/traces/{trace_id:path}", PROJECT_KEY, response_model=Message, responses=PUBLIC_ERRORS)
async def delete_trace(trace_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Delete a trace with its observations and scores; it is gone when this answers. An unknown id is no error."""
    await services.ingestion.delete_traces(access.project_id, [trace_id])
    return json_response({"message": "Trace deleted successfully"})


class DeleteTracesRequest(BaseModel):
    """Which traces to delete."""

    traceIds: Annotated[list[str], Field(min_length=1, max_length=1000, description="Ids of the traces to delete.")]


@routes.delete("/api/public/traces", PROJECT_KEY, response_model=Message, responses=PUBLIC_ERRORS)
async def delete_traces(
    access: ProjectAccessDep, services: ServicesDep, request: Annotated[DeleteTracesRequest, Body()]
) -> Response:
    """Delete up to 1000 traces with their observations and scores; they are gone when this answers."""
    await services.ingestion.delete_traces(access.project_id, request.traceIds)
    return json_response({"message": "Traces deleted successfully"})
