"""Reads experiments, which exist only as the spans that name them, and what their traces took.

A small table knows the minutes in which each experiment has rows; every read goes through it, so that a short experiment in
a long history costs what the experiment is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from spanwise_server.domain.experiments import Experiment, ScoreSummary, TraceMeasures, metadata_text
from spanwise_server.domain.observations import Observation
from spanwise_server.query.fields import EXPERIMENT_ITEM_FIELDS
from spanwise_server.query.queries import ExperimentItemQuery, ExperimentQuery
from spanwise_server.storage.events import columns
from spanwise_server.storage.events.compile import Compiler, Parameters
from spanwise_server.storage.events.engine import Engine
from spanwise_server.storage.events.places import Kind, bounds
from spanwise_server.storage.events.statements import statement
from spanwise_server.storage.events.windows import exact_time, window_sql

COMPILER = Compiler(
    EXPERIMENT_ITEM_FIELDS,
    {"experiment_name": "experiment['name']", "item_id": "experiment['item.id']", "dataset_id": "experiment['dataset.id']"},
)
_IDS = 2000
"""Ids a statement: bounds its length."""
_ITEM_IDS = ", groupUniqArrayIf(experiment['item.id'], is_experiment_item)"
_NOT_DELETED = (
    "AND toUnixTimestamp64Micro(created_at) > "
    "transform(toString(experiment_id), {deleted_ids:Array(String)}, {deleted_until:Array(Int64)}, toInt64(-1))"
)
_OF_DATASET = (
    "AND experiment_id IN (SELECT experiment_id FROM experiment_minutes "
    "WHERE project_id = {project_id:String} AND dataset_id = {dataset_id:String})"
)
_MINUTES_SINCE = "AND minute >= toStartOfMinute(fromUnixTimestamp64Micro({since:Int64}, 'UTC'))"
_MINUTES_UNTIL = "AND minute <= fromUnixTimestamp64Micro({until:Int64}, 'UTC')"


class ExperimentReader:
    """The part of ``ExperimentEvents`` that is not ``EventReader``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def find(self, query: ExperimentQuery) -> list[Experiment]:
        """Return the experiments, latest activity first."""
        parameters = Parameters({"project_id": query.project_id, "limit": query.limit})
        conditions = _conditions(query, query.ids, parameters)
        selection = _selection(query, query.ids, parameters)
        if query.dataset_id is not None:
            parameters.values["dataset_id"] = query.dataset_id
            conditions += " " + _OF_DATASET
            selection += " AND dataset_id = {dataset_id:String}"
        sql = statement(
            "find_experiments",
            extra=_ITEM_IDS if query.with_item_ids else "",
            selection=selection,
            window=_window(query, parameters),
            conditions=conditions,
        )
        return [
            Experiment(
                id=row[0], name=row[1], description=row[2], metadata=metadata_text(row[3], "metadata"), dataset_id=row[4], start_time=row[5],
                end_time=row[6], item_count=row[7], updated_at=row[8], item_ids=row[9] if query.with_item_ids else [],
            )
            for row in await self._engine.read(sql, parameters.values)
        ]  # fmt: skip

    async def find_items(self, query: ExperimentItemQuery) -> list[Observation]:
        """Return the spans that stand for items, newest first."""
        parameters = Parameters({"project_id": query.project_id, "limit": query.limit})
        conditions = _conditions(query, query.experiment_ids, parameters)
        if query.trace_ids is not None:
            conditions += f" AND trace_id IN ({parameters.bind(list(query.trace_ids), 'Array(String)')})"
        if query.after is not None:
            parameters.values["after_time"] = query.after.time
            ids = f"{parameters.bind(query.after.trace_id, 'String')}, {parameters.bind(query.after.id, 'String')}"
            conditions += " " + window_sql(None, "after_time", closed=True)
            conditions += f" AND ({exact_time('start_time')}, trace_id, id) < ({{after_time:Int64}}, {ids})"
        wanted = columns.OBSERVATION_COLUMNS
        if not query.with_payloads:
            wanted = columns.LIGHT_WITH_METADATA if query.with_metadata else columns.LIGHT
        sql = statement(
            "find_experiment_items",
            columns=columns.select_list(wanted),
            selection=_selection(query, query.experiment_ids, parameters),
            window=_window(query, parameters),
            conditions=conditions,
            filters=COMPILER.compile(query.where, parameters),
        )
        return columns.observations(wanted, await self._engine.read(sql, parameters.values))

    async def measure_traces(self, project_id: str, trace_ids: Collection[str]) -> Mapping[str, TraceMeasures]:
        """Return what each of the traces took."""
        measures: dict[str, TraceMeasures] = {}
        for ids in _chunks(trace_ids):
            found = await bounds(self._engine.read, Kind.TRACE, project_id, ids)
            if found is None:
                continue
            sql = statement("measure_traces", window=found.window)
            for row in await self._engine.read(sql, {"project_id": project_id, "trace_ids": ids, **found.parameters}):
                measures[row[0]] = TraceMeasures(
                    start_time=row[1], end_time=row[2], total_cost=Decimal(row[3]), error_count=row[4]
                )
        return measures

    async def summarize_scores(
        self, project_id: str, *, trace_ids: Collection[str], run_ids: Collection[str]
    ) -> list[ScoreSummary]:
        """Return the scores of the traces and runs, summed up."""
        subjects = [("dataset_run_id", ids) for ids in _chunks(run_ids)]
        subjects += [("trace_id", ids) for ids in _chunks(trace_ids)]
        parts: dict[tuple[str, str, str], tuple[int, float]] = {}
        for column, ids in subjects:
            sql = statement("summarize_scores", subject=f"{column} IN ({{ids:Array(String)}})")
            for name, data_type, value, count, mean in await self._engine.read(sql, {"project_id": project_id, "ids": ids}):
                seen, sum_seen = parts.get((name, data_type, value), (0, 0.0))
                parts[name, data_type, value] = (seen + count, sum_seen + count * mean)
        return [
            ScoreSummary(name=name, data_type=data_type, value=value, count=count, mean=total / count)
            for (name, data_type, value), (count, total) in sorted(parts.items())
        ]


def _window(query: ExperimentQuery | ExperimentItemQuery, parameters: Parameters) -> str:
    times = {"since": query.since, "until": query.until}
    parameters.values.update({name: time for name, time in times.items() if time is not None})
    return window_sql("since" if query.since is not None else None, "until" if query.until is not None else None)


def _selection(query: ExperimentQuery | ExperimentItemQuery, ids: tuple[str, ...] | None, parameters: Parameters) -> str:
    """Which minutes can hold what is wanted."""
    parts = [f"AND experiment_id IN ({parameters.bind(list(ids), 'Array(String)')})"] if ids is not None else []
    parts += [_MINUTES_SINCE] if query.since is not None else []
    parts += [_MINUTES_UNTIL] if query.until is not None else []
    return " ".join(parts)


def _conditions(query: ExperimentQuery | ExperimentItemQuery, ids: tuple[str, ...] | None, parameters: Parameters) -> str:
    parts = [f"AND experiment_id IN ({parameters.bind(list(ids), 'Array(String)')})"] if ids is not None else []
    if query.deleted:
        parameters.values.update(deleted_ids=list(query.deleted), deleted_until=list(query.deleted.values()))
        parts.append(_NOT_DELETED)
    return " ".join(parts)


def _chunks(ids: Collection[str]) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(ids))
    return (unique[start : start + _IDS] for start in range(0, len(unique), _IDS))
