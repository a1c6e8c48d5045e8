"""Observations of the Langfuse API: the numbered list, one, and the cursor list with field groups (v2)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.conditions import Selection, any_of, equal, select
from spanwise_server.api.listing.pagination import after_observation, cut_page, numbered_page, observation_cursor
from spanwise_server.api.listing.parameters import ENVIRONMENT, FILTER, CommaList, PageParameters, Parameters, Strings, Time
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, rendered
from spanwise_server.api.schemas.observations import Observations, ObservationView, observation_view
from spanwise_server.api.schemas.observations_v2 import DEFAULT_GROUPS, GROUPS, ObservationsV2, observation_v2
from spanwise_server.api.schemas.pages import CursorMeta
from spanwise_server.domain.errors import InvalidRequestError, Issue, NotFoundError
from spanwise_server.domain.observations import ObservationType
from spanwise_server.query.expressions import Comparison
from spanwise_server.query.queries import ObservationQuery
from spanwise_server.services.annotation.comment_filters import resolve_comments
from spanwise_server.services.filter_grammar import parse_filter
from spanwise_server.services.prompts.links import add_prompt_ids
from spanwise_server.services.traces import add_trace_facts

routes = RouteTable("observations")

_Level = Literal["DEBUG", "DEFAULT", "WARNING", "ERROR"]
_Type = Literal["SPAN", "GENERATION", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING", "GUARDRAIL"]
_TRACE_GROUPS = frozenset({"basic", "trace_context"})
_FIELDS = f"Comma-separated groups of fields: {', '.join(f'`{name}`' for name in sorted(GROUPS))}. Default: core,basic."


class _ObservationFilter(Parameters):
    name: Annotated[str | None, Field(description="Only observations with this name.")] = None
    user_id: Annotated[str | None, Field(description="Only observations of this user.")] = None
    type: Annotated[_Type | None, Field(description="Only observations of this type.")] = None
    trace_id: Annotated[str | None, Field(description="Only observations of this trace.")] = None
    level: Annotated[_Level | None, Field(description="Only observations of this level.")] = None
    parent_observation_id: Annotated[str | None, Field(description="Only children of this observation.")] = None
    environment: Annotated[Strings, Field(description=ENVIRONMENT)] = ()
    version: Annotated[str | None, Field(description="Only observations of this version.")] = None
    from_start_time: Annotated[Time | None, Field(description="Only observations that start at or after this time.")] = None
    to_start_time: Annotated[Time | None, Field(description="Only observations that start before this time.")] = None
    filter: Annotated[str | None, Field(description=FILTER)] = None

    def simple(self) -> tuple[Comparison, ...]:
        """Return the comparisons of the parameters, ``filter`` and the time range left out."""
        return (
            *equal("name", self.name),
            *equal("user_id", self.user_id),
            *equal("type", self.type),
            *equal("trace_id", self.trace_id),
            *equal("level", self.level),
            *equal("parent_id", self.parent_observation_id),
            *equal("version", self.version),
            *any_of("environment", self.environment),
        )

    def selection(self) -> Selection:
        """Return what the parameters select."""
        return select(
            self.simple(),
            time_field="start_time",
            since=self.from_start_time,
            until=self.to_start_time,
            given=parse_filter(self.filter, "observations"),
        )


class ObservationListParameters(_ObservationFilter, PageParameters):
    """Which observations to return, by page number."""


class ObservationV2ListParameters(_ObservationFilter):
    """Which observations to return, by cursor, and what of them."""

    fields: Annotated[CommaList, Field(description=_FIELDS)] = ()
    expand_metadata: Annotated[
        CommaList, Field(description="Metadata keys whose values are returned whole; others are cut to 200 characters.")
    ] = ()
    limit: Annotated[int, Field(ge=1, le=1000, description="Most observations on a page.")] = 50
    cursor: Annotated[str | None, Field(description="Where the page begins: `meta.cursor` of the page before.")] = None
    parse_io_as_json: Annotated[bool, Field(description="Removed: `true` is refused, input and output are always text.")] = (
        False
    )
    session_id: Annotated[str | None, Field(description="Only observations of this session.")] = None
    parent_observation_id: Annotated[
        str | None, Field(description="Only children of this observation; empty: only observations without a parent.")
    ] = None
    is_root_observation: Annotated[
        bool | None, Field(description="Only roots (no parent, or marked as the root of an application), or only others.")
    ] = None

    @classmethod
    def meaningful_when_empty(cls) -> frozenset[str]:
        """Return the wire names for which an empty value says something."""
        return frozenset({"parentObservationId"})

    @property
    def groups(self) -> frozenset[str]:
        """The groups asked for; unknown names are ignored."""
        return GROUPS.intersection(self.fields) | {"core"} if self.fields else DEFAULT_GROUPS

    def simple(self) -> tuple[Comparison, ...]:
        """Return the comparisons of the parameters."""
        return (*super().simple(), *equal("session_id", self.session_id), *equal("is_root", self.is_root_observation))


@routes.get("/api/public/observations", PROJECT_KEY, response_model=Observations, responses=PUBLIC_ERRORS)
async def list_observations(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[ObservationListParameters, Query()]
) -> Response:
    """List observations with everything they hold, newest start first."""
    selection = parameters.selection()
    query = ObservationQuery(
        project_id=access.project_id,
        where=await resolve_comments(selection.where, access.project_id, services.comments),
        since=selection.since,
        until=selection.until,
        limit=parameters.limit,
        offset=parameters.offset,
        with_payloads=True,
        with_metadata=True,
    )
    events = services.events
    rows, meta = await numbered_page(query, parameters, events.find_observations, events.count_observations)
    await add_prompt_ids(services.prompts, access.project_id, rows)
    prices = await services.models.flat_prices(access.project_id, rows)
    return await rendered(lambda: {"data": [observation_view(row, prices) for row in rows], "meta": meta})


# The id may hold slashes, escaped or not: the rest of the path is the id.
@routes.get(
    "/api/public/observations/{observation_id:path}", PROJECT_KEY, response_model=ObservationView, responses=PUBLIC_ERRORS
)
async def get_observation(observation_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return one observation."""
    row = await services.events.get_observation(access.project_id, observation_id)
    if row is None or row.type == ObservationType.TRACE:
        raise NotFoundError("Observation not found within authorized project")
    await add_prompt_ids(services.prompts, access.project_id, [row])
    prices = await services.models.flat_prices(access.project_id, [row])
    return await rendered(lambda: observation_view(row, prices))


@routes.get("/api/public/v2/observations", PROJECT_KEY, response_model=ObservationsV2, responses=PUBLIC_ERRORS)
async def list_observations_v2(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[ObservationV2ListParameters, Query()]
) -> Response:
    """List observations with the groups of fields that are asked for, newest start first."""
    if parameters.parse_io_as_json:
        issue = Issue("true is no longer supported: input and output are always text", ("parseIoAsJson",), "unsupported")
        raise InvalidRequestError("parseIoAsJson=true is no longer supported", issues=[issue])
    selection, groups = parameters.selection(), parameters.groups
    query = ObservationQuery(
        project_id=access.project_id,
        where=await resolve_comments(selection.where, access.project_id, services.comments),
        since=selection.since,
        until=selection.until,
        limit=parameters.limit + 1,
        after=after_observation(parameters.cursor),
        with_payloads="io" in groups,
        with_metadata="metadata" in groups,
    )
    found = await services.events.find_observations(query)
    rows, cursor = cut_page(found, parameters.limit, observation_cursor)
    if not groups.isdisjoint(_TRACE_GROUPS):
        await add_trace_facts(services.events, access.project_id, rows)
    if "prompt" in groups:
        await add_prompt_ids(services.prompts, access.project_id, rows)
    meta: CursorMeta = {} if cursor is None else {"cursor": cursor}
    expanded = frozenset(parameters.expand_metadata)
    prices = await services.models.flat_prices(access.project_id, rows)
    return await rendered(
        lambda: {"data": [observation_v2(row, groups, expanded, prices=prices) for row in rows], "meta": meta}
    )
