"""Dataset items: written by id, read as they are or were."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import msgspec

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.datasets import Dataset, DatasetItem, ItemStatus, RunItem, version_time
from spanwise_server.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from spanwise_server.domain.observations import Micros
from spanwise_server.services.datasets.datasets import require_dataset
from spanwise_server.services.datasets.item_schemas import ItemSchema, check_value
from spanwise_server.storage.metadata import dataset_items
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.dataset_items import ItemFilter

NO_ITEM = "Dataset item not found"


class ItemChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to create or change. ``None`` leaves a field as it is."""

    dataset_name: str
    id: str | None = None
    input: str | None = None
    expected_output: str | None = None
    metadata: str | None = None
    source_trace_id: str | None = None
    source_observation_id: str | None = None
    status: ItemStatus | None = None


class ItemSelection(msgspec.Struct, frozen=True, kw_only=True):
    """Which active items to list. ``version`` needs ``dataset_name``."""

    dataset_name: str | None = None
    source_trace_id: str | None = None
    source_observation_id: str | None = None
    version: Micros | None = None


class DatasetItems:
    """Items of the datasets of all projects."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, project_id: str, change: ItemChange) -> DatasetItem:
        """Create the item, or append a version to the one of that id.

        Raises:
            NotFoundError: there is no such dataset.
            InvalidRequestError: the item does not fit the dataset's schemas.
            ConflictError: the id is taken by another dataset, or two writers of the item met.
        """
        item_id = change.id or str(uuid.uuid4())

        def work(connection: MetadataTransaction) -> DatasetItem:
            dataset = require_dataset(connection, project_id, change.dataset_name)
            stored = dataset_items.newest_version(connection, project_id, item_id)
            item = self._next_version(dataset, item_id, stored, change)
            if item.status is ItemStatus.ACTIVE:
                _check(dataset, item)
            dataset_items.add_version(connection, item, is_first=stored is None)
            return item

        return await self._database.write(work)

    def _next_version(self, dataset: Dataset, item_id: str, stored: DatasetItem | None, change: ItemChange) -> DatasetItem:
        time = version_time(self._clock(), None if stored is None else stored.valid_from)
        live = None if stored is None or stored.status is ItemStatus.DELETED else stored
        if live is not None and live.dataset_id != dataset.id:
            raise ConflictError(
                f"Dataset item id {item_id} already exists in another dataset ({live.dataset_name}).",
                hint="Ids of items are unique in a project. Choose another id, or leave it out.",
            )
        if live is None:
            live = DatasetItem(
                id=item_id,
                project_id=dataset.project_id,
                dataset_id=dataset.id,
                dataset_name=dataset.name,
                created_at=time,
                valid_from=time,
            )
        given = msgspec.structs.asdict(change)
        del given["dataset_name"], given["id"]
        kept = {name: value for name, value in given.items() if value is not None}
        return msgspec.structs.replace(live, **kept, valid_from=time)

    async def get(self, project_id: str, item_id: str) -> DatasetItem:
        """Return the item, archived or not.

        Raises:
            NotFoundError: there is none, or it was deleted.
        """
        item = await self._database.read(lambda connection: dataset_items.get_item(connection, project_id, item_id))
        if item is None:
            raise NotFoundError(NO_ITEM)
        return item

    async def of_runs(self, project_id: str, run_items: Sequence[RunItem]) -> list[DatasetItem | None]:
        """Return each run item's dataset item as it was when the run item was made, or else as it is; none if there is none."""

        def work(connection: MetadataTransaction) -> list[DatasetItem | None]:
            present = dataset_items.get_items(connection, project_id, {item.dataset_item_id for item in run_items})

            def version_of(item: RunItem) -> DatasetItem | None:
                now = present.get(item.dataset_item_id)
                if now is not None and not now.created_at <= item.created_at < now.valid_from:
                    return now
                return dataset_items.get_item(connection, project_id, item.dataset_item_id, version=item.created_at) or now

            return [version_of(item) for item in run_items]

        return await self._database.read(work)

    async def page(
        self, project_id: str, selection: ItemSelection, *, limit: int, offset: int
    ) -> tuple[list[DatasetItem], int]:
        """Return some of the active items, newest first, and how many there are.

        Raises:
            NotFoundError: there is no such dataset.
            InvalidRequestError: a version without a dataset.
        """
        if selection.version is not None and selection.dataset_name is None:
            raise InvalidRequestError("version needs datasetName: versions are counted by dataset.")

        def work(connection: MetadataTransaction) -> tuple[list[DatasetItem], int]:
            name = selection.dataset_name
            wanted = ItemFilter(
                project_id=project_id,
                dataset_id=None if name is None else require_dataset(connection, project_id, name).id,
                source_trace_id=selection.source_trace_id,
                source_observation_id=selection.source_observation_id,
                version=selection.version,
            )
            found = dataset_items.list_items(connection, wanted, limit=limit, offset=offset)
            return found, dataset_items.count_items(connection, wanted)

        return await self._database.read(work)

    async def all_of(self, dataset: Dataset) -> list[DatasetItem]:
        """Return every active item of the dataset, newest first."""
        wanted = ItemFilter(project_id=dataset.project_id, dataset_id=dataset.id)
        return await self._database.read(lambda connection: list(dataset_items.every_item(connection, wanted)))

    async def ids_of(self, dataset: Dataset) -> list[str]:
        """Return the id of every active item of the dataset, newest first."""
        wanted = ItemFilter(project_id=dataset.project_id, dataset_id=dataset.id)
        return await self._database.read(lambda connection: dataset_items.item_ids(connection, wanted))

    async def count(self, dataset: Dataset) -> int:
        """Return how many active items the dataset has."""
        wanted = ItemFilter(project_id=dataset.project_id, dataset_id=dataset.id)
        return await self._database.read(lambda connection: dataset_items.count_items(connection, wanted))

    async def delete(self, project_id: str, item_id: str) -> None:
        """End the item with a tombstone; its earlier versions can still be read by time.

        Raises:
            NotFoundError: there is none.
        """

        def work(connection: MetadataTransaction) -> None:
            stored = dataset_items.get_item(connection, project_id, item_id)
            if stored is None:
                raise NotFoundError(NO_ITEM)
            time = version_time(self._clock(), stored.valid_from)
            tombstone = msgspec.structs.replace(
                stored, status=ItemStatus.DELETED, input=None, expected_output=None, metadata=None, valid_from=time
            )
            dataset_items.add_version(connection, tombstone, is_first=False)

        await self._database.write(work)


def _check(dataset: Dataset, item: DatasetItem) -> None:
    schemas = (
        ("input", "inputSchema", dataset.input_schema, item.input),
        ("expectedOutput", "expectedOutputSchema", dataset.expected_output_schema, item.expected_output),
    )
    faults = [
        f"{field}{fault}"
        for field, name, schema, value in schemas
        if schema is not None
        for fault in check_value(ItemSchema(schema, name=name), value)
    ]
    if faults:
        raise InvalidRequestError(f"Dataset item validation failed: {'; '.join(faults)}")
