"""Sessions of the Langfuse API: list, and one with its traces."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.conditions import any_of, equal
from spanwise_server.api.listing.pagination import numbered_page
from spanwise_server.api.listing.parameters import ENVIRONMENT, FROM_TIMESTAMP, TO_TIMESTAMP, PageParameters, Strings, Time
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, rendered
from spanwise_server.api.schemas.sessions import SessionDetails, Sessions, session_item
from spanwise_server.api.schemas.traces import trace_base
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.query.expressions import And
from spanwise_server.query.queries import SessionQuery
from spanwise_server.services.traces import traces_of_session

routes = RouteTable("sessions")


class SessionListParameters(PageParameters):
    """Which sessions to return; times are compared with when a session was first seen."""

    from_timestamp: Annotated[Time | None, Field(description=FROM_TIMESTAMP)] = None
    to_timestamp: Annotated[Time | None, Field(description=TO_TIMESTAMP)] = None
    environment: Annotated[Strings, Field(description=ENVIRONMENT)] = ()


@routes.get("/api/public/sessions", PROJECT_KEY, response_model=Sessions, responses=PUBLIC_ERRORS)
async def list_sessions(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[SessionListParameters, Query()]
) -> Response:
    """List sessions, newest first."""
    query = SessionQuery(
        project_id=access.project_id,
        where=And(any_of("environment", parameters.environment)),
        since=parameters.from_timestamp,
        until=parameters.to_timestamp,
        limit=parameters.limit,
        offset=parameters.offset,
    )
    events = services.events
    sessions, meta = await numbered_page(query, parameters, events.find_sessions, events.count_sessions)
    return await rendered(lambda: {"data": [session_item(session) for session in sessions], "meta": meta})


# The id may hold slashes, escaped or not: the rest of the path is the id.
@routes.get("/api/public/sessions/{session_id:path}", PROJECT_KEY, response_model=SessionDetails, responses=PUBLIC_ERRORS)
async def get_session(session_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return a session with all its traces, oldest first."""
    events, project_id = services.events, access.project_id
    found = await events.find_sessions(SessionQuery(project_id=project_id, where=And(equal("id", session_id)), limit=1))
    if not found or not session_id:
        raise NotFoundError("Session not found within authorized project")
    traces = await traces_of_session(events, project_id, session_id)
    return await rendered(lambda: {**session_item(found[0]), "traces": [trace_base(trace) for trace in traces]})
