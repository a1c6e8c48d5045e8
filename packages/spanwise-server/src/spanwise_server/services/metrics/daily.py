"""Usage by day and model, as the second generation of the Langfuse SDKs asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from spanwise_server.domain.errors import QueryTimeoutError
from spanwise_server.query.aggregates import (
    TIME,
    AggregateQuery,
    AggregateTable,
    Aggregation,
    Granularity,
    Measurement,
    OrderTerm,
    View,
)
from spanwise_server.query.expressions import Expression, Field
from spanwise_server.services.metrics.query_grammar import MAX_ROWS
from spanwise_server.storage.interface import EventAggregator

_COUNT: Final = Measurement("count", Aggregation.COUNT)
_USAGE: Final = (
    Measurement("input_tokens", Aggregation.SUM),
    Measurement("output_tokens", Aggregation.SUM),
    Measurement("total_tokens", Aggregation.SUM),
    _COUNT,
    Measurement("trace_id", Aggregation.UNIQ),
    Measurement("total_cost", Aggregation.SUM),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyPage:
    """Which days: those of ``[since, until)`` in microseconds, ``limit`` of them after the newest ``offset``."""

    since: int
    until: int
    offset: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsage:
    """What one model used on one day. ``model`` is none for observations without one."""

    model: str | None
    input_usage: int
    output_usage: int
    total_usage: int
    count_observations: int
    count_traces: int
    total_cost: Decimal


@dataclass(slots=True, kw_only=True)
class Day:
    """One UTC day on which a trace or an observation began; ``start`` in microseconds since the epoch."""

    start: int
    count_traces: int = 0
    usage: list[ModelUsage] = field(default_factory=list)

    @property
    def count_observations(self) -> int:
        """Observations that began on this day."""
        return sum(usage.count_observations for usage in self.usage)

    @property
    def total_cost(self) -> Decimal:
        """What they cost, in US dollars."""
        return sum((usage.total_cost for usage in self.usage), Decimal(0))


@dataclass(frozen=True, slots=True)
class Daily:
    """A page of days, newest first, and how many days there are."""

    days: list[Day]
    total: int


async def read_days(
    events: EventAggregator, project_id: str, page: DailyPage, where: Expression, trace_where: Expression
) -> Daily:
    """Return a page of the days on which anything began. ``where`` selects observations, ``trace_where`` traces.

    Everything counts on the day it began: a cost on the day of its observation, not on that of its trace.

    Raises:
        QueryTimeoutError: There are more days, or models on the page, than an answer may have.
    """

    def query(view: View, wanted: tuple[Measurement, ...], condition: Expression, **more: int) -> AggregateQuery:
        span = {"since": page.since, "until": page.until, **more}
        dimensions = (Field("model"),) if len(wanted) > 1 else ()
        return AggregateQuery(
            project_id=project_id, view=view, measurements=wanted, dimensions=dimensions, where=condition, limit=MAX_ROWS,
            granularity=Granularity.DAY, order=(OrderTerm(TIME),), **span,
        )  # fmt: skip

    traces = dict(_whole(await events.aggregate(query(View.TRACES, (_COUNT,), trace_where))).rows)
    observations = dict(_whole(await events.aggregate(query(View.OBSERVATIONS, (_COUNT,), where))).rows)
    starts = sorted({*traces, *observations}, reverse=True)
    days = {start: Day(start=start, count_traces=traces.get(start, 0)) for start in starts[page.offset :][: page.limit]}
    if days:
        since, until = max(page.since, min(days)), min(page.until, Granularity.DAY.after(max(days)))
        table = _whole(await events.aggregate(query(View.OBSERVATIONS, _USAGE, where, since=since, until=until)))
        for start, model, inputs, outputs, total, count, count_traces, cost in table.rows:
            if start in days:  # else it came in since
                days[start].usage.append(
                    ModelUsage(
                        model=model, input_usage=inputs, output_usage=outputs, total_usage=total, count_observations=count,
                        count_traces=count_traces, total_cost=Decimal(cost),
                    )
                )  # fmt: skip
    return Daily(list(days.values()), len(starts))


def _whole(table: AggregateTable) -> AggregateTable:
    if table.is_truncated:
        raise QueryTimeoutError(
            f"the answer has more than {MAX_ROWS} rows",
            hint="ask for a shorter time range with fromTimestamp and toTimestamp, or a smaller page",
        )
    return table
