"""Reads observations: lists by keyset or page, one by id, all of a trace.

Lists read light columns over a window that grows back in time, then the heavy columns of the rows on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.usage_keys import OTHER_INPUT, OTHER_INPUT_COST, OTHER_OUTPUT, OTHER_OUTPUT_COST
from spanwise_server.query.fields import OBSERVATION_FIELDS
from spanwise_server.query.queries import ObservationQuery
from spanwise_server.storage.events import columns, windows
from spanwise_server.storage.events.compile import Compiler, Parameters
from spanwise_server.storage.events.engine import Engine
from spanwise_server.storage.events.places import Kind, bounds
from spanwise_server.storage.events.statements import statement

_LATENCY = "dateDiff('microsecond', start_time, end_time) / 1e6"
_SCORED = ("(trace_id, id)", "trace_id, observation_id")
_TRACE_SCORED = ("trace_id", "trace_id")


def units(word: str) -> str:
    """SQL for the sum of all usage keys that contain ``word``, the reading rule of the Langfuse API, or mean the same."""
    return f"arraySum(mapValues(mapFilter((k, v) -> {_is_of(word, _OTHER_UNITS[word])}, usage)))"


def decimal_costs(word: str) -> str:
    """SQL for the sum of all cost keys that contain ``word`` or mean the same, in decimal US dollars."""
    return f"arraySum(mapValues(mapFilter((k, v) -> {_is_of(word, _OTHER_COSTS[word])}, cost)))"


def costs(word: str) -> str:
    """SQL for ``decimal_costs`` as a number that other numbers can be compared with."""
    return f"toFloat64({decimal_costs(word)})"


def _is_of(word: str, others: Sequence[str]) -> str:
    names = ", ".join(f"'{key}'" for key in others)
    return f"(position(k, '{word}') > 0 OR k IN ({names}))"


_OTHER_UNITS = {"input": OTHER_INPUT, "output": OTHER_OUTPUT}
_OTHER_COSTS = {"input": OTHER_INPUT_COST, "output": OTHER_OUTPUT_COST}


COLUMNS = {
    "trace_environment": "environment",
    "trace_name": "multiIf(type = 'TRACE', name, trace_name != '', trace_name, is_root AND source != 'ingestion', name, '')",
    "experiment_name": "experiment['name']",
    "experiment_dataset_id": "experiment['dataset.id']",
    "comment_content": "''",
    "comment_count": "0",
    "latency": _LATENCY,
    "time_to_first_token": "dateDiff('microsecond', start_time, completion_start_time) / 1e6",
    "tokens_per_second": f"{units('output')} / nullIf({_LATENCY}, 0)",
    "input_tokens": units("input"),
    "output_tokens": units("output"),
    "total_tokens": "usage['total']",
    "input_cost": costs("input"),
    "output_cost": costs("output"),
    "total_cost": "toFloat64(total_cost)",
    "tool_definitions": "length(tool_names)",
    "tool_calls": "length(called_tool_names)",
    "has_parent": "(parent_id != '')",
    "has_input": "(input != '')",
    "has_output": "(output != '')",
}
_SCORE_FIELDS = {
    "scores_avg": _SCORED,
    "score_categories": _SCORED,
    "score_booleans": _SCORED,
    "trace_scores_avg": _TRACE_SCORED,
    "trace_score_categories": _TRACE_SCORED,
    "trace_score_booleans": _TRACE_SCORED,
}
_TRACE_FACTS = ("user_id", "session_id", "trace_name", "trace_environment", "tags", "release")
"""Facts of the trace, which may stand on any of its rows: on the root alone, or on a trace record."""
_ANY_ROW_OF_TRACE = ("trace_id", statement("traces_with_row", filters="{condition}"))
COMPILER = Compiler(OBSERVATION_FIELDS, COLUMNS, scored=_SCORE_FIELDS, related=dict.fromkeys(_TRACE_FACTS, _ANY_ROW_OF_TRACE))


class ObservationReader:
    """The observation half of ``EventReader``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def find(self, query: ObservationQuery) -> list[Observation]:
        """Return one page, newest first."""
        light = columns.LIGHT_WITH_METADATA if query.with_metadata else columns.LIGHT
        if query.order.field != "start_time" or not query.order.descending:
            rows = await self._page(query, light, query.since)
        else:
            rows = await self._newest(query, light)
        found = columns.observations(light, rows)
        return await self._with_payloads(query.project_id, found) if query.with_payloads and found else found

    async def _newest(self, query: ObservationQuery, light: Sequence[columns.Column]) -> Sequence[Sequence[Any]]:
        until = query.until if query.after is None else query.after.time + 1
        newest = await windows.find_newest(self._engine.read, query.project_id, until)
        rows: Sequence[Sequence[Any]] = []
        for since in windows.lower_bounds(newest, query.since) if newest is not None else ():
            rows = await self._page(query, light, since)
            if len(rows) == query.limit:
                break
        return rows

    async def _page(
        self, query: ObservationQuery, light: Sequence[columns.Column], since: int | None
    ) -> Sequence[Sequence[Any]]:
        parameters = Parameters({"project_id": query.project_id, "limit": query.limit, "offset": query.offset})
        direction = "DESC" if query.order.descending else "ASC"
        order = COLUMNS.get(query.order.field, query.order.field)
        sql = statement(
            "find_observations",
            columns=columns.select_list(light),
            window=_window(query, since, parameters),
            filters=COMPILER.compile(query.where, parameters),
            order=f"{order} {direction}, trace_id {direction}, id {direction}",
        )
        return await self._engine.read(sql, parameters.values)

    async def count(self, query: ObservationQuery) -> int:
        """Return how many observations the query matches, whatever its page."""
        parameters = Parameters({"project_id": query.project_id})
        filters = COMPILER.compile(query.where, parameters)
        window = _window(query, query.since, parameters)
        rows = await self._engine.read(statement("count_observations", window=window, filters=filters), parameters.values)
        return int(rows[0][0])

    async def get(self, project_id: str, observation_id: str) -> Observation | None:
        """Return the observation whole, or none."""
        found = await bounds(self._engine.read, Kind.OBSERVATION, project_id, [observation_id])
        if found is None:
            return None
        sql = statement("get_observation", columns=columns.select_list(columns.OBSERVATION_COLUMNS), window=found.window)
        rows = await self._engine.read(sql, {"project_id": project_id, "id": observation_id, **found.parameters})
        return columns.observations(columns.OBSERVATION_COLUMNS, rows)[0] if rows else None

    async def of_trace(self, project_id: str, trace_id: str, *, with_payloads: bool) -> list[Observation]:
        """Return every observation of the trace, earliest first."""
        found = await bounds(self._engine.read, Kind.TRACE, project_id, [trace_id])
        if found is None:
            return []
        wanted = columns.OBSERVATION_COLUMNS if with_payloads else columns.LIGHT
        sql = statement("trace_observations", columns=columns.select_list(wanted), window=found.window)
        rows = await self._engine.read(sql, {"project_id": project_id, "trace_id": trace_id, **found.parameters})
        return columns.observations(wanted, rows)

    async def _with_payloads(self, project_id: str, found: list[Observation]) -> list[Observation]:
        parameters = {
            "project_id": project_id,
            "first": min(row.start_time for row in found),
            "last": max(row.start_time for row in found),
            "trace_ids": sorted({row.trace_id for row in found}),
            "ids": sorted({row.id for row in found}),
        }
        sql = statement("load_observations", columns=columns.select_list(columns.OBSERVATION_COLUMNS))
        whole = columns.observations(columns.OBSERVATION_COLUMNS, await self._engine.read(sql, parameters))
        by_key = {(row.trace_id, row.id): row for row in whole}
        return [by_key.get((row.trace_id, row.id), row) for row in found]


def _window(query: ObservationQuery, since: int | None, parameters: Parameters) -> str:
    parts = [
        windows.window_sql("since" if since is not None else None, "until" if query.until is not None else None),
    ]
    parameters.values.update({"since": since} if since is not None else {})
    parameters.values.update({"until": query.until} if query.until is not None else {})
    if query.after is not None:
        parameters.values.update(
            {"after_time": query.after.time, "after_trace": query.after.trace_id, "after_id": query.after.id}
        )
        parts.append(windows.window_sql(None, "after_time", closed=True))
        keys = f"{windows.exact_time('start_time')}, trace_id, id"
        parts.append(f"AND ({keys}) < ({{after_time:Int64}}, {{after_trace:String}}, {{after_id:String}})")
    return " ".join(parts)
