"""What the rows of each view have: fields to filter by, dimensions to group by, measures to add up. One table each.

Which table and column they are is ``storage.events``'s business, what a wire format calls them ``services``'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from spanwise_server.query.aggregates import AggregateQuery, Aggregation, Measurement, View, field_label
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Not, Or
from spanwise_server.query.fields import OBSERVATION_FIELDS, SCORE_FIELDS, TRACE_FIELDS, FieldSpec, Kind

MAX_DIMENSIONS: Final = 10
MAX_MEASUREMENTS: Final = 20
MAX_BUCKETS: Final = 20_000
"""Of an answer with none left out: two weeks of minutes, two years of hours."""
MAX_COMPARISONS: Final = 500
MAX_DEPTH: Final = 50
"""Of a filter. Compiling it recurses, and so does the engine's parser."""


class Unit(StrEnum):
    """What a measure counts in. ``TEXT`` is a name, of which only the number (``count``, ``uniq``) can be told."""

    ONE = "1"
    MILLISECONDS = "ms"
    PER_SECOND = "1/s"
    TOKENS = "tokens"
    USD = "USD"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """The tables of one view, by name."""

    fields: Mapping[str, FieldSpec]
    """What its rows can be filtered by."""
    dimensions: Mapping[str, Kind]
    """What they can be grouped by. ``STRING_OBJECT`` needs a key; a row is in the group of each of its ``EXPLODED`` values."""
    measures: Mapping[str, Unit]


EXPLODED: Final = frozenset({"tool_names", "called_tool_names", "cost_type", "usage_type"})
"""Dimensions of which a row has several values, and counts for each. A row that has none is left out."""


def _kinds(**names: str) -> Mapping[str, Kind]:
    return MappingProxyType({name: Kind(kind.replace("_", " ")) for kind, listed in names.items() for name in listed.split()})


def _fields(fields: Mapping[str, FieldSpec], **more: str) -> Mapping[str, FieldSpec]:
    added = {name: FieldSpec(name, kind) for name, kind in _kinds(**more).items()}
    return MappingProxyType({**fields, **added})


def _measures(**names: str) -> Mapping[str, Unit]:
    return MappingProxyType({name: Unit[unit.upper()] for unit, listed in names.items() for name in listed.split()})


_SCORE_DIMENSIONS: Final = {
    "string": "id environment name source data_type trace_id trace_name user_id session_id release trace_version config_id "
    "evaluator_id observation_id observation_name observation_model observation_prompt_name dataset_run_id experiment_id "
    "experiment_name experiment_dataset_id timestamp_month timestamp_day",
    "number": "observation_prompt_version",
    "string_array": "trace_tags",
    "string_object": "metadata",
}
_SCORE_VIEW_FIELDS: Final = _fields(
    SCORE_FIELDS,
    string="release trace_version observation_name observation_model observation_prompt_name experiment_id experiment_name "
    "experiment_dataset_id timestamp_month timestamp_day",
    number="observation_prompt_version",
)

VIEWS: Final[Mapping[View, ViewSpec]] = MappingProxyType(
    {
        View.TRACES: ViewSpec(
            _fields(TRACE_FIELDS, string="timestamp_month"),
            _kinds(
                string="id name user_id session_id release version environment level timestamp_month",
                string_array="tags",
                string_object="metadata",
            ),
            _measures(
                one="count observations_count scores_count",
                milliseconds="latency",
                tokens="total_tokens",
                usd="total_cost",
                text="unique_user_ids unique_session_ids",
            ),
        ),
        View.OBSERVATIONS: ViewSpec(
            _fields(OBSERVATION_FIELDS, string="trace_version start_time_month"),
            _kinds(
                string="id trace_id trace_name environment parent_id type name level version model prompt_name user_id "
                "session_id release trace_version start_time_month source experiment_id experiment_name "
                "experiment_dataset_id model_id tool_names called_tool_names cost_type usage_type",
                number="prompt_version",
                boolean="is_root",
                string_array="tags",
                string_object="metadata",
            ),
            _measures(
                one="count count_scores tool_definitions tool_calls",
                milliseconds="latency streaming_latency time_to_first_token",
                per_second="tokens_per_second output_tokens_per_second",
                tokens="input_tokens output_tokens total_tokens usage_by_type",
                usd="input_cost output_cost total_cost cost_by_type",
                text="trace_id unique_user_ids unique_session_ids",
            ),
        ),
        View.SCORES_NUMERIC: ViewSpec(
            _SCORE_VIEW_FIELDS,
            _kinds(**{**_SCORE_DIMENSIONS, "number": "observation_prompt_version value"}),
            _measures(one="count value"),
        ),
        View.SCORES_CATEGORICAL: ViewSpec(
            _SCORE_VIEW_FIELDS,
            _kinds(**{**_SCORE_DIMENSIONS, "string": f"{_SCORE_DIMENSIONS['string']} string_value"}),
            _measures(one="count"),
        ),
        View.SCORES_BOOLEAN: ViewSpec(
            _SCORE_VIEW_FIELDS,
            _kinds(**_SCORE_DIMENSIONS, boolean="boolean_value"),
            _measures(one="count value"),
        ),
    }
)
"""Seconds in fields that are filtered by (``latency > 2``), milliseconds in measures, as the Langfuse API has it."""

AGGREGATIONS_OF_TEXT: Final = (Aggregation.COUNT, Aggregation.UNIQ)


def faults(query: AggregateQuery) -> list[str]:
    """Return what is wrong with ``query``, one sentence a fault: names that its view does not have, and broken bounds."""
    spec = VIEWS[query.view]
    return [
        *_bound_faults(query),
        *(fault for dimension in query.dimensions for fault in _dimension_faults(dimension, spec, query.view)),
        *(fault for measurement in query.measurements for fault in _measurement_faults(measurement, spec, query.view)),
        *_order_faults(query),
        *_filter_faults(query.where),
    ]


def _bound_faults(query: AggregateQuery) -> list[str]:
    found = []
    if query.since >= query.until:
        found.append("the start of the time range must be before its end")
    elif (
        query.granularity and not query.order and (buckets := query.granularity.buckets(query.since, query.until)) > MAX_BUCKETS
    ):
        found.append(
            f"the time range has {buckets} buckets of one {query.granularity}, at most {MAX_BUCKETS} are allowed: "
            "ask for a shorter range or a coarser granularity"
        )
    if not query.measurements:
        found.append("at least one metric is needed")
    for what, given, most in (
        ("dimensions", len(query.dimensions), MAX_DIMENSIONS),
        ("metrics", len(query.measurements), MAX_MEASUREMENTS),
    ):
        if given > most:
            found.append(f"at most {most} {what} are allowed, got {given}")
    labels = [*map(field_label, query.dimensions), *(measurement.label for measurement in query.measurements)]
    if len(set(labels)) != len(labels):
        found.append("a dimension or metric is named twice")
    return found


def _dimension_faults(dimension: Field, spec: ViewSpec, view: View) -> list[str]:
    kind = spec.dimensions.get(dimension.name)
    if kind is None:
        return [f"{view} has no dimension {dimension.name[:200]!r}; it has {', '.join(spec.dimensions)}"]
    if (kind is Kind.STRING_OBJECT) != (dimension.key is not None):
        return [f"dimension {dimension.name!r} {'needs' if dimension.key is None else 'takes no'} key"]
    return []


def _measurement_faults(measurement: Measurement, spec: ViewSpec, view: View) -> list[str]:
    unit = spec.measures.get(measurement.measure)
    if unit is None:
        return [f"{view} has no measure {measurement.measure[:200]!r}; it has {', '.join(spec.measures)}"]
    if unit is Unit.TEXT and measurement.aggregation not in AGGREGATIONS_OF_TEXT:
        taken = " and ".join(AGGREGATIONS_OF_TEXT)
        return [f"measure {measurement.measure!r} is text and takes only {taken}, not {measurement.aggregation}"]
    return []


def _order_faults(query: AggregateQuery) -> list[str]:
    found = []
    for term in query.order:
        match term.by:
            case Field():
                is_known = term.by in query.dimensions
            case Measurement():
                is_known = term.by in query.measurements and term.by.aggregation is not Aggregation.HISTOGRAM
            case _:
                is_known = query.granularity is not None
        if not is_known:
            label = field_label(term.by) if isinstance(term.by, Field) else term.by.label
            found.append(f"cannot order by {label[:200]!r}: it is no sortable column of the result")
    return found


def _filter_faults(where: Expression) -> list[str]:
    """Measure the filter with a stack of its own: it may be deeper than Python's."""
    pending: list[tuple[Expression, int]] = [(where, 1)]
    comparisons = 0
    while pending:
        term, depth = pending.pop()
        if depth > MAX_DEPTH:
            return [f"the filter is nested deeper than {MAX_DEPTH} levels"]
        match term:
            case And(terms) | Or(terms):
                pending.extend((child, depth + 1) for child in terms)
            case Not(child):
                pending.append((child, depth + 1))
            case Comparison():
                comparisons += 1
        if comparisons > MAX_COMPARISONS:
            return [f"the filter has more than {MAX_COMPARISONS} conditions"]
    return []
