"""Rows of dataset items, one a version. A write closes the present version and appends the next; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.datasets import DatasetItem, ItemStatus
from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.observations import Micros
from spanwise_server.storage.metadata.tables.datasets import STILL_VALID, dataset_items, datasets

_items = dataset_items.c
_BATCH = 500
"""Rows a statement when everything is wanted: bounds memory, not the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which active items of a project: now, or at ``version``, which needs ``dataset_id``."""

    project_id: str
    dataset_id: str | None = None
    source_trace_id: str | None = None
    source_observation_id: str | None = None
    version: Micros | None = None
    changed_since: Micros | None = None
    """Only items whose present version is not older."""


def get_item(connection: Connection, project_id: str, item_id: str, *, version: Micros | None = None) -> DatasetItem | None:
    """Return the item as it is, or was at ``version``; none if there is none or it was deleted."""
    statement = _whole().where(
        _items.project_id == project_id, _items.id == item_id, _valid(version), _items.status != ItemStatus.DELETED
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _item(row)


def get_items(connection: Connection, project_id: str, item_ids: Collection[str]) -> Mapping[str, DatasetItem]:
    """Return those of the items that exist, as they are, by id."""
    statement = _whole().where(
        _items.project_id == project_id,
        _items.id.in_(list(item_ids)),
        _valid(None),
        _items.status != ItemStatus.DELETED,
    )
    return {row["id"]: _item(row) for row in connection.execute(statement).mappings()}


def newest_version(connection: Connection, project_id: str, item_id: str) -> DatasetItem | None:
    """Return the last version of the item, which may be its tombstone, or none if there never was one."""
    statement = _whole().where(_items.project_id == project_id, _items.id == item_id, _valid(None))
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _item(row)


def list_items(connection: Connection, wanted: ItemFilter, *, limit: int, offset: int) -> list[DatasetItem]:
    """Return a page of active items, newest first, then by id.

    The page's keys are found within an index, however far down they lie; only then are their rows fetched. So nothing is
    selected here that the indexes do not hold.
    """
    keys = (
        select(_items.id, _items.valid_from)
        .where(_matches(wanted))
        .order_by(_items.newest_first, _items.id)
        .limit(limit)
        .offset(offset)
    )
    return _load(connection, wanted.project_id, [(row.id, row.valid_from) for row in connection.execute(keys)])


def count_items(connection: Connection, wanted: ItemFilter) -> int:
    """Return how many active items there are."""
    return connection.execute(select(func.count()).select_from(dataset_items).where(_matches(wanted))).scalar_one()


def every_item(connection: Connection, wanted: ItemFilter) -> Iterator[DatasetItem]:
    """Yield all active items, in the order of ``list_items``, some at a time."""
    keys = select(_items.id, _items.valid_from).where(_matches(wanted)).order_by(_items.newest_first, _items.id)
    found = [(row.id, row.valid_from) for row in connection.execute(keys)]
    for start in range(0, len(found), _BATCH):
        yield from _load(connection, wanted.project_id, found[start : start + _BATCH])


def count_by_dataset(connection: Connection, dataset_ids: Collection[str]) -> Mapping[str, int]:
    """Return how many active items each of the datasets has; those without are left out."""
    statement = (
        select(_items.dataset_id, func.count().label("number"))
        .where(_items.dataset_id.in_(list(dataset_ids)), _valid(None), _items.status == ItemStatus.ACTIVE)
        .group_by(_items.dataset_id)
    )
    return {row.dataset_id: row.number for row in connection.execute(statement)}


def item_ids(connection: Connection, wanted: ItemFilter) -> list[str]:
    """Return the id of every active item, in the order of ``list_items``."""
    statement = select(_items.id).where(_matches(wanted)).order_by(_items.newest_first, _items.id)
    return list(connection.execute(statement).scalars())


def add_version(connection: Connection, item: DatasetItem, *, is_first: bool) -> None:
    """Make ``item`` the present version. ``is_first`` says that there is none to close.

    Raises:
        ConflictError: another writer has changed the item at the same moment.
    """
    if not is_first:
        connection.execute(
            update(dataset_items)
            .where(_items.project_id == item.project_id, _items.id == item.id, _items.valid_to == STILL_VALID)
            .values(valid_to=item.valid_from)
        )
    try:
        connection.execute(
            insert(dataset_items).values(
                project_id=item.project_id,
                id=item.id,
                valid_from=item.valid_from,
                valid_to=STILL_VALID,
                dataset_id=item.dataset_id,
                status=item.status.value,
                input=item.input,
                expected_output=item.expected_output,
                metadata=item.metadata,
                source_trace_id=item.source_trace_id,
                source_observation_id=item.source_observation_id,
                created_at=item.created_at,
                newest_first=-item.created_at,
            )
        )
    except IntegrityError as error:
        raise ConflictError(f"Dataset item {item.id} is being written by another request; send yours again.") from error


def _whole() -> Select[Any]:
    return select(dataset_items, datasets.c.name.label("dataset_name")).join(datasets, datasets.c.id == _items.dataset_id)


def _load(connection: Connection, project_id: str, keys: list[tuple[str, int]]) -> list[DatasetItem]:
    if not keys:
        return []
    ids, times = (list(dict.fromkeys(part)) for part in zip(*keys, strict=True))
    # Not a list of whole keys: SQLite reads the table from end to end for one.
    statement = _whole().where(_items.project_id == project_id, _items.id.in_(ids), _items.valid_from.in_(times))
    rows = {(row["id"], row["valid_from"]): row for row in connection.execute(statement).mappings()}
    return [_item(rows[key]) for key in keys]


def _valid(version: Micros | None) -> ColumnElement[bool]:
    if version is None:
        return _items.valid_to == STILL_VALID
    return and_(_items.valid_from <= version, _items.valid_to > version)


def _matches(wanted: ItemFilter) -> ColumnElement[bool]:
    owner = _items.project_id == wanted.project_id if wanted.dataset_id is None else _items.dataset_id == wanted.dataset_id
    terms = [owner, _items.status == ItemStatus.ACTIVE, _valid(wanted.version)]
    if wanted.changed_since is not None:
        # Times of versions are whole milliseconds, so the one that is under way counts as well.
        terms.append(_items.valid_from >= wanted.changed_since - 1000)
    if wanted.source_trace_id is not None:
        terms += [_items.project_id == wanted.project_id, _items.source_trace_id == wanted.source_trace_id]
    if wanted.source_observation_id is not None:
        terms.append(_items.source_observation_id == wanted.source_observation_id)
    return and_(*terms)


def _item(row: RowMapping) -> DatasetItem:
    return DatasetItem(
        id=row["id"],
        project_id=row["project_id"],
        dataset_id=row["dataset_id"],
        dataset_name=row["dataset_name"],
        status=ItemStatus(row["status"]),
        input=row["input"],
        expected_output=row["expected_output"],
        metadata=row["metadata"],
        source_trace_id=row["source_trace_id"],
        source_observation_id=row["source_observation_id"],
        created_at=row["created_at"],
        valid_from=row["valid_from"],
    )
