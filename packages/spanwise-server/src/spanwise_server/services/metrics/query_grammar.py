"""Metrics queries as clients write them, a JSON object, to ``AggregateQuery``.

Two dialects of one grammar: the Langfuse API's, in camelCase with its own names of dimensions, and ours, in snake_case with
the names of ``query.views``. Knows no SQL and answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec

from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.query import views
from spanwise_server.query.aggregates import TIME, AggregateQuery, Aggregation, Granularity, Measurement, OrderTerm, View
from spanwise_server.query.expressions import Expression, Field
from spanwise_server.query.fields import FieldSpec
from spanwise_server.services.filter_grammar import parse_conditions
from spanwise_server.services.metrics.names import HIGH_CARDINALITY, WIRE_COLUMNS, WIRE_DIMENSIONS, WIRE_MEASURES

MAX_ROWS: Final = 20_000
"""Of an answer whose query sets no limit."""
_ROW_LIMIT_V2: Final = 100
_INVALID: Final = "Invalid request data"
_TIME_NAME: Final = "time_dimension"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(2299, 12, 30, tzinfo=UTC)
"""A day from what the store can compare with; nothing it holds lies beyond."""
_HOURS: Final = ((2, Granularity.MINUTE), (72, Granularity.HOUR), (60 * 24, Granularity.DAY), (365 * 24, Granularity.WEEK))
"""``auto``: the first granularity whose range in hours is longer."""
_AT: Final = re.compile(r" - at `\$\.?([^`]*)`$")


class _Metric(msgspec.Struct):
    measure: str
    aggregation: str


class _Dimension(msgspec.Struct):
    field: str
    key: str | None = None


class _TimeDimension(msgspec.Struct):
    granularity: Literal["auto", "minute", "hour", "day", "week", "month"]


class _Order(msgspec.Struct):
    field: str
    direction: Literal["asc", "desc"]


class _Config(msgspec.Struct):
    row_limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    bins: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None


class _Body(msgspec.Struct):
    view: str
    metrics: Annotated[list[_Metric], msgspec.Meta(min_length=1)]
    from_timestamp: str
    to_timestamp: str
    dimensions: list[_Dimension] | None = None
    filters: list[Any] | None = None  # conditions, read by the filter grammar
    time_dimension: _TimeDimension | None = None
    order_by: list[_Order] | None = None
    config: _Config | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one API writes queries. A table of names by view is none when the names are those of ``query.views``."""

    renames: Mapping[str, str]
    views: tuple[View, ...]
    has_wire_names: bool
    default_limit: int
    guards_cardinality: bool = False

    def dimensions(self, view: View) -> Mapping[str, str]:
        """Return the names of dimensions."""
        return WIRE_DIMENSIONS[view] if self.has_wire_names else {name: name for name in views.VIEWS[view].dimensions}

    def measures(self, view: View) -> Mapping[str, str]:
        """Return the names of measures."""
        return WIRE_MEASURES[view] if self.has_wire_names else {name: name for name in views.VIEWS[view].measures}

    def columns(self, view: View) -> Mapping[str, FieldSpec]:
        """Return what the names in filters mean."""
        return WIRE_COLUMNS[view] if self.has_wire_names else views.VIEWS[view].fields


_CAMEL: Final = {
    "fromTimestamp": "from_timestamp",
    "toTimestamp": "to_timestamp",
    "timeDimension": "time_dimension",
    "orderBy": "order_by",
}
LANGFUSE_V1: Final = Dialect(_CAMEL, tuple(View), has_wire_names=True, default_limit=MAX_ROWS)
LANGFUSE_V2: Final = Dialect(
    _CAMEL,
    tuple(view for view in View if view is not View.TRACES),
    has_wire_names=True,
    default_limit=_ROW_LIMIT_V2,
    guards_cardinality=True,
)
NATIVE: Final = Dialect({}, tuple(View), has_wire_names=False, default_limit=1000)


@dataclass(frozen=True, slots=True)
class MetricsQuery:
    """A query, and what the client calls the columns of its answer."""

    query: AggregateQuery
    labels: tuple[str, ...]
    has_limit: bool
    """The client, or the API's own rule, said how many rows; else all are wanted."""


def parse_query(text: str | bytes, project_id: str, dialect: Dialect) -> MetricsQuery:
    """Return the query that JSON ``text`` stands for.

    Raises:
        InvalidRequestError: Not such an object, or it asks for what there is not; ``issues`` say where.
    """
    return _Parser(_decode(text, dialect), dialect).parse(project_id)


def _decode(text: str | bytes, dialect: Dialect) -> _Body:
    try:
        body = msgspec.json.decode(text)
        if not isinstance(body, dict):
            raise _invalid("must be a JSON object")
        return msgspec.convert({dialect.renames.get(key, key): value for key, value in body.items()}, _Body)
    except msgspec.ValidationError as error:
        found = _AT.search(str(error))
        path = re.split(r"[.\[\]]+", found.group(1).strip(".]")) if found else []
        wire = {name: given for given, name in dialect.renames.items()}
        steps = [int(step) if step.isdigit() else wire.get(step, step) for step in path if step]
        message = _AT.sub("", str(error))
        for name, given in wire.items():
            message = message.replace(f"`{name}`", f"`{given}`")
        raise _invalid(message, *steps) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _invalid(f"must be a JSON object: {error}") from error


class _Parser:
    """One query on its way from the wire."""

    def __init__(self, body: _Body, dialect: Dialect) -> None:
        self._body = body
        self._dialect = dialect
        self._view = self._choose("view", body.view, {str(view): view for view in dialect.views}, "view")
        self._columns: dict[str, Field | Measurement] = {}

    def parse(self, project_id: str) -> MetricsQuery:
        body = self._body
        config = body.config or _Config()
        first, last = self._name("from_timestamp"), self._name("to_timestamp")
        since, until = self._time(first, body.from_timestamp), self._time(last, body.to_timestamp)
        if since >= until:
            raise _invalid(f"{first} must be before {last}", first)
        self._check_counts()
        dimensions = tuple(self._dimension(index, one) for index, one in enumerate(body.dimensions or ()))
        measurements = tuple(self._measurement(index, one) for index, one in enumerate(body.metrics))
        query = AggregateQuery(
            project_id=project_id,
            view=self._view,
            measurements=measurements,
            dimensions=dimensions,
            where=self._filters(),
            since=since,
            until=until,
            granularity=self._granularity(since, until),
            order=tuple(self._order(index, one) for index, one in enumerate(body.order_by or ())),
            limit=config.row_limit or self._dialect.default_limit,
            bins=config.bins or 10,
        )
        self._check(query, config)
        has_limit = config.row_limit is not None or self._dialect.default_limit < MAX_ROWS
        return MetricsQuery(query, (*([_TIME_NAME] if query.granularity else []), *self._columns), has_limit)

    def _check_counts(self) -> None:
        for name, given, most in (
            ("dimensions", self._body.dimensions or (), views.MAX_DIMENSIONS),
            ("metrics", self._body.metrics, views.MAX_MEASUREMENTS),
            (self._name("order_by"), self._body.order_by or (), views.MAX_DIMENSIONS + views.MAX_MEASUREMENTS),
        ):
            if len(given) > most:
                raise _invalid(f"must have at most {most} items, got {len(given)}", name)

    def _check(self, query: AggregateQuery, config: _Config) -> None:
        faults = views.faults(query)
        if faults:
            raise InvalidRequestError(_INVALID, issues=[Issue(fault, ("query",)) for fault in faults])
        high = [name for name, field in self._columns.items() if isinstance(field, Field) and field.name in HIGH_CARDINALITY]
        is_top = config.row_limit is not None and query.order and isinstance(query.order[0].by, Measurement)
        if self._dialect.guards_cardinality and high and (not is_top or query.granularity is not None):
            raise InvalidRequestError(
                f"The dimension {', '.join(high)} has too many values to group by",
                hint="filter by it; or ask for the top of it: config.row_limit, orderBy a metric first, no timeDimension",
            )

    def _dimension(self, index: int, one: _Dimension) -> Field:
        name, dot, key = one.field.partition(".")
        if not dot or one.key is not None:
            name, key = one.field, one.key or ""
        names = self._dialect.dimensions(self._view)
        known = self._choose("dimension", name, names, "dimensions", index, "field")
        field = Field(known, key if dot or one.key is not None else None)
        self._columns[f"{name}.{key}" if field.key is not None else name] = field
        return field

    def _measurement(self, index: int, one: _Metric) -> Measurement:
        measure = self._choose("measure", one.measure, self._dialect.measures(self._view), "metrics", index, "measure")
        ways = {str(way): way for way in Aggregation}
        way = self._choose("aggregation", one.aggregation, ways, "metrics", index, "aggregation")
        measurement = Measurement(measure, way)
        self._columns[f"{way}_{one.measure}"] = measurement
        return measurement

    def _order(self, index: int, one: _Order) -> OrderTerm:
        known: dict[str, Any] = {**self._columns, **({_TIME_NAME: TIME} if self._body.time_dimension else {})}
        return OrderTerm(
            self._choose("order field", one.field, known, self._name("order_by"), index, "field"),
            descending=one.direction == "desc",
        )

    def _filters(self) -> Expression:
        try:
            return parse_conditions(self._body.filters or [], self._dialect.columns(self._view))
        except InvalidRequestError as error:
            if not error.issues:
                raise
            issues = [Issue(issue.message, ("query", "filters", *issue.path[1:]), issue.code) for issue in error.issues]
            raise InvalidRequestError(error.message, issues=issues) from error

    def _granularity(self, since: int, until: int) -> Granularity | None:
        if self._body.time_dimension is None:
            return None
        if self._body.time_dimension.granularity != "auto":
            return Granularity(self._body.time_dimension.granularity)
        hours = (until - since) / 3_600_000_000
        return next((granularity for most, granularity in _HOURS if hours < most), Granularity.MONTH)

    def _time(self, name: str, text: str) -> int:
        try:
            moment = datetime.fromisoformat(text.strip())
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
            return (min(max(moment, _EARLIEST), _LATEST) - _EPOCH) // timedelta(microseconds=1)
        except (ValueError, OverflowError):
            raise _invalid("must be an ISO 8601 time such as 2026-01-31T12:00:00.000Z", name) from None

    def _name(self, field: str) -> str:
        """Return what the dialect calls a field of the body."""
        return next((given for given, name in self._dialect.renames.items() if name == field), field)

    def _choose(self, what: str, given: str, known: Mapping[str, Any], *path: str | int) -> Any:
        if given not in known:
            message = f"Invalid {what} {given[:200]!r}. Must be one of {', '.join(known) or 'none'}"
            raise InvalidRequestError(message, issues=[Issue(message, ("query", *path))])
        return known[given]


def _invalid(message: str, *path: str | int) -> InvalidRequestError:
    return InvalidRequestError(_INVALID, issues=[Issue(message, ("query", *path))])
