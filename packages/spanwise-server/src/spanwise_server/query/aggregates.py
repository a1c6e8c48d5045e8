"""The aggregate query: what to add up, over which rows, grouped by what. No SQL, no wire format.

The one shape behind every number that is not a list: the metrics API, daily metrics, dashboards, alerts and reports. Which
fields and measures a view has stands in ``query.views``; ``storage.events`` computes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from spanwise_server.query.expressions import EVERYTHING, Expression, Field

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class View(StrEnum):
    """The rows that are added up."""

    TRACES = "traces"
    OBSERVATIONS = "observations"
    SCORES_NUMERIC = "scores-numeric"
    """Numbers, and booleans as 0 and 1."""
    SCORES_CATEGORICAL = "scores-categorical"
    SCORES_BOOLEAN = "scores-boolean"


class Aggregation(StrEnum):
    """How the values of a measure become one. Missing values take no part.

    Percentiles are exact, with linear interpolation between neighbours. ``uniq`` counts distinct values exactly; the empty
    string is none. ``histogram`` is ``[lower, upper, height]`` by adaptive bins, the one aggregation that is approximate.
    """

    SUM = "sum"
    AVG = "avg"
    COUNT = "count"
    MIN = "min"
    MAX = "max"
    P50 = "p50"
    P75 = "p75"
    P90 = "p90"
    P95 = "p95"
    P99 = "p99"
    HISTOGRAM = "histogram"
    UNIQ = "uniq"


class Granularity(StrEnum):
    """The width of a time bucket. Buckets begin at whole UTC minutes, hours, days, Mondays and months."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def floor(self, time: int) -> int:
        """Return the start of the bucket that ``time`` is in, both in microseconds since the epoch."""
        if self is Granularity.MONTH:
            moment = _EPOCH + timedelta(microseconds=time)
            return (moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - _EPOCH) // _MICROSECOND
        width, shift = _WIDTHS[self]
        return (time + shift) // width * width - shift

    def after(self, start: int) -> int:
        """Return the start of the bucket after the one that begins at ``start``."""
        width, _ = _WIDTHS.get(self, (32 * _DAY, 0))
        return self.floor(start + width)

    def buckets(self, since: int, until: int) -> int:
        """Return about how many buckets touch ``[since, until)``: exact but for months, which are taken as 28 days."""
        width, _ = _WIDTHS.get(self, (28 * _DAY, 0))
        return max(0, -(-(until - self.floor(since)) // width))


_MINUTE: Final = 60_000_000
_DAY: Final = 1440 * _MINUTE
_WIDTHS: Final = {
    Granularity.MINUTE: (_MINUTE, 0),
    Granularity.HOUR: (60 * _MINUTE, 0),
    Granularity.DAY: (_DAY, 0),
    # The epoch was a Thursday.
    Granularity.WEEK: (7 * _DAY, 3 * _DAY),
}
"""Width and shift of buckets of one length, in microseconds."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measure of the view and how it is aggregated."""

    measure: str
    aggregation: Aggregation

    @property
    def label(self) -> str:
        """The name of its column: ``sum_total_cost``."""
        return f"{self.aggregation}_{self.measure}"


class TimeBucket:
    """Stands for the time bucket in an order."""

    label: Final = "time"


TIME: Final = TimeBucket()


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """Sort by a column of the result: a dimension, a measurement, or the time bucket."""

    by: Field | Measurement | TimeBucket
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateQuery:
    """One table of numbers about one project.

    ``since`` is inclusive, ``until`` exclusive, both on the time of the view's rows: start of an observation, timestamp of a
    trace or a score. A dimension with a ``key`` is a key inside an object field. Without an order, rows come by time, then by
    the first measurement, greatest first. Rows that compare equal come by their dimensions.
    """

    project_id: str
    view: View
    measurements: tuple[Measurement, ...]
    since: int
    until: int
    limit: int
    dimensions: tuple[Field, ...] = ()
    where: Expression = EVERYTHING
    granularity: Granularity | None = None
    order: tuple[OrderTerm, ...] = ()
    bins: int = 10
    """Most bins of a histogram."""


@dataclass(frozen=True, slots=True)
class AggregateTable:
    """The answer: ``columns`` are the time bucket if there is one, the dimensions, then the measurements, in query order.

    A time bucket is its start in microseconds since the epoch. Strings are ``None`` when empty, a ``STRING_ARRAY`` is a tuple,
    a count an ``int``, money a ``Decimal``, an aggregate over no values ``None`` except counts and sums, which are 0.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]  # what a column holds depends on the query
    is_truncated: bool
    """More rows than the limit exist."""


def field_label(field: Field) -> str:
    """Return the name of a dimension's column: ``model``, ``metadata.task_type``."""
    return field.name if field.key is None else f"{field.name}.{field.key}"
