"""Which fields an expression looks at, however deep."""

from __future__ import annotations

import pytest

from spanwise_server.query.expressions import EVERYTHING, And, Comparison, Expression, Field, Not, Operator, Or, fields_of

NAME = Comparison(Field("name"), Operator.EQ, "x")
TIER = Comparison(Field("metadata", "tier"), Operator.EQ, "pro")


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        (EVERYTHING, set[str]()),
        (Or(), set[str]()),
        (NAME, {"name"}),
        (TIER, {"metadata"}),
        (And((NAME, Not(Or((TIER, NAME))))), {"name", "metadata"}),
    ],
)
def test_fields_of(expression: Expression, fields: set[str]) -> None:
    assert fields_of(expression) == fields
