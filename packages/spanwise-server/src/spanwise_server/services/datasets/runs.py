"""Runs over datasets, whichever way a client announced them: run items or experiment attributes of spans."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import msgspec

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.datasets import (
    Dataset,
    DatasetItem,
    ItemStatus,
    Run,
    RunItem,
    StoredRun,
    StoredRunItem,
    experiment_id_of,
)
from spanwise_server.domain.errors import InvalidRequestError, Issue, NotFoundError
from spanwise_server.domain.observations import Micros
from spanwise_server.query.queries import ExperimentItemQuery, ExperimentQuery
from spanwise_server.services.datasets.datasets import NO_DATASET, require_dataset, spellings
from spanwise_server.services.datasets.items import NO_ITEM
from spanwise_server.services.datasets.unification import join_items, join_runs
from spanwise_server.services.datasets.writing import write_with_retry
from spanwise_server.storage.interface import ExperimentEvents
from spanwise_server.storage.metadata import dataset_items, dataset_runs
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.dataset_runs import RunActivity

NO_RUN = "Dataset run not found"
_MOST_ITEMS = 100_000
"""Items of one run that are read; no run comes near."""


class RunItemLink(msgspec.Struct, frozen=True, kw_only=True):
    """A client's word that a trace is what came out for an item in a run."""

    run_name: str
    dataset_item_id: str
    trace_id: str | None = None
    observation_id: str | None = None
    run_description: str | None = None
    metadata: str | None = None
    """JSON object text."""
    dataset_version: Micros | None = None
    created_at: Micros | None = None


class DatasetRuns:
    """Runs over the datasets of all projects."""

    def __init__(self, database: MetadataDatabase, events: ExperimentEvents, *, clock: Clock) -> None:
        self._database = database
        self._events = events
        self._clock = clock

    async def link(self, project_id: str, link: RunItemLink) -> RunItem:
        """Add an item to a run, which comes into being with its first item.

        Raises:
            InvalidRequestError: neither a trace nor an observation is named.
            NotFoundError: there is no such item, or no such observation to tell the trace.
        """
        trace_id = link.trace_id or await self._trace_of(project_id, link.observation_id)

        def work(connection: MetadataTransaction) -> RunItem:
            item = dataset_items.get_item(connection, project_id, link.dataset_item_id, version=link.dataset_version)
            if item is None or item.status is not ItemStatus.ACTIVE:
                raise NotFoundError(NO_ITEM)
            now = self._clock()
            run = _ensure_run(connection, item, link, now)
            created_at = now if link.created_at is None else link.created_at
            row = StoredRunItem(
                id=str(uuid.uuid4()),
                project_id=project_id,
                run_id=run.id,
                dataset_item_id=item.id,
                trace_id=trace_id,
                observation_id=link.observation_id or None,
                dataset_version=link.dataset_version,
                created_at=created_at,
                updated_at=now,
            )
            dataset_runs.add_run_item(connection, row)
            return RunItem(
                id=row.id,
                run_id=run.id,
                run_name=run.name,
                dataset_item_id=item.id,
                trace_id=trace_id,
                observation_id=row.observation_id,
                created_at=created_at,
                updated_at=now,
            )

        return await write_with_retry(self._database, work)

    async def _trace_of(self, project_id: str, observation_id: str | None) -> str:
        if not observation_id:
            message = "either traceId or observationId is needed"
            raise InvalidRequestError(message, issues=[Issue(message, ("traceId",))])
        observation = await self._events.get_observation(project_id, observation_id)
        if observation is None:
            raise NotFoundError("Observation not found")
        return observation.trace_id

    async def of_dataset(self, dataset: Dataset) -> list[Run]:
        """Return every run over the dataset, newest first."""
        stored, activity, deleted = await self._database.read(
            lambda connection: _stored(connection, dataset.project_id, dataset_runs.list_runs(connection, dataset.id))
        )
        query = ExperimentQuery(project_id=dataset.project_id, dataset_id=dataset.id, deleted=deleted)
        runs, _ = join_runs(query.project_id, stored, activity, await self._events.find_experiments(query))
        return sorted(runs, key=lambda run: (-run.created_at, run.id))

    async def find(self, dataset: Dataset, name: str) -> Run:
        """Return the run of this name. Among several, that of run items comes first, then the newest.

        Raises:
            NotFoundError: there is none.
        """
        runs = await self.of_dataset(dataset)
        for candidate in spellings(name):
            named = [run for run in runs if run.name == candidate]
            own = experiment_id_of(dataset.project_id, dataset.id, candidate)
            found = next((run for run in named if own in run.ids), named[0] if named else None)
            if found is not None:
                return found
        raise NotFoundError(NO_RUN)

    async def get(self, project_id: str, any_id: str) -> Run:
        """Return the run that ``any_id`` is an id of; raises as ``find``."""
        stored, activity, deleted = await self._database.read(
            lambda connection: _stored(connection, project_id, dataset_runs.runs_by_ids(connection, project_id, [any_id]))
        )
        ids = tuple({any_id, *(alias for run in stored for alias in (run.id, run.experiment_id))})
        query = ExperimentQuery(project_id=project_id, ids=ids, deleted=deleted)
        runs, _ = join_runs(query.project_id, stored, activity, await self._events.find_experiments(query))
        if not runs:
            raise NotFoundError(NO_RUN)
        return runs[0]

    async def items(self, project_id: str, run: Run) -> list[RunItem]:
        """Return everything that came out of the run, newest first."""
        posted, deleted = await self._database.read(
            lambda connection: (
                dataset_runs.list_run_items(connection, [run.id]) if run.is_stored else [],
                dataset_runs.list_deleted_experiments(connection, project_id),
            )
        )
        query = ExperimentItemQuery(project_id=project_id, experiment_ids=run.ids, deleted=deleted, limit=_MOST_ITEMS)
        return join_items(run, posted, await self._events.find_experiment_items(query))

    async def delete(self, project_id: str, run: Run) -> None:
        """Delete the run: its run items, and what its spans say of it up to now. Traces and scores stay."""

        def work(connection: MetadataTransaction) -> None:
            dataset_runs.delete_run(connection, run.id)
            dataset_runs.delete_experiments(connection, project_id, run.ids, deleted_at=self._clock())

        await self._database.write(work)

    async def split_path(self, project_id: str, path: str) -> tuple[Dataset, str]:
        """Return the dataset and run that ``<dataset>/runs/<run>`` names; both names may hold ``/runs/`` themselves.

        Raises:
            NotFoundError: there is no such dataset.
        """

        def work(connection: MetadataTransaction) -> tuple[Dataset, str]:
            at = len(path)
            while (at := path.rfind(_SEPARATOR, 0, at)) != -1:
                try:
                    return require_dataset(connection, project_id, path[:at]), path[at + len(_SEPARATOR) :]
                except NotFoundError:
                    continue
            raise NotFoundError(NO_DATASET)

        return await self._database.read(work)


_SEPARATOR = "/runs/"


def _stored(
    connection: MetadataTransaction, project_id: str, runs: list[StoredRun]
) -> tuple[list[StoredRun], Mapping[str, RunActivity], Mapping[str, Micros]]:
    """Return the runs with what was posted to them, and what is deleted in the project."""
    activity = dataset_runs.run_activity(connection, project_id, [run.id for run in runs])
    return runs, activity, dataset_runs.list_deleted_experiments(connection, project_id)


def _ensure_run(connection: MetadataTransaction, item: DatasetItem, link: RunItemLink, now: Micros) -> StoredRun:
    metadata = link.metadata
    stored = dataset_runs.find_run(connection, item.dataset_id, link.run_name)
    if stored is None:
        run = StoredRun(
            id=str(uuid.uuid4()),
            project_id=item.project_id,
            dataset_id=item.dataset_id,
            name=link.run_name,
            experiment_id=experiment_id_of(item.project_id, item.dataset_id, link.run_name),
            description=link.run_description,
            metadata=metadata,
            created_at=now,
            updated_at=now,
        )
        dataset_runs.add_run(connection, run)
        return run
    if link.run_description is None and metadata is None:
        return stored
    changed = msgspec.structs.replace(
        stored,
        description=stored.description if link.run_description is None else link.run_description,
        metadata=stored.metadata if metadata is None else metadata,
        updated_at=now,
    )
    dataset_runs.describe_run(connection, changed)
    return changed
