"""Rows of runs and run items, and of what was deleted of the runs that only span attributes announced."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.datasets import StoredRun, StoredRunItem
from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.observations import Micros
from spanwise_server.storage.metadata.tables.datasets import dataset_run_items, dataset_runs, deleted_experiments

_runs = dataset_runs.c
_items = dataset_run_items.c
_IN = 500
"""Values an ``IN`` list; databases bound it."""


@dataclass(frozen=True, slots=True)
class RunActivity:
    """When run items were posted to a run, and how many of different dataset items."""

    first: Micros
    last: Micros
    item_count: int


def find_run(connection: Connection, dataset_id: str, name: str) -> StoredRun | None:
    """Return the run of this name over the dataset, or none."""
    statement = select(dataset_runs).where(_runs.dataset_id == dataset_id, _runs.name == name)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _run(row)


def list_runs(connection: Connection, dataset_id: str) -> list[StoredRun]:
    """Return every run over the dataset, newest first."""
    statement = select(dataset_runs).where(_runs.dataset_id == dataset_id).order_by(_runs.created_at.desc(), _runs.id)
    return [_run(row) for row in connection.execute(statement).mappings()]


def list_project_runs(connection: Connection, project_id: str) -> list[StoredRun]:
    """Return every run of the project."""
    return [_run(row) for row in connection.execute(select(dataset_runs).where(_runs.project_id == project_id)).mappings()]


def runs_by_ids(connection: Connection, project_id: str, ids: Collection[str]) -> list[StoredRun]:
    """Return the runs that have one of ``ids`` as their id or experiment id."""
    found: dict[str, StoredRun] = {}
    for some in _chunks(ids):
        statement = select(dataset_runs).where(
            _runs.project_id == project_id, or_(_runs.id.in_(some), _runs.experiment_id.in_(some))
        )
        found.update({row["id"]: _run(row) for row in connection.execute(statement).mappings()})
    return list(found.values())


def add_run(connection: Connection, run: StoredRun) -> None:
    """Insert the run.

    Raises:
        ConflictError: another writer has made one of this name at the same moment.
    """
    try:
        connection.execute(insert(dataset_runs).values({name: getattr(run, name) for name in run.__struct_fields__}))
    except IntegrityError as error:
        raise ConflictError(f"Dataset run {run.name} was created by another request; send yours again.") from error


def describe_run(connection: Connection, run: StoredRun) -> None:
    """Write the run's description, metadata and time of update."""
    values = {"description": run.description, "metadata": run.metadata, "updated_at": run.updated_at}
    connection.execute(update(dataset_runs).where(_runs.id == run.id).values(values))


def delete_run(connection: Connection, run_id: str) -> None:
    """Delete the run with its items."""
    connection.execute(delete(dataset_runs).where(_runs.id == run_id))


def add_run_item(connection: Connection, item: StoredRunItem) -> None:
    """Insert the run item; its run exists."""
    connection.execute(insert(dataset_run_items).values({name: getattr(item, name) for name in item.__struct_fields__}))


def list_run_items(connection: Connection, run_ids: Collection[str]) -> list[StoredRunItem]:
    """Return all items of the runs, newest first."""
    items: list[StoredRunItem] = []
    for some in _chunks(run_ids):
        statement = select(dataset_run_items).where(_items.run_id.in_(some))
        rows = connection.execute(statement.order_by(_items.created_at.desc(), _items.id)).mappings()
        items += [StoredRunItem(**row) for row in rows]
    return items


def run_activity(
    connection: Connection,
    project_id: str,
    run_ids: Collection[str],
    *,
    since: Micros | None = None,
    until: Micros | None = None,
) -> Mapping[str, RunActivity]:
    """Return what was posted to each of the runs within the window, by run id; runs without any are left out."""
    activity: dict[str, RunActivity] = {}
    for some in _chunks(run_ids):
        statement = (
            select(
                _items.run_id,
                func.min(_items.created_at).label("first"),
                func.max(_items.created_at).label("last"),
                func.count(_items.dataset_item_id.distinct()).label("item_count"),
            )
            .where(_items.run_id.in_(some), _within(project_id, since, until))
            .group_by(_items.run_id)
        )
        for row in connection.execute(statement):
            activity[row.run_id] = RunActivity(row.first, row.last, row.item_count)
    return activity


@dataclass(frozen=True, slots=True, kw_only=True)
class RunItemFilter:
    """Which run items of a project, newest first: within a window, of some runs, after the last one of the page before."""

    project_id: str
    run_ids: Collection[str]
    since: Micros | None = None
    until: Micros | None = None
    after: tuple[Micros, str, str] | None = None
    """Time, trace id and id."""


def find_run_items(connection: Connection, wanted: RunItemFilter, *, limit: int) -> list[StoredRunItem]:
    """Return a page of run items: ``(created_at, trace_id, id)`` descending."""
    key = tuple_(_items.created_at, _items.trace_id, _items.id)
    found: list[StoredRunItem] = []
    for some in _chunks(wanted.run_ids):
        statement = select(dataset_run_items).where(
            _within(wanted.project_id, wanted.since, wanted.until), _items.run_id.in_(some)
        )
        if wanted.after is not None:
            statement = statement.where(key < wanted.after)
        newest_first = (_items.created_at.desc(), _items.trace_id.desc(), _items.id.desc())
        found += [StoredRunItem(**row) for row in connection.execute(statement.order_by(*newest_first).limit(limit)).mappings()]
    return sorted(found, key=lambda item: (item.created_at, item.trace_id, item.id), reverse=True)[:limit]


def posted_item_ids(connection: Connection, wanted: RunItemFilter) -> Mapping[str, frozenset[str]]:
    """Return the ids of the dataset items that were posted to each run within the window, by run id."""
    found: dict[str, set[str]] = {}
    for some in _chunks(wanted.run_ids):
        statement = select(_items.run_id, _items.dataset_item_id).where(
            _within(wanted.project_id, wanted.since, wanted.until), _items.run_id.in_(some)
        )
        for row in connection.execute(statement.distinct()):
            found.setdefault(row.run_id, set()).add(row.dataset_item_id)
    return {run_id: frozenset(ids) for run_id, ids in found.items()}


def delete_experiments(connection: Connection, project_id: str, ids: Collection[str], *, deleted_at: Micros) -> None:
    """Remember that what the experiments have up to now is no run any more."""
    table = deleted_experiments.c
    connection.execute(delete(deleted_experiments).where(table.project_id == project_id, table.experiment_id.in_(list(ids))))
    for experiment_id in ids:
        connection.execute(
            insert(deleted_experiments).values(project_id=project_id, experiment_id=experiment_id, deleted_at=deleted_at)
        )


def list_deleted_experiments(connection: Connection, project_id: str) -> Mapping[str, Micros]:
    """Return until when each deleted experiment is deleted, by id."""
    table = deleted_experiments.c
    statement = select(table.experiment_id, table.deleted_at).where(table.project_id == project_id)
    return {row.experiment_id: row.deleted_at for row in connection.execute(statement)}


def _within(project_id: str, since: Micros | None, until: Micros | None) -> ColumnElement[bool]:
    terms: list[ColumnElement[bool]] = [_items.project_id == project_id]
    terms += [_items.created_at >= since] if since is not None else []
    terms += [_items.created_at < until] if until is not None else []
    return and_(*terms)


def _chunks(values: Collection[str]) -> list[list[str]]:
    listed = list(values)
    return [listed[start : start + _IN] for start in range(0, len(listed), _IN)]


def _run(row: RowMapping) -> StoredRun:
    return StoredRun(**row)
