"""The rows that an aggregate adds up: for each view, how its fields and measures are SQL and what has to be joined for them.

Most questions are answered from ``narrow_observations``, which has no payloads; a question about metadata, payloads or
another column that only the wide table has is answered from that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from spanwise_server.query.aggregates import View
from spanwise_server.storage.events import trace_columns
from spanwise_server.storage.events.observations import COLUMNS, decimal_costs
from spanwise_server.storage.events.observations import units as usage_units
from spanwise_server.storage.events.statements import statement
from spanwise_server.storage.events.windows import DAY, MINUTE, window_sql

_HOUR: Final = 3_600_000_000
_LEAST_REACH: Final = 6 * _HOUR
_MOST_REACH: Final = 24 * _HOUR


def reach(since: int, until: int) -> int:
    """Return how far outside the range (microseconds) rows of a trace that lies within are looked for.

    What a trace is called and whose it is may stand on one row of it alone. As far as the range is long, but six hours to a
    day: an hour's dashboard must not read a month.
    """
    return min(max(until - since, _LEAST_REACH), _MOST_REACH)


TRACE_FACTS: Final = [
    "trace_name",
    "user_id",
    "session_id",
    "tags",
    "release",
    "version",
    "experiment_id",
    "experiment_name",
    "experiment_dataset_id",
]
_T: Final = {name: f"t_{name}" for name in TRACE_FACTS}
_COST_ENTRIES: Final = "arrayFilter(entry -> entry.1 != 'total' OR length(cost) = 1, arrayZip(mapKeys(cost), mapValues(cost)))"
_USAGE_ENTRIES: Final = (
    "arrayFilter(entry -> entry.1 != 'total' OR length(usage) = 1, arrayZip(mapKeys(usage), mapValues(usage)))"
)
_LATENCY_MS: Final = "dateDiff('microsecond', start_time, end_time) / 1e3"
_SECONDS: Final = "nullIf(dateDiff('microsecond', start_time, end_time) / 1e6, 0)"


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of one view come from. Every name is SQL over the row; ``time`` is a ``DateTime64(6)``."""

    time: str
    fields: Mapping[str, str]
    measures: Mapping[str, str]


def _traces(window: str) -> str:
    return statement("narrow_traces", window=window, input=usage_units("input"), output=usage_units("output"))


def _cost(word: str) -> str:
    return f"if(notEmpty(cost), {decimal_costs(word)}, NULL)"


def _observation_rows(*, is_narrow: bool) -> Rows:
    units = {name: usage_units(name) for name in ("input", "output")}
    units["total"] = "total_units" if is_narrow else "usage['total']"
    reported = {name: f"if({'has_usage' if is_narrow else 'notEmpty(usage)'}, {sql}, NULL)" for name, sql in units.items()}
    fields = {
        **COLUMNS,
        "experiment_id": "experiment['id']",
        **{f"{name}_tokens": sql for name, sql in units.items()},
        "tokens_per_second": f"{units['output']} / {_SECONDS}",
        **{name: _T[name] for name in ("trace_name", "tags", "release")},
        "trace_version": _T["version"],
        "prompt_version": "nullIf(prompt_version, 0)",
        "user_id": "if(user_id != '', user_id, t_user_id)",
        "session_id": "if(session_id != '', session_id, t_session_id)",
        "start_time_month": "formatDateTime(start_time, '%Y-%m')",
        "cost_type": _COST_ENTRIES,
        "usage_type": _USAGE_ENTRIES,
    }
    measures = {
        "latency": _LATENCY_MS,
        "streaming_latency": "dateDiff('microsecond', completion_start_time, end_time) / 1e3",
        "time_to_first_token": "dateDiff('microsecond', start_time, completion_start_time) / 1e3",
        **{f"{name}_tokens": sql for name, sql in reported.items()},
        "tokens_per_second": f"{reported['total']} / {_SECONDS}",
        "output_tokens_per_second": f"{reported['output']} / {_SECONDS}",
        "input_cost": _cost("input"),
        "output_cost": _cost("output"),
        "total_cost": "total_cost",
        "cost_by_type": f"arraySum(entry -> entry.2, {_COST_ENTRIES})",
        "usage_by_type": f"arraySum(entry -> entry.2, {_USAGE_ENTRIES})",
        "count_scores": "c_count",
        "tool_definitions": "length(tool_names)",
        "tool_calls": "length(called_tool_names)",
        "trace_id": "nullIf(trace_id, '')",
        "unique_user_ids": f"nullIf({fields['user_id']}, '')",
        "unique_session_ids": f"nullIf({fields['session_id']}, '')",
    }
    return Rows("start_time", fields, measures)


def _trace_rows(*, is_narrow: bool) -> Rows:
    units = {name: usage_units(name) for name in ("input", "output")}
    units["total"] = "total_units" if is_narrow else "usage['total']"
    fields = {
        **trace_columns.ORDERS,
        **{f"{name}_tokens": sql for name, sql in units.items()},
        "timestamp_month": "formatDateTime(timestamp, '%Y-%m')",
    }
    measures = {
        "observations_count": "observation_count",
        "scores_count": "c_count",
        "latency": "latency_us / 1e3",
        "total_tokens": units["total"],
        "total_cost": "ifNull(total_cost, 0)",
        "unique_user_ids": "nullIf(user_id, '')",
        "unique_session_ids": "nullIf(session_id, '')",
    }
    return Rows("timestamp", fields, measures)


_SCORES: Final = Rows(
    "timestamp",
    {
        "evaluator_id": "''",
        "boolean_value": "if(data_type = 'BOOLEAN', value = 1, NULL)",
        **{name: _T[name] for name in TRACE_FACTS if name.startswith(("trace", "user", "release", "experiment"))},
        "session_id": "if(session_id != '', session_id, t_session_id)",
        "trace_tags": _T["tags"],
        "trace_version": _T["version"],
        "observation_name": "b_name",
        "observation_model": "b_model",
        "observation_prompt_name": "b_prompt_name",
        "observation_prompt_version": "nullIf(b_prompt_version, 0)",
        "timestamp_month": "formatDateTime(timestamp, '%Y-%m')",
        "timestamp_day": "formatDateTime(timestamp, '%Y-%m-%d')",
    },
    {"value": "value"},
)
DATA_TYPES: Final = {
    View.SCORES_NUMERIC: "'NUMERIC', 'BOOLEAN'",
    View.SCORES_CATEGORICAL: "'CATEGORICAL'",
    View.SCORES_BOOLEAN: "'BOOLEAN'",
}
_WIDE_ONLY: Final = {
    View.OBSERVATIONS: frozenset(
        [
            "status_message",
            "input",
            "output",
            "has_input",
            "has_output",
            "metadata",
            "model_id",
            "comment_content",
            "comment_count",
        ]
    ),
    # Traces by input and output cost are rare; the maps of a million rows are not worth two more columns.
    View.TRACES: frozenset({"metadata", "public", "input_cost", "output_cost"}),
}
_ROWS: Final = {
    (View.OBSERVATIONS, True): _observation_rows(is_narrow=True),
    (View.OBSERVATIONS, False): _observation_rows(is_narrow=False),
    (View.TRACES, True): _trace_rows(is_narrow=True),
    (View.TRACES, False): _trace_rows(is_narrow=False),
}


def is_narrow(view: View, fields: Iterable[str]) -> bool:
    """Say whether the narrow copy has all that is asked for."""
    return not _WIDE_ONLY.get(view, frozenset()).intersection(fields)


def rows_of(view: View, *, narrow: bool) -> Rows:
    """Return how the rows of ``view`` are read, from the narrow copy or from the whole table."""
    return _ROWS.get((view, narrow), _SCORES)


def rows_sql(view: View, columns: Mapping[str, str], *, narrow: bool) -> str:
    """Return the query of the rows; ``columns`` maps names to SQL, and decides what is joined.

    Parameters: ``project_id``, ``since``, ``until`` and, ``reach`` wider, ``rows_since`` and ``rows_until`` (microseconds).
    """
    text = " ".join(columns.values())
    listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items()) or "1 AS f_row"
    facts = [name for name in TRACE_FACTS if f"t_{name}" in text]
    if view is View.OBSERVATIONS:
        joins = [
            _trace_join(facts, _reached() + _restriction(facts)),
            _score_count("trace_id, observation_id", "id") if "c_count" in text else "",
        ]
        table = "narrow_observations" if narrow else "observations"
        return statement(
            "rows_of_observations", columns=listed, table=table, joins=" ".join(joins), window=_window("start_time")
        )
    if view is View.TRACES:
        extra = trace_columns.extra_sql({"usage", "cost", "metadata"})
        traces = _traces(_reached()) if narrow else statement("trace_aggregate", window=_reached(), extra=extra)
        joins = [_score_count("trace_id", None) if "c_count" in text else ""]
        return statement("rows_of_traces", columns=listed, traces=traces, joins=" ".join(joins), window=_window("timestamp"))
    observed = [name for name in ("name", "model", "prompt_name", "prompt_version") if f"b_{name}" in text]
    joins = [_trace_join(facts, _judged_window("trace", "trace_id")), _observation_join(observed)]
    return statement(
        "rows_of_scores", columns=listed, joins=" ".join(joins), data_types=DATA_TYPES[view], window=_window("timestamp")
    )


def _window(column: str) -> str:
    return window_sql("since", "until", column=column, grain=MINUTE if column == "start_time" else DAY)


def _reached() -> str:
    return window_sql("rows_since", "rows_until")


def _trace_join(facts: list[str], window: str) -> str:
    if not facts:
        return ""
    listed = ", ".join(f"{name} AS t_{name}" for name in facts)
    traces = _traces(window)
    return f"LEFT JOIN (SELECT id AS t_id, {listed} FROM ({traces})) AS t ON t_id = trace_id"


def _restriction(facts: list[str]) -> str:
    """Only traces of which a row lacks what it would take over; none, when clients put users and sessions on every span."""
    if not set(facts) <= {"user_id", "session_id"}:
        return ""
    lacking = " OR ".join(f"{name} = ''" for name in facts)
    return (
        " AND trace_id IN (SELECT trace_id FROM narrow_observations WHERE project_id = {project_id:String} "
        f"AND type != 'TRACE' AND ({lacking}) {_window('start_time')})"
    )


def _score_count(keys: str, observation: str | None) -> str:
    listed = ", ".join(f"{key} AS c_{key}" for key in keys.split(", "))
    on = f"c_trace_id = trace_id AND c_observation_id = {observation}" if observation else "c_trace_id = id"
    condition = "observation_id != ''" if observation else "trace_id != ''"
    return (
        f"LEFT JOIN (SELECT {listed}, count() AS c_count FROM scores FINAL WHERE project_id = {{project_id:String}} "
        f"AND {condition} GROUP BY {keys}) AS c ON {on}"
    )


def _judged_window(kind: str, key: str) -> str:
    """Rows of what the scores are about: judged long afterwards perhaps, so where they lie is looked up."""
    scores = f"FROM scores WHERE project_id = {{project_id:String}} AND {key} != '' {_window('timestamp')}"
    places = f"FROM places WHERE project_id = {{project_id:String}} AND kind = '{kind}' AND hash IN (SELECT cityHash64({key}) {scores})"
    row, judged = ("trace_id", "trace_id") if kind == "trace" else ("(trace_id, id)", "trace_id, observation_id")
    window = f"(SELECT (min(first), max(last)) {places})"
    return f"AND start_time >= {window}.1 AND start_time <= {window}.2 AND {row} IN (SELECT {judged} {scores})"


def _observation_join(names: list[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(f"{name} AS b_{name}" for name in names)
    return (
        f"LEFT JOIN (SELECT trace_id AS b_trace_id, id AS b_id, {listed} FROM narrow_observations FINAL "
        "WHERE project_id = {project_id:String} AND type != 'TRACE' "
        f"{_judged_window('observation', 'observation_id')}) AS b ON b_trace_id = trace_id AND b_id = observation_id"
    )
