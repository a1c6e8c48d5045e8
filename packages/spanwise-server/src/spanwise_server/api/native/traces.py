"""Traces, observations and sessions for the browser (``/api/v1``). Ids stand in the query: legacy ids are any string."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.listing.conditions import any_of, equal
from spanwise_server.api.listing.pagination import after_trace, cut_page, trace_cursor
from spanwise_server.api.listing.parameters import Parameters, Time
from spanwise_server.api.policies import PROJECT_MEMBER, RouteTable
from spanwise_server.api.responses import NATIVE_ERRORS, rendered
from spanwise_server.api.schemas.native import (
    NativeObservation,
    NativeSession,
    NativeTraceDetails,
    NativeTracePage,
    native_observation,
    native_observation_item,
    native_score_item,
    native_trace,
    native_trace_item,
)
from spanwise_server.api.schemas.times import to_micros
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.query.expressions import And, Comparison, Expression, Operator, Or
from spanwise_server.query.expressions import Field as QueryField
from spanwise_server.query.queries import ObservationQuery, SessionQuery, TraceQuery
from spanwise_server.services.traces import add_trace_facts, all_scores_of_trace

routes = RouteTable("native")

_SEARCHED_FIELDS = ("name", "user_id", "session_id")


_ProjectId = Annotated[str, Path(description="The project's id.")]
"""The project in the path, into which the policy has let the caller."""


class _NativeParameters(Parameters):
    """Parameters in snake_case."""

    model_config = ConfigDict(alias_generator=None)


class _NativePage(_NativeParameters):
    limit: Annotated[int, Field(ge=1, le=200, description="Most traces on a page.")] = 50
    cursor: Annotated[str | None, Field(description="Where the page begins: `next_cursor` of the page before.")] = None


class NativeTraceListParameters(_NativePage):
    """Which traces to return; all conditions must hold."""

    since: Annotated[Time | None, Field(description="Only traces at or after this time (ISO 8601).")] = None
    until: Annotated[Time | None, Field(description="Only traces before this time (ISO 8601).")] = None
    search: Annotated[str | None, Field(description="A trace id, or part of a name, user id or session id in any case.")] = None
    name: Annotated[str | None, Field(description="Only traces with this name.")] = None
    user_id: Annotated[str | None, Field(description="Only traces of this user.")] = None
    session_id: Annotated[str | None, Field(description="Only traces of this session.")] = None
    environment: Annotated[str | None, Field(description="Only traces of this environment.")] = None
    tag: Annotated[str | None, Field(description="Only traces that have this tag.")] = None
    level: Annotated[
        Literal["DEBUG", "DEFAULT", "WARNING", "ERROR"] | None,
        Field(description="Only traces whose most severe level is this."),
    ] = None

    def query(self, project_id: str) -> TraceQuery:
        """Return the query for this page and one trace more."""
        terms: list[Expression] = [
            *equal("name", self.name),
            *equal("user_id", self.user_id),
            *equal("session_id", self.session_id),
            *equal("environment", self.environment),
            *any_of("tags", [self.tag] if self.tag else []),
            *equal("level", self.level),
        ]
        if self.search:
            parts = (Comparison(QueryField(field), Operator.CONTAINS_ANY_CASE, self.search) for field in _SEARCHED_FIELDS)
            terms.append(Or((*equal("id", self.search), *parts)))
        return TraceQuery(
            project_id=project_id,
            where=And(tuple(terms)),
            since=self.since,
            until=self.until,
            limit=self.limit + 1,
            after=after_trace(self.cursor),
        )


@routes.get("/api/v1/projects/{project_id}/traces", PROJECT_MEMBER, response_model=NativeTracePage, responses=NATIVE_ERRORS)
async def list_native_traces(
    project_id: _ProjectId,
    services: ServicesDep,
    parameters: Annotated[NativeTraceListParameters, Query()],
) -> Response:
    """List traces, newest first."""
    found = await services.events.find_traces(parameters.query(project_id))
    traces, cursor = cut_page(found, parameters.limit, trace_cursor)
    return await rendered(lambda: {"items": [native_trace_item(trace) for trace in traces], "next_cursor": cursor})


@routes.get("/api/v1/projects/{project_id}/trace", PROJECT_MEMBER, response_model=NativeTraceDetails, responses=NATIVE_ERRORS)
async def get_native_trace(
    project_id: _ProjectId,
    services: ServicesDep,
    id: Annotated[str, Query(description="The trace's id.")],
) -> Response:
    """Return a trace with its observations (without their payloads) and scores."""
    events = services.events
    trace, rows, scores = await asyncio.gather(
        events.get_trace(project_id, id),
        events.trace_observations(project_id, id, with_payloads=False),
        all_scores_of_trace(events, project_id, id),
    )
    if trace is None:
        raise NotFoundError(f"Trace {id} does not exist in this project.")
    return await rendered(
        lambda: {
            "trace": native_trace(trace),
            "observations": [native_observation_item(row) for row in rows],
            "scores": [native_score_item(score) for score in scores],
        }
    )


@routes.get(
    "/api/v1/projects/{project_id}/observation", PROJECT_MEMBER, response_model=NativeObservation, responses=NATIVE_ERRORS
)
async def get_native_observation(
    project_id: _ProjectId,
    services: ServicesDep,
    trace_id: Annotated[str, Query(description="The id of its trace.")],
    id: Annotated[str, Query(description="The observation's id.")],
) -> Response:
    """Return an observation with its payloads."""
    where = And((*equal("trace_id", trace_id), *equal("id", id)))
    query = ObservationQuery(project_id=project_id, where=where, limit=1, with_payloads=True, with_metadata=True)
    found = await services.events.find_observations(query)
    if not found:
        raise NotFoundError(f"Observation {id} does not exist in trace {trace_id}.")
    await add_trace_facts(services.events, project_id, found)
    return await rendered(lambda: native_observation(found[0]))


class NativeSessionParameters(_NativePage):
    """Which session, and which page of its traces."""

    id: Annotated[str, Field(description="The session's id.")]


@routes.get("/api/v1/projects/{project_id}/session", PROJECT_MEMBER, response_model=NativeSession, responses=NATIVE_ERRORS)
async def get_native_session(
    project_id: _ProjectId,
    services: ServicesDep,
    parameters: Annotated[NativeSessionParameters, Query()],
) -> Response:
    """Return a session with a page of its traces, newest first."""
    events = services.events
    of_session = And(equal("id", parameters.id))
    sessions = await events.find_sessions(SessionQuery(project_id=project_id, where=of_session, limit=1))
    if not sessions:
        raise NotFoundError(f"Session {parameters.id} does not exist in this project.")
    query = TraceQuery(
        project_id=project_id,
        where=And(equal("session_id", parameters.id)),
        limit=parameters.limit + 1,
        after=after_trace(parameters.cursor),
    )
    traces, cursor = cut_page(await events.find_traces(query), parameters.limit, trace_cursor)
    return await rendered(
        lambda: {
            "id": sessions[0].id,
            "created_at": to_micros(sessions[0].created_at),
            "items": [native_trace_item(trace) for trace in traces],
            "next_cursor": cursor,
        }
    )
