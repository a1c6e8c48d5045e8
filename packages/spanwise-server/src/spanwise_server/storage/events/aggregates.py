"""Computes aggregate queries: one statement each, with bound values.

Exact where rows are replaced and deleted, because it reads de-duplicated rows and never sums kept beside them. What may be
asked is ``query.views``'s business, what the rows are ``aggregate_rows``'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from spanwise_server.domain.errors import InvalidRequestError, Issue, QueryTimeoutError
from spanwise_server.domain.payloads import decode_value
from spanwise_server.query import views
from spanwise_server.query.aggregates import (
    AggregateQuery,
    AggregateTable,
    Aggregation,
    Granularity,
    Measurement,
    TimeBucket,
    View,
    field_label,
)
from spanwise_server.query.expressions import Field, fields_of
from spanwise_server.query.fields import Kind
from spanwise_server.storage.events.aggregate_rows import is_narrow, reach, rows_of, rows_sql
from spanwise_server.storage.events.compile import Compiler, Parameters, object_text
from spanwise_server.storage.events.engine import Engine
from spanwise_server.storage.events.statements import statement

_BUCKETS: Final = {
    Granularity.MINUTE: "toStartOfMinute(f_time)",
    Granularity.HOUR: "toStartOfHour(f_time, 'UTC')",
    Granularity.DAY: "toStartOfDay(f_time, 'UTC')",
    Granularity.WEEK: "toStartOfWeek(f_time, 1, 'UTC')",
    Granularity.MONTH: "toStartOfMonth(f_time, 'UTC')",
}
_LEVELS: Final = {
    Aggregation.P50: 0.5, Aggregation.P75: 0.75, Aggregation.P90: 0.9, Aggregation.P95: 0.95, Aggregation.P99: 0.99,
}  # fmt: skip
_BY_TYPE: Final = {"cost_by_type": "cost_type", "usage_by_type": "usage_type"}
_WHOLE: Final = frozenset({views.Unit.ONE, views.Unit.TOKENS})
_SCORED: Final = {
    View.TRACES: dict.fromkeys(("scores_avg", "score_categories", "score_booleans"), ("f_id", "trace_id")),
    View.OBSERVATIONS: {
        **dict.fromkeys(
            ("scores_avg", "score_categories", "score_booleans"), ("(f_trace_id, f_id)", "trace_id, observation_id")
        ),
        **dict.fromkeys(("trace_scores_avg", "trace_score_categories", "trace_score_booleans"), ("f_trace_id", "trace_id")),
    },
}
_TOO_MANY_ROWS: Final = 158


class AggregateReader:
    """Implements ``EventAggregator``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def aggregate(self, query: AggregateQuery) -> AggregateTable:
        """See ``EventAggregator.aggregate``."""
        if found := views.faults(query):
            raise InvalidRequestError(found[0], issues=[Issue(fault, ("query",)) for fault in found])
        parameters = Parameters({"project_id": query.project_id, "limit": query.limit + 1})
        sql = _Statement(query, parameters).text(self._engine.most_rows)
        try:
            rows = await self._engine.read(sql, parameters.values)
        except QueryTimeoutError as error:
            if getattr(error.__cause__, "code", None) != _TOO_MANY_ROWS:
                raise
            raise QueryTimeoutError(
                f"the query would read more than {self._engine.most_rows} rows",
                hint="ask for a shorter time range, or raise SPANWISE_METRICS_MOST_ROWS",
            ) from error
        readers = _readers(query)
        shown = tuple(tuple(read(value) for read, value in zip(readers, row, strict=True)) for row in rows[: query.limit])
        return AggregateTable(_columns(query), shown, is_truncated=len(rows) > query.limit)


class _Statement:
    """One query on its way to SQL."""

    def __init__(self, query: AggregateQuery, parameters: Parameters) -> None:
        self._query = query
        self._parameters = parameters
        self._spec = views.VIEWS[query.view]
        self._filtered = fields_of(query.where)
        used = {*self._filtered, *(dimension.name for dimension in query.dimensions)}
        self._narrow = is_narrow(query.view, used)
        self._rows = rows_of(query.view, narrow=self._narrow)
        self._inner: dict[str, str] = {}
        self._exploded: dict[str, str] = {}

    def text(self, most_rows: int) -> str:
        """Return the statement; everything it binds is in the parameters."""
        query = self._query
        extent = reach(query.since, query.until)
        self._parameters.values.update(
            since=query.since, until=query.until, rows_since=query.since - extent, rows_until=query.until + extent
        )
        keys = [self._bucket()] if query.granularity else []
        keys += [self._dimension(index, dimension) for index, dimension in enumerate(query.dimensions)]
        values = [self._value(measurement) for measurement in query.measurements]
        filters = self._filters()
        columns = [f"{sql} AS c{number}" for number, sql in enumerate([*keys, *values])]
        return statement(
            "aggregate",
            columns=", ".join(columns),
            exploded="".join(f", {sql} AS {name}" for name, sql in self._exploded.items()),
            rows=rows_sql(query.view, self._inner, narrow=self._narrow),
            filters=filters,
            groups=f"GROUP BY {', '.join(f'c{number}' for number in range(len(keys)))}" if keys else "",
            order=self._order(len(keys)),
            most_rows=str(most_rows),
        )

    def _bucket(self) -> str:
        self._inner["f_time"] = self._rows.time
        return f"toUnixTimestamp64Micro(toDateTime64({_BUCKETS[self._query.granularity or Granularity.DAY]}, 6, 'UTC'))"

    def _field(self, name: str) -> str:
        self._inner[f"f_{name}"] = self._rows.fields.get(name, name)
        return f"f_{name}"

    def _dimension(self, index: int, dimension: Field) -> str:
        if dimension.key is not None:
            name = f"g_{index}"
            self._inner[name] = object_text(
                self._rows.fields.get(dimension.name, dimension.name), dimension.key, self._parameters
            )
            return name
        if dimension.name in views.EXPLODED:
            self._exploded[f"x_{dimension.name}"] = f"arrayJoin({self._field(dimension.name)})"
            return f"x_{dimension.name}{'.1' if dimension.name in _BY_TYPE.values() else ''}"
        return self._field(dimension.name)

    def _value(self, measurement: Measurement) -> str:
        measure, unit = measurement.measure, self._spec.measures[measurement.measure]
        if measure == "count":
            value = "1"
        elif (by := _BY_TYPE.get(measure)) and Field(by) in self._query.dimensions:
            value = f"x_{by}.2"
        else:
            value = f"m_{measure}"
            self._inner[value] = self._rows.measures[measure]
        number = f"toFloat64({value})"
        match measurement.aggregation:
            case Aggregation.COUNT:
                return f"count({value})"
            case Aggregation.UNIQ:
                return f"uniqExact({value})"
            case Aggregation.SUM:
                # Counts of tokens may be as large as 64 bits; their sum must not wrap around.
                is_whole = unit in _WHOLE and measure != "value"
                return f"ifNull(sum({f'toInt128({value})' if is_whole else value}), 0)"
            case Aggregation.AVG:
                return f"avg({number})"
            case Aggregation.MIN | Aggregation.MAX as which:
                return f"{which}({value})"
            case Aggregation.HISTOGRAM:
                return f"histogram({int(self._query.bins)})({number})"
            case percentile:
                return f"quantileExactInclusive({_LEVELS[percentile]})({number})"

    def _filters(self) -> str:
        scored = _SCORED.get(self._query.view, {})
        for name in self._filtered:
            if name not in scored and name in self._spec.fields:
                self._field(name)
        for key in {scored[name][0] for name in self._filtered if name in scored}:
            for name in key.strip("()").split(", "):
                self._field(name.removeprefix("f_"))
        columns = {name: f"f_{name}" for name in self._spec.fields}
        return Compiler(self._spec.fields, columns, scored=scored).compile(self._query.where, self._parameters)

    def _order(self, keys: int) -> str:
        query = self._query
        time = 1 if query.granularity else 0
        terms = []
        for term in query.order:
            match term.by:
                case TimeBucket():
                    number = 0
                case Field():
                    number = time + query.dimensions.index(term.by)
                case measurement:
                    number = keys + query.measurements.index(measurement)
            terms.append(f"c{number} {'DESC' if term.descending else 'ASC'}")
        if not query.order:
            first = query.measurements[0]
            terms = ["c0 ASC"] * time
            terms += [f"c{keys} DESC"] if query.dimensions and first.aggregation is not Aggregation.HISTOGRAM else []
        return ", ".join([*terms, *(f"c{number} ASC" for number in range(keys))]) or "1"


def _columns(query: AggregateQuery) -> tuple[str, ...]:
    return (
        *([TimeBucket.label] if query.granularity else []),
        *map(field_label, query.dimensions),
        *(measurement.label for measurement in query.measurements),
    )


_Reader = Callable[[Any], Any]


def _readers(query: AggregateQuery) -> Sequence[_Reader]:
    """Return, for each column, what turns the engine's value into the table's."""
    kinds = views.VIEWS[query.view].dimensions
    time: list[_Reader] = [int] if query.granularity else []
    return [
        *time,
        *(_DIMENSIONS.get(kinds[dimension.name], _read_string) for dimension in query.dimensions),
        *(_read_histogram if one.aggregation is Aggregation.HISTOGRAM else _read_number for one in query.measurements),
    ]


def _read_string(value: Any) -> str | None:
    return value or None


def _read_object(value: str) -> Any:
    return decode_value(value) if value else None


def _read_number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _read_histogram(value: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(bin_) for bin_ in value or ())


_DIMENSIONS: Final[Mapping[Kind, _Reader]] = {
    Kind.STRING_ARRAY: tuple,
    Kind.STRING_OBJECT: _read_object,
    Kind.NUMBER: _read_number,
    Kind.BOOLEAN: lambda value: None if value is None else bool(value),
}
