"""Experiments as newer clients ask for them: runs of all kinds, by time, over the whole project."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from spanwise_server.domain.datasets import Run, StoredRun
from spanwise_server.domain.observations import Micros
from spanwise_server.domain.scores import Score
from spanwise_server.query.evaluation import holds
from spanwise_server.query.expressions import EVERYTHING, Comparison, Expression, Field, Operator
from spanwise_server.query.queries import ExperimentQuery, ScoreQuery
from spanwise_server.services.datasets.run_ids import ids_in, only_ids, with_aliases
from spanwise_server.services.datasets.unification import join_runs, with_exact_count
from spanwise_server.services.traces import all_scores
from spanwise_server.storage.interface import ExperimentEvents
from spanwise_server.storage.metadata import dataset_runs
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.dataset_runs import RunActivity, RunItemFilter


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which experiments, or items of them: a filter and a time window (microseconds, ``until`` exclusive)."""

    project_id: str
    where: Expression = EVERYTHING
    """Over ``EXPERIMENT_FIELDS`` or ``EXPERIMENT_ITEM_FIELDS``."""
    since: Micros | None = None
    until: Micros | None = None


class Experiments:
    """Experiments of all projects."""

    def __init__(self, database: MetadataDatabase, events: ExperimentEvents) -> None:
        self._database = database
        self._events = events

    async def meant(self, project_id: str, where: Expression, field: str) -> Expression:
        """Return ``where`` so that an id of a run in ``field`` means every id of that run."""
        ids = ids_in(where, field)
        if not ids:
            return where
        stored = await self._database.read(lambda connection: dataset_runs.runs_by_ids(connection, project_id, ids))
        aliases = {alias: (run.id, run.experiment_id) for run in stored for alias in (run.id, run.experiment_id)}
        return with_aliases(where, field, aliases)

    async def meant_scores(self, query: ScoreQuery) -> ScoreQuery:
        """Return ``query`` so that scores of a run are found by any id of it."""
        return dataclasses.replace(query, where=await self.meant(query.project_id, query.where, "dataset_run_id"))

    async def owners(self, project_id: str, ids: Collection[str]) -> Mapping[str, StoredRun]:
        """Return the runs of run items that spans with these experiment ids belong to, by those ids."""
        stored = await self._database.read(lambda connection: dataset_runs.runs_by_ids(connection, project_id, set(ids)))
        return {alias: run for run in stored for alias in (run.id, run.experiment_id)}

    async def page(self, selection: Selection, *, limit: int, after: tuple[Micros, str] | None) -> list[Run]:
        """Return experiments with activity in the window, latest first; ``after`` is the end and id of the last one before."""
        project_id, since, until = selection.project_id, selection.since, selection.until
        where = await self.meant(project_id, selection.where, "id")

        def work(
            connection: MetadataTransaction,
        ) -> tuple[list[StoredRun], Mapping[str, RunActivity], Mapping[str, Micros]]:
            stored = dataset_runs.list_project_runs(connection, project_id)
            ids = [run.id for run in stored]
            activity = dataset_runs.run_activity(connection, project_id, ids, since=since, until=until)
            return stored, activity, dataset_runs.list_deleted_experiments(connection, project_id)

        stored, activity, deleted = await self._database.read(work)
        query = ExperimentQuery(project_id=project_id, ids=only_ids(where, "id"), since=since, until=until, deleted=deleted)
        runs, parts = join_runs(project_id, stored, activity, await self._events.find_experiments(query))
        runs = [run for run in runs if holds(where, {"id": run.id, "name": run.name, "dataset_id": run.dataset_id})]
        runs.sort(key=_activity, reverse=True)
        if after is not None:
            runs = [run for run in runs if _activity(run) < after]
        shown = runs[:limit]
        doubtful = [run for run in shown if run.id in activity and run.id in parts]
        counted = await self._counted(query, doubtful) if doubtful else {}
        return [counted.get(run.id, run) for run in shown]

    async def scores(self, project_id: str, runs: Sequence[Run], *, limit: int) -> Mapping[str, list[Score]]:
        """Return the newest scores of each run itself, at most ``limit``, by its id."""
        owners = {alias: run.id for run in runs for alias in run.ids}
        found: defaultdict[str, list[Score]] = defaultdict(list)
        if owners:
            where = Comparison(Field("dataset_run_id"), Operator.ANY_OF, tuple(owners))
            for score in await all_scores(self._events, project_id, where):
                scores = found[owners[score.dataset_run_id]]
                if len(scores) < limit:
                    scores.append(score)
        return found

    async def _counted(self, query: ExperimentQuery, runs: list[Run]) -> Mapping[str, Run]:
        """Count the items of runs that both stores know: mostly the same ones, but not always."""
        ids = tuple(alias for run in runs for alias in run.ids)
        wanted = RunItemFilter(
            project_id=query.project_id, run_ids=[run.id for run in runs], since=query.since, until=query.until
        )
        posted, parts = await asyncio.gather(
            self._database.read(lambda connection: dataset_runs.posted_item_ids(connection, wanted)),
            self._events.find_experiments(dataclasses.replace(query, ids=ids, with_item_ids=True)),
        )
        return {
            run.id: with_exact_count(run, posted.get(run.id, ()), [part for part in parts if part.id in run.ids])
            for run in runs
        }


def _activity(run: Run) -> tuple[Micros, str]:
    return run.end_time, run.id
