"""Versions of items under a clock that stands still."""

from __future__ import annotations

from spanwise_server.services.datasets.datasets import DatasetChange, Datasets
from spanwise_server.services.datasets.items import DatasetItems, ItemChange, ItemSelection
from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.services.datasets.conftest import NOW, PROJECT


async def test_two_versions_never_share_a_time(metadata: MetadataDatabase) -> None:
    dataset = await Datasets(metadata, clock=lambda: NOW).save(PROJECT, DatasetChange(name="d"))
    items = DatasetItems(metadata, clock=lambda: NOW)

    saved = [await items.save(PROJECT, ItemChange(dataset_name="d", id="i", input=str(number))) for number in range(3)]

    times = [item.valid_from for item in saved]
    assert times == [times[0], times[0] + 1000, times[0] + 2000]
    for item in saved:
        found, total = await items.page(PROJECT, ItemSelection(dataset_name="d", version=item.valid_from), limit=5, offset=0)
        assert ([each.input for each in found], total) == ([item.input], 1)
    assert await items.ids_of(dataset) == ["i"]
    assert await items.count(dataset) == 1
