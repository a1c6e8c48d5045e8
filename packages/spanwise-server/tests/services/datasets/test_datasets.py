"""Names in every spelling, and schemas that are checked without holding up other writers."""

from __future__ import annotations

import pytest

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.services.datasets.datasets import DatasetChange, Datasets, check_name, spellings
from spanwise_server.services.datasets.items import DatasetItems, ItemChange
from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.services.datasets.conftest import NOW, PROJECT


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a b", ["a b"]), ("a%20b", ["a%20b", "a b"]), ("a%2520b", ["a%2520b", "a%20b"]), ("a%00", ["a%00"])],
)
def test_a_name_is_decoded_once_more(name: str, expected: list[str]) -> None:
    assert list(spellings(name)) == expected


@pytest.mark.parametrize("name", ["/a", "a/", "/"])
def test_a_name_is_a_path_of_folders(name: str) -> None:
    check_name("a/b")
    with pytest.raises(InvalidRequestError):
        check_name(name)


async def test_faults_name_the_items_and_end_somewhere(metadata: MetadataDatabase) -> None:
    sets, items = Datasets(metadata, clock=lambda: NOW), DatasetItems(metadata, clock=lambda: NOW)
    await sets.save(PROJECT, DatasetChange(name="d"))
    for number in range(103):
        await items.save(PROJECT, ItemChange(dataset_name="d", id=f"item-{number:03d}", input='"x"'))

    with pytest.raises(InvalidRequestError, match="103 active items") as refused:
        await sets.save(PROJECT, DatasetChange(name="d", input_schema='{"type":"integer"}'))

    assert refused.value.issues[0].path == ("items", "item-000", "input")
    assert len(refused.value.issues) == 101
    assert refused.value.issues[-1].message == "3 more items do not fit"
