"""What a trace aggregate can carry beyond the light columns, and how trace fields are filtered by."""

from __future__ import annotations

from collections.abc import Iterable

from spanwise_server.query.expressions import And, Comparison, Expression, Operator, fields_of
from spanwise_server.query.fields import TRACE_FIELDS
from spanwise_server.storage.events.compile import Compiler, Parameters
from spanwise_server.storage.events.observations import costs, units
from spanwise_server.storage.events.statements import statement


def _given_or_root(name: str, given: str, own: str) -> str:
    """The trace record's value, else the latest explicit one, else the root observation's (see ``domain.traces``)."""
    value = f"if(type = 'TRACE', {own}, {given})"
    return (
        f", argMaxIf({value}, (type = 'TRACE', start_time), {value} != '') AS given_{name}"
        f", argMinIf({own}, start_time, is_root) AS root_{name}"
        f", if(given_{name} != '' OR has_record, given_{name}, root_{name}) AS shown_{name}"
    )


EXTRA = {
    "usage": ", sumMap(usage) AS usage",
    "cost": ", sumMap(cost) AS cost",
    "models": ", arraySort(groupUniqArrayIf(model, model != '')) AS models",
    "observation_ids": ", arrayMap(pair -> pair.2, arraySort(groupArrayIf((start_time, id), type != 'TRACE'))) AS observation_ids",
    "input": _given_or_root("input", "trace_input", "input"),
    "output": _given_or_root("output", "trace_output", "output"),
    "input_preview": _given_or_root("input", "substringUTF8(trace_input, 1, 200)", "input_preview"),
    "output_preview": _given_or_root("output", "substringUTF8(trace_output, 1, 200)", "output_preview"),
    # A legacy observation says nothing about its trace; its root's own metadata stays with the observation.
    "metadata": """
    , arrayReverseSort(part -> (part.1, part.2), groupArrayIf(
        (type = 'TRACE' OR notEmpty(trace_metadata), start_time,
         multiIf(type = 'TRACE', metadata, is_root, mapUpdate(metadata, trace_metadata), trace_metadata)),
        type = 'TRACE' OR notEmpty(trace_metadata) OR (is_root AND source != 'ingestion'))) AS metadata_parts
    , CAST((arrayFlatten(arrayMap(part -> mapKeys(part.3), metadata_parts)),
            arrayFlatten(arrayMap(part -> mapValues(part.3), metadata_parts))), 'Map(String, String)') AS metadata""",
}
"""Fragments of the aggregate's SELECT list. ``metadata`` lists keys by falling precedence; the first of a key counts."""

_FILTER_EXTRA = {
    "input_tokens": "usage",
    "output_tokens": "usage",
    "total_tokens": "usage",
    "input_cost": "cost",
    "output_cost": "cost",
    "metadata": "metadata",
}
_COLUMNS = {
    "name": "trace_name",
    "bookmarked": "false",
    "level": "multiIf(error_count > 0, 'ERROR', warning_count > 0, 'WARNING', default_count > 0, 'DEFAULT', "
    "debug_count > 0, 'DEBUG', '')",
    "latency": "(latency_us / 1e6)",
    "input_tokens": units("input"),
    "output_tokens": units("output"),
    "total_tokens": "usage['total']",
    "input_cost": costs("input"),
    "output_cost": costs("output"),
    "total_cost": "toFloat64(ifNull(total_cost, 0))",
}
_SCORED = ("id", "trace_id")
COMPILER = Compiler(
    TRACE_FIELDS, _COLUMNS, scored={"scores_avg": _SCORED, "score_categories": _SCORED, "score_booleans": _SCORED}
)
ORDERS = {**_COLUMNS, "timestamp": "timestamp"}

_ROW_CONDITIONS = {
    "name": "(name IN {values} OR trace_name IN {values})",
    "user_id": "user_id IN {values}",
    "session_id": "session_id IN {values}",
    "release": "release IN {values}",
    "environment": "environment IN {values}",
    "tags": "hasAny(tags, {values})",
}
_INDEXED = frozenset({"id", "user_id", "session_id"})


def extras_for(expression: Expression) -> set[str]:
    """Return the ``EXTRA`` fragments that a filter needs."""
    return {_FILTER_EXTRA[name] for name in fields_of(expression) if name in _FILTER_EXTRA}


def extra_sql(names: Iterable[str]) -> str:
    """Return the fragments joined, in table order."""
    wanted = set(names)
    return " ".join(fragment for name, fragment in EXTRA.items() if name in wanted)


def _selective_terms(expression: Expression) -> list[tuple[str, list[str]]]:
    """Return ``(field, values)`` of the terms that at least one row of every matching trace must meet on its own."""
    terms = expression.terms if isinstance(expression, And) else (expression,)
    selective = []
    for term in terms:
        if not isinstance(term, Comparison) or term.operator not in {Operator.EQ, Operator.ANY_OF, Operator.ALL_OF}:
            continue
        values = list(term.value) if isinstance(term.value, tuple) else [str(term.value)]
        if values and "" not in values and term.field.name in {"id", *_ROW_CONDITIONS}:
            selective.append((term.field.name, values))
    return selective


def is_selective(expression: Expression) -> bool:
    """Say whether an index narrows ``expression`` down, so that there is no need to go back in time step by step."""
    return any(name in _INDEXED for name, _ in _selective_terms(expression))


def row_conditions(expression: Expression, window: str, parameters: Parameters) -> str:
    """Return conditions on rows that every trace matching ``expression`` must meet, as ``AND`` clauses.

    A trace with user u has at least one row with user u: looking those rows up by index first spares computing every
    other trace. The filter itself still applies to the computed trace.
    """
    clauses = []
    for name, values in _selective_terms(expression):
        placeholder = parameters.bind(values, "Array(String)")
        if name == "id":
            clauses.append(f"AND trace_id IN ({placeholder})")
        else:
            rows = statement("trace_ids_of_rows", window=window, condition=_ROW_CONDITIONS[name].format(values=placeholder))
            clauses.append(f"AND trace_id IN ({rows})")
    return " ".join(clauses)
