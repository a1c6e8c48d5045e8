"""Scores of the first two read APIs (``/scores``: of traces only; ``/v2/scores``: of everything), and deletion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field
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
    Strings,
    Time,
)
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response, rendered
from spanwise_server.api.schemas.pages import Message
from spanwise_server.api.schemas.scores import (
    ScoresV1,
    ScoresV2,
    ScoreV1,
    ScoreV2,
    score_item_v1,
    score_item_v2,
    score_v1,
    score_v2,
)
from spanwise_server.domain.errors import InvalidRequestError, Issue, NotFoundError
from spanwise_server.domain.scores import Score, ScoreDataType
from spanwise_server.query.expressions import EVERYTHING, And, Comparison, Expression, Operator
from spanwise_server.query.expressions import Field as QueryField
from spanwise_server.query.queries import ScoreQuery
from spanwise_server.services.container import Services
from spanwise_server.services.filter_grammar import parse_filter
from spanwise_server.services.traces import traces_by_id

routes = RouteTable("scores")

_Source = Literal["API", "ANNOTATION", "EVAL"]
_DataType = Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT", "CORRECTION"]
_Operator = Literal["<", ">", "<=", ">=", "!=", "="]
_OF_TRACES: Sequence[Comparison] = (
    Comparison(QueryField("trace_id"), Operator.IS_SET),
    Comparison(QueryField("data_type"), Operator.NE, ScoreDataType.CORRECTION.value),
)


class ScoreListParameters(PageParameters):
    """Which scores to return."""

    user_id: Annotated[str | None, Field(description="Only scores of traces of this user.")] = None
    name: Annotated[str | None, Field(description="Only scores with this name.")] = None
    from_timestamp: Annotated[Time | None, Field(description=FROM_TIMESTAMP)] = None
    to_timestamp: Annotated[Time | None, Field(description=TO_TIMESTAMP)] = None
    environment: Annotated[Strings, Field(description=ENVIRONMENT)] = ()
    source: Annotated[_Source | None, Field(description="Only scores from this source.")] = None
    operator: Annotated[_Operator | None, Field(description="How to compare with `value`; needs it.")] = None
    value: Annotated[float | None, Field(allow_inf_nan=False, description="A number to compare with; needs `operator`.")] = None
    score_ids: Annotated[CommaList, Field(description="Only these scores (comma-separated ids).")] = ()
    config_id: Annotated[str | None, Field(description="Only scores of this score configuration.")] = None
    queue_id: Annotated[str | None, Field(description="Only scores from this annotation queue.")] = None
    data_type: Annotated[_DataType | None, Field(description="Only scores of this data type.")] = None
    observation_id: Annotated[CommaList, Field(description="Only scores of these observations (comma-separated ids).")] = ()
    trace_tags: Annotated[
        Strings, Field(description="Only scores of traces that have all these tags (repeated or comma-separated).")
    ] = ()

    def simple(self) -> tuple[Comparison, ...]:
        """Return the comparisons of the parameters, ``filter`` and the time range left out."""
        return (
            *equal("user_id", self.user_id),
            *equal("name", self.name),
            *any_of("environment", self.environment),
            *equal("source", self.source),
            *self._value_comparison(),
            *any_of("id", self.score_ids),
            *equal("config_id", self.config_id),
            *equal("queue_id", self.queue_id),
            *equal("data_type", self.data_type),
            *any_of("observation_id", self.observation_id),
            *all_of("trace_tags", self.trace_tags),
        )

    def _value_comparison(self) -> tuple[Comparison, ...]:
        if (self.operator is None) != (self.value is None):
            missing = "operator" if self.operator is None else "value"
            issue = Issue("operator and value only work together", (missing,), "missing")
            raise InvalidRequestError("operator and value only work together", issues=[issue])
        if self.operator is None:
            return ()
        return (Comparison(QueryField("value"), Operator(self.operator), self.value),)

    def query(self, project_id: str, *, given: Expression = EVERYTHING, always: Sequence[Comparison] = ()) -> ScoreQuery:
        """Return the query for this page: the parameters, the parsed ``filter``, and what the route demands anyway."""
        selection = select(
            self.simple(), time_field="timestamp", since=self.from_timestamp, until=self.to_timestamp, given=given
        )
        return ScoreQuery(
            project_id=project_id,
            where=And((*always, selection.where)) if always else selection.where,
            since=selection.since,
            until=selection.until,
            limit=self.limit,
            offset=self.offset,
        )


class ScoreV2ListParameters(ScoreListParameters):
    """Which scores to return, of any subject."""

    session_id: Annotated[str | None, Field(description="Only scores of this session.")] = None
    dataset_run_id: Annotated[str | None, Field(description="Only scores of this dataset run.")] = None
    trace_id: Annotated[str | None, Field(description="Only scores of this trace.")] = None
    fields: Annotated[
        CommaList, Field(description="Comma-separated groups of fields: `score` (always there), `trace`. Default: both.")
    ] = ()
    filter: Annotated[str | None, Field(description=FILTER)] = None

    def simple(self) -> tuple[Comparison, ...]:
        """Return the comparisons of the parameters."""
        return (
            *super().simple(),
            *equal("session_id", self.session_id),
            *equal("dataset_run_id", self.dataset_run_id),
            *equal("trace_id", self.trace_id),
        )

    @property
    def has_trace(self) -> bool:
        """Whether the scores' traces are wanted.

        Raises:
            InvalidRequestError: they are not, but the scores are selected by them.
        """
        wanted = not self.fields or "trace" in self.fields
        if not wanted and (self.user_id is not None or self.trace_tags):
            message = "userId and traceTags look at the trace, so fields must include trace"
            raise InvalidRequestError(message, issues=[Issue(message, ("fields",), "missing_group")])
        return wanted


@routes.get("/api/public/scores", PROJECT_KEY, response_model=ScoresV1, responses=PUBLIC_ERRORS)
async def list_scores(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[ScoreListParameters, Query()]
) -> Response:
    """List the scores of traces and their observations, newest first; corrections are not among them."""
    events, project_id = services.events, access.project_id
    query = parameters.query(project_id, always=_OF_TRACES)
    scores, meta = await numbered_page(query, parameters, events.find_scores, events.count_scores)
    traces = await traces_by_id(events, project_id, [score.trace_id for score in scores])
    return await rendered(
        lambda: {"data": [score_item_v1(score, traces.get(score.trace_id)) for score in scores], "meta": meta}
    )


@routes.get("/api/public/v2/scores", PROJECT_KEY, response_model=ScoresV2, responses=PUBLIC_ERRORS)
async def list_scores_v2(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[ScoreV2ListParameters, Query()]
) -> Response:
    """List scores of any subject, newest first."""
    events, project_id, has_trace = services.events, access.project_id, parameters.has_trace
    given = parse_filter(parameters.filter, "scores")
    query = await services.experiments.meant_scores(parameters.query(project_id, given=given))
    scores, meta = await numbered_page(query, parameters, events.find_scores, events.count_scores)
    traces = await traces_by_id(events, project_id, [score.trace_id for score in scores]) if has_trace else {}
    return await rendered(
        lambda: {"data": [score_item_v2(score, traces.get(score.trace_id)) for score in scores], "meta": meta}
    )


async def _score(services: Services, project_id: str, score_id: str, *, always: Sequence[Comparison] = ()) -> Score:
    query = ScoreQuery(project_id=project_id, where=And((*always, *equal("id", score_id))), limit=1)
    found = await services.events.find_scores(query)
    if not found:
        raise NotFoundError("Score not found")
    return found[0]


# The id may hold slashes, escaped or not: the rest of the path is the id.
@routes.get("/api/public/scores/{score_id:path}", PROJECT_KEY, response_model=ScoreV1, responses=PUBLIC_ERRORS)
async def get_score(score_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return one score of a trace or an observation."""
    return json_response(score_v1(await _score(services, access.project_id, score_id, always=_OF_TRACES)))


@routes.get("/api/public/v2/scores/{score_id:path}", PROJECT_KEY, response_model=ScoreV2, responses=PUBLIC_ERRORS)
async def get_score_v2(score_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return one score of any subject."""
    return json_response(score_v2(await _score(services, access.project_id, score_id)))


@routes.delete(
    "/api/public/scores/{score_id:path}", PROJECT_KEY, response_model=Message, status_code=202, responses=PUBLIC_ERRORS
)
async def delete_score(score_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Delete a score; it is gone when this answers. An unknown id is no error."""
    await services.ingestion.delete_scores(access.project_id, [score_id])
    return json_response({"message": "Score deletion queued successfully"}, 202)
