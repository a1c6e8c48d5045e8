"""Queries on the wire become the one query; what ``auto`` means; where a fault is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.aggregates import TIME, Aggregation, Granularity, Measurement, OrderTerm, View
from spanwise_server.query.expressions import And, Comparison, Field, Operator
from spanwise_server.services.metrics.query_grammar import LANGFUSE_V1, LANGFUSE_V2, MAX_ROWS, Dialect, parse_query

PLAIN: dict[str, Any] = {
    "view": "observations",
    "metrics": [{"measure": "totalCost", "aggregation": "sum"}],
    "fromTimestamp": "2026-01-01T00:00:00Z",
    "toTimestamp": "2026-01-02T01:00:00+01:00",
}
COST = Measurement("total_cost", Aggregation.SUM)


def parse(dialect: Dialect = LANGFUSE_V1, **changes: Any) -> Any:
    return parse_query(json.dumps({**PLAIN, **changes}), "p", dialect)


def test_every_key_arrives() -> None:
    asked = parse(
        dimensions=[{"field": "providedModelName"}, {"field": "metadata.a.b"}],
        filters=[{"column": "environment", "type": "string", "operator": "=", "value": "x"}],
        timeDimension={"granularity": "week"},
        orderBy=[{"field": "time_dimension", "direction": "asc"}, {"field": "sum_totalCost", "direction": "desc"}],
        config={"row_limit": 7, "bins": 3},
    )
    query = asked.query
    assert (query.project_id, query.view, query.measurements) == ("p", View.OBSERVATIONS, (COST,))
    assert query.dimensions == (Field("model"), Field("metadata", "a.b"))
    assert query.where == And((Comparison(Field("environment"), Operator.EQ, "x"),))
    assert (query.granularity, query.limit, query.bins) == (Granularity.WEEK, 7, 3)
    assert query.order == (OrderTerm(TIME, descending=False), OrderTerm(COST))
    assert query.until - query.since == 86_400_000_000
    assert asked.labels == ("time_dimension", "providedModelName", "metadata.a.b", "sum_totalCost")


def test_each_version_has_its_limit() -> None:
    one, two = parse(), parse(LANGFUSE_V2)
    assert (one.query.limit, one.has_limit) == (MAX_ROWS, False)
    assert (two.query.limit, two.has_limit) == (100, True)


@pytest.mark.parametrize(
    ("until", "granularity"),
    [
        ("2026-01-01T01:59:59Z", "minute"),
        ("2026-01-01T02:00:00Z", "hour"),
        ("2026-01-03T23:59:00Z", "hour"),
        ("2026-01-04T00:00:00Z", "day"),
        ("2026-03-01T00:00:00Z", "day"),
        ("2026-03-02T00:00:00Z", "week"),
        ("2026-12-31T00:00:00Z", "week"),
        ("2027-01-01T00:00:00Z", "month"),
    ],
)
def test_auto_follows_the_range(until: str, granularity: str) -> None:
    assert parse(toTimestamp=until, timeDimension={"granularity": "auto"}).query.granularity == granularity


def test_a_fault_says_where() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse(metrics=[{"measure": "totalCost", "aggregation": 5}])
    assert [issue.path for issue in caught.value.issues] == [("query", "metrics", 0, "aggregation")]
