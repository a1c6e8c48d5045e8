"""Filters over text at hand mean what they mean over rows."""

from __future__ import annotations

import uuid

import pytest

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.evaluation import holds
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Not, Operator, Or
from spanwise_server.query.queries import ExperimentItemQuery
from spanwise_server.services.container import Services
from tests.event_rows import observation, write

VALUES = ["", "alpha", "Alpha beta", "beta"]
NAME = Field("item_id")
EXPRESSIONS: list[Expression] = [
    *(Comparison(NAME, operator, "alpha") for operator in (Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT)),
    Comparison(NAME, Operator.GE, "alpha"),
    Comparison(NAME, Operator.CONTAINS, "pha"),
    Comparison(NAME, Operator.NOT_CONTAINS, "pha"),
    Comparison(NAME, Operator.STARTS_WITH, "Al"),
    Comparison(NAME, Operator.ENDS_WITH, "eta"),
    Comparison(NAME, Operator.CONTAINS_ANY_CASE, "ALPHA"),
    Comparison(NAME, Operator.MATCHES, "beta alpha"),
    Comparison(NAME, Operator.IS_SET),
    Comparison(NAME, Operator.IS_NOT_SET),
    Comparison(NAME, Operator.ANY_OF, ("alpha", "beta")),
    Comparison(NAME, Operator.NONE_OF, ("alpha", "beta")),
    And(()),
    Or(()),
    Not(Or((Comparison(NAME, Operator.EQ, "alpha"), Comparison(NAME, Operator.EQ, "beta")))),
]


async def test_every_operator_means_the_same_in_both_stores(services: Services) -> None:
    project_id = f"project-{uuid.uuid4()}"
    rows = [
        observation(
            project_id, f"row-{n}", at=n, experiment={"id": "e", "item.id": value, "item.root_observation_id": f"row-{n}"}
        )
        for n, value in enumerate(VALUES)
    ]
    await write(services, rows)

    for expression in EXPRESSIONS:
        found = await services.events.find_experiment_items(ExperimentItemQuery(project_id=project_id, where=expression))
        selected = sorted(row.experiment["item.id"] for row in found)
        assert selected == sorted(value for value in VALUES if holds(expression, {"item_id": value})), expression


def test_a_missing_field_is_empty() -> None:
    assert holds(Comparison(NAME, Operator.IS_NOT_SET), {})


def test_text_is_no_list() -> None:
    with pytest.raises(InvalidRequestError, match="does not take the operator"):
        holds(Comparison(NAME, Operator.ALL_OF, ("a",)), {"item_id": "a"})
