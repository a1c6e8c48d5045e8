"""Gaps are filled, bounds are kept, and the daily days are whole."""

from __future__ import annotations

from typing import Any

import pytest

from spanwise_server.domain.errors import QueryTimeoutError
from spanwise_server.query.aggregates import AggregateQuery, Aggregation, Granularity, Measurement, View
from spanwise_server.query.expressions import Field
from spanwise_server.services.container import Services
from spanwise_server.services.metrics.query_grammar import MetricsQuery
from tests.accounts import ProjectWithKeys
from tests.event_rows import SECOND, START, observation, write

HOUR = 3600 * SECOND
COUNT = Measurement("count", Aggregation.COUNT)


def asked(project_id: str, *, has_limit: bool = True, **fields: Any) -> MetricsQuery:
    query = AggregateQuery(
        **{
            "project_id": project_id, "view": View.OBSERVATIONS, "measurements": (COUNT,), "since": START, "until": START + 5 * HOUR,
            "limit": 100, **fields,
        }
    )  # fmt: skip
    return MetricsQuery(query, ("a", "b", "c")[: 1 + len(query.dimensions) + (query.granularity is not None)], has_limit)


async def test_every_bucket_of_the_range_has_a_row(services: Services, project: ProjectWithKeys) -> None:
    """Also before the first and after the last row, and for each group only where it has something."""
    rows = [
        observation(project.id, name, trace_id=name, at=3600 * hour, name=name) for name, hour in (("x", 1), ("y", 1), ("z", 3))
    ]
    await write(services, rows)
    table = await services.metrics.answer(asked(project.id, granularity=Granularity.HOUR))
    first = Granularity.HOUR.floor(START)
    assert table.rows == tuple((first + hour * HOUR, {1: 2, 3: 1}.get(hour, 0)) for hour in range(6))
    table = await services.metrics.answer(asked(project.id, granularity=Granularity.HOUR, dimensions=(Field("name"),)))
    assert [row[1:] for row in table.rows] == [(None, 0), ("x", 1), ("y", 1), (None, 0), ("z", 1), (None, 0), (None, 0)]
    table = await services.metrics.answer(asked(project.id, granularity=Granularity.HOUR, limit=3))
    assert (len(table.rows), table.is_truncated) == (3, True)


async def test_an_answer_that_must_be_whole_is_never_cut(services: Services, project: ProjectWithKeys) -> None:
    """Without a limit of the client's, too many rows are an error that says what to narrow."""
    await write(services, [observation(project.id, name, trace_id=name, name=name) for name in "xyz"])
    by_name: dict[str, Any] = {"dimensions": (Field("name"),), "limit": 2}
    assert (await services.metrics.answer(asked(project.id, **by_name))).is_truncated
    with pytest.raises(QueryTimeoutError, match="more than") as caught:
        await services.metrics.answer(asked(project.id, has_limit=False, **by_name))
    assert "fewer dimensions" in (caught.value.hint or "")
