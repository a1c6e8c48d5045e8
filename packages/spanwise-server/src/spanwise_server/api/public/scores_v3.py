"""``GET /v3/scores``: scores by cursor, lists in every parameter, and no parameter that is not known."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import Query
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.conditions import any_of
from spanwise_server.api.listing.pagination import after_score, cut_page, score_cursor
from spanwise_server.api.listing.parameters import FROM_TIMESTAMP, TO_TIMESTAMP, CommaList, Parameters, Time, split_commas
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, rendered
from spanwise_server.api.schemas.pages import LimitedCursorMeta
from spanwise_server.api.schemas.scores_v3 import GROUPS, ScoresV3, score_v3
from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.scores import ScoreDataType, ScoreSource
from spanwise_server.query.expressions import And, Comparison, Expression, Operator, Or
from spanwise_server.query.expressions import Field as QueryField
from spanwise_server.query.queries import ScoreQuery

routes = RouteTable("scores")

_EXACT_VALUE_TYPES = (ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN, ScoreDataType.CATEGORICAL)


def _one_of(allowed: frozenset[str], *, is_upper: bool) -> BeforeValidator:
    def check(value: Any) -> tuple[str, ...]:
        given = tuple(part.upper() if is_upper else part for part in split_commas(value))
        unknown = sorted(set(given) - allowed)
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is none of {', '.join(sorted(allowed))}")
        return given

    return BeforeValidator(check)


_TEXT = WithJsonSchema({"type": "string"})
_Sources = Annotated[tuple[str, ...], _one_of(frozenset(ScoreSource), is_upper=True), _TEXT]
_DataTypes = Annotated[tuple[str, ...], _one_of(frozenset(ScoreDataType), is_upper=True), _TEXT]
_Groups = Annotated[tuple[str, ...], _one_of(GROUPS, is_upper=False), _TEXT]


class ScoreV3ListParameters(Parameters):
    """Which scores to return; values within a parameter are alternatives, parameters must all hold."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100, description="Most scores on a page.")] = 50
    cursor: Annotated[str | None, Field(description="Where the page begins: `meta.cursor` of the page before.")] = None
    fields: Annotated[
        _Groups, Field(description="Comma-separated: `details`, `subject`, `annotation`; `core` is always there.")
    ] = ()
    id: Annotated[CommaList, Field(description="Ids.")] = ()
    name: Annotated[CommaList, Field(description="Names.")] = ()
    source: Annotated[_Sources, Field(description="Comma-separated sources, in any case: API, ANNOTATION, EVAL.")] = ()
    data_type: Annotated[
        _DataTypes, Field(description="Comma-separated, in any case: NUMERIC, BOOLEAN, CATEGORICAL, TEXT, CORRECTION.")
    ] = ()
    environment: Annotated[CommaList, Field(description="Environments.")] = ()
    config_id: Annotated[CommaList, Field(description="Ids of score configurations.")] = ()
    queue_id: Annotated[CommaList, Field(description="Ids of annotation queues.")] = ()
    author_user_id: Annotated[CommaList, Field(description="Ids of the users who judged.")] = ()
    value: Annotated[
        CommaList, Field(description="Exact values; needs a single `dataType` of NUMERIC, BOOLEAN or CATEGORICAL.")
    ] = ()
    value_min: Annotated[float | None, Field(allow_inf_nan=False, description="Least value; needs `dataType=NUMERIC`.")] = None
    value_max: Annotated[float | None, Field(allow_inf_nan=False, description="Greatest value; needs `dataType=NUMERIC`.")] = (
        None
    )
    trace_id: Annotated[CommaList, Field(description="Ids of traces; not with `sessionId` or `experimentId`.")] = ()
    session_id: Annotated[CommaList, Field(description="Ids of sessions; not with `traceId` or `experimentId`.")] = ()
    observation_id: Annotated[CommaList, Field(description="Ids of observations; needs `traceId`.")] = ()
    experiment_id: Annotated[CommaList, Field(description="Ids of experiments; not with `traceId` or `sessionId`.")] = ()
    from_timestamp: Annotated[Time | None, Field(description=FROM_TIMESTAMP)] = None
    to_timestamp: Annotated[Time | None, Field(description=TO_TIMESTAMP)] = None

    def check_together(self) -> None:
        """Refuse combinations that cannot mean anything.

        Raises:
            InvalidRequestError: there is one.
        """
        if sum(1 for subject in (self.trace_id, self.session_id, self.experiment_id) if subject) > 1:
            raise _refused("traceId", "traceId, sessionId and experimentId exclude each other")
        if self.observation_id and not self.trace_id:
            raise _refused("observationId", "observationId needs traceId: observation ids belong to a trace")
        if self.value and (len(self.data_type) != 1 or self.data_type[0] not in _EXACT_VALUE_TYPES):
            raise _refused("value", "value needs a single dataType: NUMERIC, BOOLEAN or CATEGORICAL")
        if (self.value_min is not None or self.value_max is not None) and self.data_type != (ScoreDataType.NUMERIC,):
            raise _refused(
                "valueMin" if self.value_min is not None else "valueMax", "valueMin and valueMax need dataType=NUMERIC"
            )

    def _value_terms(self) -> tuple[Expression, ...]:
        if not self.value:
            return ()
        if self.data_type == (ScoreDataType.CATEGORICAL,):
            return any_of("string_value", self.value)
        if self.data_type == (ScoreDataType.BOOLEAN,):
            booleans = [_boolean(text) for text in self.value]
            return (Or(tuple(Comparison(QueryField("boolean_value"), Operator.EQ, value) for value in booleans)),)
        return (Or(tuple(Comparison(QueryField("value"), Operator.EQ, _number(text)) for text in self.value)),)

    def query(self, project_id: str) -> ScoreQuery:
        """Return the query for this page and one score more.

        Raises:
            InvalidRequestError: the parameters contradict each other, or ``value`` its data type.
        """
        self.check_together()
        lists = {
            "id": self.id,
            "name": self.name,
            "source": self.source,
            "data_type": self.data_type,
            "environment": self.environment,
            "config_id": self.config_id,
            "queue_id": self.queue_id,
            "author_user_id": self.author_user_id,
            "trace_id": self.trace_id,
            "session_id": self.session_id,
            "observation_id": self.observation_id,
            "dataset_run_id": self.experiment_id,
        }
        terms: list[Expression] = [comparison for field, values in lists.items() for comparison in any_of(field, values)]
        terms += self._value_terms()
        terms += [Comparison(QueryField("value"), Operator.GE, self.value_min)] if self.value_min is not None else []
        terms += [Comparison(QueryField("value"), Operator.LE, self.value_max)] if self.value_max is not None else []
        return ScoreQuery(
            project_id=project_id,
            where=And(tuple(terms)),
            since=self.from_timestamp,
            until=self.to_timestamp,
            limit=self.limit + 1,
            after=after_score(self.cursor),
        )


def _refused(parameter: str, message: str) -> InvalidRequestError:
    return InvalidRequestError(message, issues=[Issue(message, (parameter,))])


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise _refused("value", f"{text!r} is neither true nor false")
    return text.lower() == "true"


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _refused("value", f"{text!r} is not a finite number")
    return number


@routes.get("/api/public/v3/scores", PROJECT_KEY, response_model=ScoresV3, responses=PUBLIC_ERRORS)
async def list_scores_v3(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[ScoreV3ListParameters, Query()]
) -> Response:
    """List scores of any subject, newest first; the type of `value` follows `dataType`."""
    query = await services.experiments.meant_scores(parameters.query(access.project_id))
    found = await services.events.find_scores(query)
    scores, cursor = cut_page(found, parameters.limit, score_cursor)
    meta: LimitedCursorMeta = {"limit": parameters.limit}
    if cursor is not None:
        meta["cursor"] = cursor
    return await rendered(lambda: {"data": [score_v3(score, parameters.fields) for score in scores], "meta": meta})
