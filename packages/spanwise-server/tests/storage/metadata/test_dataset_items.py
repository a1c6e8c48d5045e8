"""Rows of items: pages are found in the indexes alone, and two writers do not end in two present versions."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, event, text

from spanwise_server.domain.datasets import DatasetItem, ItemStatus
from spanwise_server.domain.errors import ConflictError
from spanwise_server.storage.metadata import dataset_items, datasets
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.dataset_items import ItemFilter
from tests.storage.metadata.test_datasets import dataset, filled

__all__ = ["filled"]


def item(number: int, **fields: Any) -> DatasetItem:
    base = {"id": f"i{number}", "project_id": "p", "dataset_id": "d", "dataset_name": "d", "input": "1"}
    return DatasetItem(**{**base, "created_at": number, "valid_from": number, **fields})


@pytest.fixture
def with_items(filled: MetadataDatabase) -> MetadataDatabase:
    def work(connection: Connection) -> None:
        datasets.add_dataset(connection, dataset("d"))
        for number in range(20):
            dataset_items.add_version(connection, item(number), is_first=True)
            if number % 2:
                edited = msgspec.structs.replace(item(number), input="2", valid_from=100 + number)
                dataset_items.add_version(connection, edited, is_first=False)

    filled.write_now(work)
    return filled


@pytest.mark.parametrize(
    ("wanted", "value"),
    [(ItemFilter(project_id="p", dataset_id="d"), "2"), (ItemFilter(project_id="p", dataset_id="d", version=99), "1")],
)
def test_a_page_is_the_same_wherever_it_begins(with_items: MetadataDatabase, wanted: ItemFilter, value: str) -> None:
    def pages(connection: Connection) -> list[DatasetItem]:
        return [
            row for offset in range(0, 25, 5) for row in dataset_items.list_items(connection, wanted, limit=5, offset=offset)
        ]

    found = with_items.read_now(pages)

    assert [row.id for row in found] == [f"i{number}" for number in reversed(range(20))]
    assert {row.input for row in found if int(row.id[1:]) % 2} == {value}
    assert with_items.read_now(lambda connection: dataset_items.count_items(connection, wanted)) == 20
    assert with_items.read_now(lambda connection: list(dataset_items.every_item(connection, wanted))) == found


@pytest.mark.parametrize("version", [None, 99])
def test_what_is_skipped_is_skipped_in_an_index(with_items: MetadataDatabase, version: int | None) -> None:
    """A page of large items far down costs as much as the first only if nothing but the index is read for the rest."""
    statements: list[tuple[str, Any]] = []

    def plans(connection: Connection) -> list[str]:
        def note(_c: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: Any) -> None:
            statements.append((sql, parameters))

        event.listen(connection, "before_cursor_execute", note)
        wanted = ItemFilter(project_id="p", dataset_id="d", version=version)
        dataset_items.list_items(connection, wanted, limit=5, offset=10)
        dataset_items.count_items(connection, wanted)
        event.remove(connection, "before_cursor_execute", note)
        return [
            " ".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters))
            for sql, parameters in statements
        ]

    keys, rows, count = with_items.read_now(plans)

    for plan in (keys, count):
        assert "USING COVERING INDEX ix_dataset_items_" in plan
        assert "TEMP B-TREE" not in plan
    assert "SCAN dataset_items" not in rows


def test_two_first_versions_cannot_both_be(with_items: MetadataDatabase) -> None:
    with pytest.raises(ConflictError, match="being written by another request"):
        with_items.write_now(lambda connection: dataset_items.add_version(connection, item(1, valid_from=500), is_first=True))


def test_a_tombstone_ends_an_item(with_items: MetadataDatabase) -> None:
    tombstone = item(0, status=ItemStatus.DELETED, input=None, valid_from=200)
    with_items.write_now(lambda connection: dataset_items.add_version(connection, tombstone, is_first=False))

    def states(connection: Connection) -> list[Any]:
        newest = dataset_items.newest_version(connection, "p", "i0")
        return [
            dataset_items.get_item(connection, "p", "i0"),
            dataset_items.get_item(connection, "p", "i0", version=199) is not None,
            newest is not None and newest.status,
            dataset_items.count_by_dataset(connection, ["d", "other"]),
            connection.execute(text("SELECT count(*) FROM dataset_items WHERE id = 'i0'")).scalar_one(),
        ]

    assert with_items.read_now(states) == [None, True, ItemStatus.DELETED, {"d": 19}, 2]
