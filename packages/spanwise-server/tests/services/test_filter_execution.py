"""Every column of the filter grammar with every operator it takes runs on the real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.expressions import Expression
from spanwise_server.query.fields import Kind
from spanwise_server.query.queries import ObservationQuery, ScoreQuery, TraceQuery
from spanwise_server.services.container import Services
from spanwise_server.services.datasets.experiments import Selection
from spanwise_server.services.filter_columns import COLUMNS, FilterTarget
from spanwise_server.services.filter_grammar import parse_filter
from spanwise_server.services.prompts.summaries import PromptQuery

TEXT_OPERATORS = ("=", "contains", "does not contain", "starts with", "ends with", "is not empty")
NUMBER_OPERATORS = ("=", ">", "<", ">=", "<=")
AWKWARD = "O'Hara {x:String} 🦊 \\ % _ \0"

CONDITIONS: dict[Kind, list[tuple[str, tuple[str, ...], Any]]] = {
    Kind.STRING: [("string", TEXT_OPERATORS, AWKWARD), ("stringOptions", ("any of", "none of"), [AWKWARD, ""])],
    Kind.NUMBER: [("number", NUMBER_OPERATORS, 1.5), ("number", NUMBER_OPERATORS, -(2**70))],
    Kind.DATETIME: [
        ("datetime", (">", "<", ">=", "<="), "2026-01-31T12:00:00Z"),
        ("datetime", (">", "<"), "9999-12-31T00:00:00Z"),
    ],
    Kind.BOOLEAN: [("boolean", ("=", "<>"), True)],
    Kind.STRING_ARRAY: [("arrayOptions", ("any of", "none of", "all of"), [AWKWARD]), ("stringOptions", ("any of",), [])],
    Kind.STRING_OBJECT: [
        ("stringObject", (*TEXT_OPERATORS[:-1], "matches", "is set", "is not set"), AWKWARD),
        ("numberObject", NUMBER_OPERATORS, 3),
        ("booleanObject", ("=", "<>"), False),
        ("categoryOptions", ("any of", "none of"), ["a", AWKWARD]),
    ],
    Kind.NUMBER_OBJECT: [("numberObject", NUMBER_OPERATORS, 0.5)],
    Kind.CATEGORY_OBJECT: [
        ("categoryOptions", ("any of", "none of"), ["good"]),
        ("stringOptions", ("any of", "none of"), ["a:b", "c"]),
    ],
    Kind.BOOLEAN_OBJECT: [("booleanObject", ("=", "<>"), True)],
}
WITHOUT_NULL = frozenset({Kind.STRING_OBJECT, Kind.NUMBER_OBJECT, Kind.CATEGORY_OBJECT, Kind.BOOLEAN_OBJECT})


def conditions_on(target: FilterTarget, column: str) -> Iterator[dict[str, Any]]:
    """Yield one condition for each type and operator that the column takes."""
    kind = COLUMNS[target][column].kind
    for type_name, operators, value in CONDITIONS[kind]:
        for operator in operators:
            if operator == "matches" and column == "Config":
                continue  # a search, which is for what a model read and wrote
            yield {"type": type_name, "column": column, "operator": operator, "value": value, "key": "a.b"}
    if kind not in WITHOUT_NULL:
        for operator in ("is null", "is not null"):
            yield {"type": "null", "column": column, "operator": operator}
    if column in ("input", "output"):
        yield {"type": "string", "column": column, "operator": "matches", "value": "two words"}


async def count(services: Services, target: FilterTarget, where: Expression) -> int:
    """Run the expression on the store, over a project of no telemetry."""
    match target:
        case "traces":
            await services.events.find_traces(TraceQuery(project_id="no-such-project", where=where))
            return await services.events.count_traces(TraceQuery(project_id="no-such-project", where=where))
        case "observations":
            await services.events.find_observations(ObservationQuery(project_id="no-such-project", where=where))
            return await services.events.count_observations(ObservationQuery(project_id="no-such-project", where=where))
        case "prompts":
            return (await services.prompts.find(PromptQuery(project_id="no-such-project", where=where, limit=1))).total
        case "experiments":
            selection = Selection(project_id="no-such-project", where=where)
            return len(await services.experiments.page(selection, limit=1, after=None))
        case "experiment_items":
            selection = Selection(project_id="no-such-project", where=where)
            return len(await services.experiment_items.page(selection, limit=1, after=None, with_payloads=False))
        case "scores":
            await services.events.find_scores(ScoreQuery(project_id="no-such-project", where=where))
            return await services.events.count_scores(ScoreQuery(project_id="no-such-project", where=where))


ONE_NAME_A_FIELD: list[tuple[FilterTarget, str]] = [
    (target, column)
    for target, columns in COLUMNS.items()
    for column in {spec.name: name for name, spec in columns.items()}.values()
]


@pytest.mark.parametrize(("target", "column"), ONE_NAME_A_FIELD)
async def test_every_operator_of_every_column_runs(services: Services, target: FilterTarget, column: str) -> None:
    failures = []
    for condition in conditions_on(target, column):
        try:
            assert await count(services, target, parse_filter(json.dumps([condition]), target)) == 0
        except InvalidRequestError as error:
            failures.append((condition["type"], condition["operator"], error.message))
    assert failures == []
