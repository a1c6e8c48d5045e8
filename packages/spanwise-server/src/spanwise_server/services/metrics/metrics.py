"""Metrics: aggregates over telemetry and scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spanwise_server.domain.errors import QueryTimeoutError
from spanwise_server.query.aggregates import AggregateQuery, AggregateTable, Aggregation
from spanwise_server.query.expressions import Expression
from spanwise_server.services.metrics.daily import Daily, DailyPage, read_days
from spanwise_server.services.metrics.query_grammar import MAX_ROWS, MetricsQuery
from spanwise_server.storage.interface import EventAggregator


class Metrics:
    """Answers metrics queries from the event store."""

    def __init__(self, events: EventAggregator) -> None:
        self._events = events

    async def answer(self, asked: MetricsQuery) -> AggregateTable:
        """Return the table, its columns named as the client names them, missing time buckets filled.

        Raises:
            InvalidRequestError: It asks for what there is not, or breaks a bound.
            QueryTimeoutError: It is too heavy; the message says in what, the hint what to narrow.
        """
        query = asked.query
        table = await self._events.aggregate(query)
        if table.is_truncated and not asked.has_limit:
            raise QueryTimeoutError(
                f"the answer has more than {MAX_ROWS} rows",
                hint="ask for a shorter time range, a coarser granularity or fewer dimensions, or set config.row_limit",
            )
        rows = table.rows
        if query.granularity is not None and not query.order:
            rows = tuple(_filled(query, table))
        return AggregateTable(asked.labels, rows[: query.limit], table.is_truncated or len(rows) > query.limit)

    async def daily(self, project_id: str, page: DailyPage, where: Expression, trace_where: Expression) -> Daily:
        """Return one page of days; see ``daily.read_days``."""
        return await read_days(self._events, project_id, page, where, trace_where)


def _filled(query: AggregateQuery, table: AggregateTable) -> Iterator[tuple[Any, ...]]:
    """Yield the rows, and one of zeros for each bucket that has none. The rows come by time."""
    granularity = query.granularity
    if granularity is None:
        return
    zeros = tuple(() if one.aggregation is Aggregation.HISTOGRAM else 0 for one in query.measurements)
    blank = (*(None for _ in query.dimensions), *zeros)
    expected = granularity.floor(query.since)
    for row in table.rows:
        while expected < row[0]:
            yield (expected, *blank)
            expected = granularity.after(expected)
        yield row
        expected = granularity.after(row[0])
    while expected < query.until and not table.is_truncated:
        yield (expected, *blank)
        expected = granularity.after(expected)
