"""Datasets: created and changed by name, found by name however a client has written it into a path."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from urllib.parse import unquote

import msgspec

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.datasets import Dataset
from spanwise_server.domain.errors import InvalidRequestError, Issue, NotFoundError
from spanwise_server.domain.observations import Micros
from spanwise_server.services.datasets.item_schemas import ItemSchema, check_value
from spanwise_server.services.datasets.writing import write_with_retry
from spanwise_server.storage.metadata import dataset_items, datasets
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

NO_DATASET = "Dataset not found"
_MAX_FAULTY_ITEMS = 100
"""Items named in an error; more are counted only."""


class DatasetChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to create or change. ``None`` leaves a field as it is: clients send null for what their caller left out."""

    name: str
    description: str | None = None
    metadata: str | None = None
    input_schema: str | None = None
    expected_output_schema: str | None = None


class Datasets:
    """Datasets of all projects."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, project_id: str, name: str) -> Dataset:
        """Return the dataset of this name; a name that some client has escaped once too often is found as well.

        Raises:
            NotFoundError: there is none.
        """
        return await self._database.read(lambda connection: require_dataset(connection, project_id, name))

    async def get_by_id(self, project_id: str, dataset_id: str) -> Dataset:
        """Return the dataset; raises as ``get``."""
        dataset = await self._database.read(lambda connection: datasets.get_dataset(connection, project_id, dataset_id))
        if dataset is None:
            raise NotFoundError(NO_DATASET)
        return dataset

    async def page(self, project_id: str, *, limit: int, offset: int) -> tuple[list[Dataset], int]:
        """Return some of the project's datasets, newest first, and how many there are."""

        def work(connection: MetadataTransaction) -> tuple[list[Dataset], int]:
            found = datasets.list_datasets(connection, project_id, limit=limit, offset=offset)
            return found, datasets.count_datasets(connection, project_id)

        return await self._database.read(work)

    async def newest(self, project_id: str, *, limit: int, after: str | None) -> list[tuple[Dataset, int]]:
        """Return datasets with the number of their active items, newest first, after the one with the id ``after``."""

        def work(connection: MetadataTransaction) -> list[tuple[Dataset, int]]:
            last = None if after is None else datasets.get_dataset(connection, project_id, after)
            found = datasets.list_datasets(connection, project_id, limit=limit, offset=0, after=last)
            counts = dataset_items.count_by_dataset(connection, [dataset.id for dataset in found])
            return [(dataset, counts.get(dataset.id, 0)) for dataset in found]

        return await self._database.read(work)

    async def save(self, project_id: str, change: DatasetChange) -> Dataset:
        """Create the dataset, or change what ``change`` gives of the one of that name.

        Raises:
            InvalidRequestError: the name or a schema is not acceptable, or an item does not fit a new schema.
        """
        check_name(change.name)
        # Ten thousand items take a while, which nobody else's writes should wait for: under the lock only what has
        # changed meanwhile is looked at.
        started = self._clock()
        await self._database.read(lambda connection: _check_change(connection, project_id, change, changed_since=None))

        def work(connection: MetadataTransaction) -> Dataset:
            now = self._clock()
            stored = datasets.find_dataset(connection, project_id, change.name)
            if stored is None:
                new = Dataset(
                    id=str(uuid.uuid4()),
                    project_id=project_id,
                    created_at=now,
                    updated_at=now,
                    **msgspec.structs.asdict(change),
                )
                datasets.add_dataset(connection, new)
                return new
            given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
            changed = msgspec.structs.replace(stored, **given, updated_at=now)
            _check_change(connection, project_id, change, changed_since=started)
            datasets.replace_dataset(connection, changed)
            return changed

        return await write_with_retry(self._database, work)

    async def delete(self, project_id: str, name: str) -> Dataset:
        """Delete the dataset with its items and the runs that run items announced, and return it. Traces and scores stay.

        Raises:
            NotFoundError: there is none.
        """

        def work(connection: MetadataTransaction) -> Dataset:
            dataset = require_dataset(connection, project_id, name)
            datasets.delete_dataset(connection, dataset.id)
            return dataset

        return await self._database.write(work)


def require_dataset(connection: MetadataTransaction, project_id: str, name: str) -> Dataset:
    """Return the dataset of this name, or of the name that ``name`` is the escaped form of.

    Raises:
        NotFoundError: there is none.
    """
    for candidate in spellings(name):
        dataset = datasets.find_dataset(connection, project_id, candidate)
        if dataset is not None:
            return dataset
    raise NotFoundError(NO_DATASET)


def spellings(name: str) -> Iterator[str]:
    """Yield the name as it came, and decoded once more: the oldest SDK escapes names in queries twice."""
    yield name
    decoded = unquote(name)
    if decoded != name and "\0" not in decoded:  # which no database holds
        yield decoded


def check_name(name: str) -> None:
    """Refuse a name that cannot be a path of folders.

    Raises:
        InvalidRequestError: it begins or ends with a slash, or has two in a row.
    """
    if name.startswith("/") or name.endswith("/") or "//" in name:
        message = "must not begin or end with /, nor contain //"
        raise InvalidRequestError(f"The dataset name {message}", issues=[Issue(message, ("name",))])


def _schema(text: str | None, name: str) -> ItemSchema | None:
    return None if text is None else ItemSchema(text, name=name)


def _check_change(
    connection: MetadataTransaction, project_id: str, change: DatasetChange, *, changed_since: Micros | None
) -> None:
    """Refuse schemas that are none, or that an active item breaks, naming each item and fault."""
    inputs = _schema(change.input_schema, "inputSchema")
    outputs = _schema(change.expected_output_schema, "expectedOutputSchema")
    stored = datasets.find_dataset(connection, project_id, change.name)
    if stored is None or (inputs is None and outputs is None):
        return
    issues: list[Issue] = []
    faulty = 0
    wanted = dataset_items.ItemFilter(project_id=project_id, dataset_id=stored.id, changed_since=changed_since)
    for item in dataset_items.every_item(connection, wanted):
        faults = [("input", fault) for fault in check_value(inputs, item.input)]
        faults += [("expectedOutput", fault) for fault in check_value(outputs, item.expected_output)]
        faulty += bool(faults)
        if faulty <= _MAX_FAULTY_ITEMS:
            issues += [Issue(fault, ("items", item.id, field), "schema_violation") for field, fault in faults]
    if faulty > _MAX_FAULTY_ITEMS:
        issues.append(Issue(f"{faulty - _MAX_FAULTY_ITEMS} more items do not fit", ("items",), "schema_violation"))
    if issues:
        raise InvalidRequestError(f"{faulty} active items do not fit the new schema", issues=issues)
