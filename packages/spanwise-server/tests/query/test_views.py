"""A query that asks for what there is not, or for too much, is told so in words; the tables name only fields there are."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from spanwise_server.query.aggregates import AggregateQuery, Aggregation, Granularity, Measurement, OrderTerm, View
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Not, Operator
from spanwise_server.query.views import VIEWS, faults
from spanwise_server.services.metrics.names import WIRE_DIMENSIONS, WIRE_MEASURES

COUNT = Measurement("count", Aggregation.COUNT)
PLAIN = AggregateQuery(project_id="p", view=View.OBSERVATIONS, measurements=(COUNT,), since=0, until=3_600_000_000, limit=10)


def deep(levels: int) -> Expression:
    term: Expression = Comparison(Field("name"), Operator.EQ, "x")
    for _ in range(levels):
        term = Not(term)
    return term


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until": 0}, "before its end"),
        ({"until": 10**17, "granularity": Granularity.MINUTE}, "coarser granularity"),
        ({"measurements": ()}, "at least one metric"),
        ({"measurements": (COUNT,) * 21}, "at most 20 metrics"),
        ({"dimensions": (Field("name"),) * 11}, "at most 10 dimensions"),
        ({"dimensions": (Field("nothing"),)}, "no dimension 'nothing'; it has id"),
        ({"dimensions": (Field("metadata"),)}, "needs key"),
        ({"dimensions": (Field("name", "k"),)}, "takes no key"),
        ({"measurements": (Measurement("nothing", Aggregation.SUM),)}, "no measure 'nothing'; it has count"),
        ({"measurements": (Measurement("trace_id", Aggregation.P95),)}, "only count and uniq"),
        ({"order": (OrderTerm(Field("model")),)}, "cannot order by 'model'"),
        ({"where": deep(100_000)}, "nested deeper"),
        ({"where": And((deep(1),) * 501)}, "more than 500 conditions"),
    ],
)
def test_faults_are_told(changes: dict[str, Any], words: str) -> None:
    found = faults(dataclasses.replace(PLAIN, **changes))
    assert any(words in fault for fault in found), found


def test_a_good_query_has_no_faults() -> None:
    dimensions = (Field("model"), Field("metadata", "task"))
    order = (OrderTerm(COUNT), OrderTerm(Field("model")))
    good = dataclasses.replace(PLAIN, dimensions=dimensions, order=order, where=deep(40), granularity=Granularity.MINUTE)
    assert faults(good) == []


@pytest.mark.parametrize("view", View)
def test_wire_names_stand_for_what_there_is(view: View) -> None:
    """A name that a client may use never leads nowhere, and none of ours is out of its reach but by intention."""
    spec = VIEWS[view]
    assert set(WIRE_DIMENSIONS[view].values()) <= set(spec.dimensions)
    assert set(spec.dimensions) - set(WIRE_DIMENSIONS[view].values()) <= {"source", "model_id"}
    assert set(WIRE_MEASURES[view].values()) == set(spec.measures)
