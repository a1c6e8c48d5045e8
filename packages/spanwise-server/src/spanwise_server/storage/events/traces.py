"""Reads traces, which exist only as sums over their observations.

A list is read in two steps. The first finds the ids and times of one page over a window that grows back in time; the
second describes those traces over all their rows. If the second finds an earlier row than the first knew of, the window
cut a trace in two, and a wider one is tried.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from spanwise_server.domain.traces import Trace
from spanwise_server.query.expressions import EVERYTHING
from spanwise_server.query.queries import Order, TraceQuery
from spanwise_server.storage.events import trace_columns, windows
from spanwise_server.storage.events.compile import Parameters
from spanwise_server.storage.events.engine import Engine
from spanwise_server.storage.events.places import Kind, bounds
from spanwise_server.storage.events.statements import statement

_LIGHT = (
    "id, toUnixTimestamp64Micro(timestamp), toUnixTimestamp64Micro(first_start), trace_name, user_id, session_id, tags, release, "
    "version, environment, public, observation_count, if(observation_count = 0, toUnixTimestamp64Micro(timestamp), "
    "toUnixTimestamp64Micro(last_end)), latency_us, error_count, warning_count, default_count, debug_count, "
    "ifNull(total_cost, 0), toUnixTimestamp64Micro(created_at), intDiv(row_version, 1000), usage, cost, models"
)
_SUMMARY = ("usage", "cost", "models")
Found = tuple[str, int]
"""Trace id and timestamp in microseconds."""


class TraceReader:
    """The trace half of ``EventReader``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def find(self, query: TraceQuery) -> list[Trace]:
        """Return one page."""
        for bound, margin in await self._windows(query):
            found = await self._page(query, bound, margin)
            if len(found) < query.limit and bound is not None and bound != query.since:
                continue
            traces = await self._describe(query, [trace_id for trace_id, _ in found])
            if margin is None or [(trace.id, trace.timestamp) for trace in traces] == found:
                return traces
        return []

    async def _windows(self, query: TraceQuery) -> list[tuple[int | None, int | None]]:
        """Return the windows to try: where each begins, and how far around it rows are read. The last reads them all."""
        everything = (query.since, None)
        if query.order != Order("timestamp") or trace_columns.is_selective(query.where):
            return [everything]
        newest = await windows.find_newest(self._engine.read, query.project_id, self.upper(query))
        if newest is None:
            return []
        *steps, _ = windows.lower_bounds(newest, query.since)
        return [*((bound, newest.end - bound) for bound in steps if bound is not None), everything]

    @staticmethod
    def upper(query: TraceQuery) -> int | None:
        """Return the time before which every trace of the page began, or none."""
        return query.until if query.after is None else query.after.time + 1

    async def _page(self, query: TraceQuery, bound: int | None, margin: int | None) -> list[Found]:
        parameters = Parameters({"project_id": query.project_id, "limit": query.limit, "offset": query.offset})
        window = _row_window(query, bound, margin, parameters)
        direction = "DESC" if query.order.descending else "ASC"
        if query.where == EVERYTHING and query.order.field == "timestamp" and query.order.descending:
            having = _times(query, bound, parameters, time="time", key="trace_id")
            sql = statement("newest_traces", window=window, having=having)
        else:
            sql = statement(
                "find_traces",
                aggregate=self._aggregate(query, window, parameters),
                filters=f"{_times(query, bound, parameters)} AND {trace_columns.COMPILER.compile(query.where, parameters)}",
                order=f"{trace_columns.ORDERS.get(query.order.field, query.order.field)} {direction}, id {direction}",
            )
        return [(row[0], row[1]) for row in await self._engine.read(sql, parameters.values)]

    @staticmethod
    def _aggregate(query: TraceQuery, window: str, parameters: Parameters) -> str:
        rows = trace_columns.row_conditions(query.where, window, parameters)
        extra = trace_columns.extra_sql(trace_columns.extras_for(query.where))
        return statement("trace_aggregate", window=f"{window} {rows}", extra=extra)

    async def count(self, query: TraceQuery) -> int:
        """Return how many traces the query matches, whatever its page."""
        parameters = Parameters({"project_id": query.project_id})
        conditions = _times(query, query.since, parameters)
        window = _row_window(query, None, None, parameters)
        filters = f"{conditions} AND {trace_columns.COMPILER.compile(query.where, parameters)}"
        sql = statement("count_traces", aggregate=self._aggregate(query, window, parameters), filters=filters)
        return int((await self._engine.read(sql, parameters.values))[0][0])

    async def get(self, project_id: str, trace_id: str) -> Trace | None:
        """Return the trace with payloads and observation ids, or none."""
        query = TraceQuery(project_id=project_id, with_payloads=True, with_observation_ids=True)
        traces = await self._describe(query, [trace_id])
        return traces[0] if traces else None

    async def get_many(self, project_id: str, trace_ids: Collection[str]) -> list[Trace]:
        """Return those of the traces that exist, without payloads."""
        return await self._describe(TraceQuery(project_id=project_id), list(dict.fromkeys(trace_ids)))

    async def _describe(self, query: TraceQuery, trace_ids: Sequence[str]) -> list[Trace]:
        """Sum the traces up over all their rows; a trace that has none is left out."""
        found = await bounds(self._engine.read, Kind.TRACE, query.project_id, trace_ids) if trace_ids else None
        if found is None:
            return []
        payloads = ("input", "output", "metadata") if query.with_payloads else ("input_preview", "output_preview")
        wanted = [*_SUMMARY, *payloads, *(["observation_ids"] if query.with_observation_ids else [])]
        names = ["shown_input", "shown_output"]
        names += ["metadata_parts"] if query.with_payloads else []
        names += ["observation_ids"] if query.with_observation_ids else []
        window = f"AND trace_id IN ({{trace_ids:Array(String)}}) {found.window}"
        aggregate = statement("trace_aggregate", window=window, extra=trace_columns.extra_sql(wanted))
        sql = statement("describe_traces", columns=", ".join([_LIGHT, *names]), aggregate=aggregate)
        rows = await self._engine.read(sql, {"project_id": query.project_id, "trace_ids": list(trace_ids), **found.parameters})
        by_id = {row[0]: _trace(query.project_id, row, names) for row in rows}
        return [by_id[trace_id] for trace_id in trace_ids if trace_id in by_id]


def _times(
    query: TraceQuery,
    bound: int | None,
    parameters: Parameters,
    *,
    time: str = "toUnixTimestamp64Micro(timestamp)",
    key: str = "id",
) -> str:
    """Conditions on a computed trace's time: the query's own range, the window's start, the page's cursor.

    ``time`` and ``key`` are what the statement calls the trace's timestamp in microseconds and its id.
    """
    parts = []
    since = bound if bound is not None else query.since
    if since is not None:
        parts.append(f"{time} >= {parameters.bind(since, 'Int64')}")
    if query.until is not None:
        parts.append(f"{time} < {parameters.bind(query.until, 'Int64')}")
    if query.after is not None:
        after = f"({parameters.bind(query.after.time, 'Int64')}, {parameters.bind(query.after.trace_id, 'String')})"
        parts.append(f"({time}, {key}) < {after}")
    return " AND ".join(parts) or "1"


def _row_window(query: TraceQuery, bound: int | None, margin: int | None, parameters: Parameters) -> str:
    """Rows worth reading: the window, widened on both sides by ``margin`` (microseconds) for traces that cross its ends."""
    if bound is None or margin is None:
        return ""
    until = TraceReader.upper(query)
    parameters.values.update({"rows_since": bound - margin} | ({"rows_until": until + margin} if until is not None else {}))
    return windows.window_sql("rows_since", "rows_until" if until is not None else None)


def _trace(project_id: str, row: Sequence[Any], names: Sequence[str]) -> Trace:
    extra = dict(zip(names, row[24:], strict=True))
    return Trace(
        project_id=project_id, id=row[0], timestamp=row[1], name=row[3], user_id=row[4], session_id=row[5], tags=row[6],
        release=row[7], version=row[8], environment=row[9], public=row[10], observation_count=row[11], end_time=row[12],
        latency_us=row[13], level_counts=dict(zip(("ERROR", "WARNING", "DEFAULT", "DEBUG"), row[14:18], strict=True)),
        total_cost=Decimal(row[18]), created_at=row[19], updated_at=row[20], usage=row[21], cost=row[22], models=row[23],
        input=extra["shown_input"], output=extra["shown_output"], observation_ids=extra.get("observation_ids", []),
        metadata=_merged(extra.get("metadata_parts", ())),
    )  # fmt: skip


def _merged(parts: Sequence[tuple[Any, Any, dict[str, str]]]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for _, _, entries in reversed(parts):
        merged.update(entries)
    return merged
