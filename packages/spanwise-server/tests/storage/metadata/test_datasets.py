"""Rows of datasets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.domain.datasets import Dataset
from spanwise_server.domain.errors import ConflictError
from spanwise_server.storage.metadata import datasets, projects, schema
from spanwise_server.storage.metadata.database import MetadataDatabase


def dataset(dataset_id: str, *, created_at: int = 1, name: str = "") -> Dataset:
    """Return a dataset of the project ``p``."""
    return Dataset(id=dataset_id, project_id="p", name=name or dataset_id, created_at=created_at, updated_at=created_at)


@pytest.fixture
def filled() -> Iterator[MetadataDatabase]:
    """Yield a database with the project ``p`` and nothing in it."""
    opened = MetadataDatabase()
    schema.migrate(opened)
    organization = Organization(id="o", name="o", created_at=1)

    def work(connection: Connection) -> None:
        projects.add_organization(connection, organization)
        projects.add_project(connection, Project(id="p", organization=organization, name="p", created_at=1))

    opened.write_now(work)
    yield opened
    opened.close_now()


def test_datasets_are_listed_newest_first_by_number_and_by_key(filled: MetadataDatabase) -> None:
    def work(connection: Connection) -> None:
        for dataset_id, created_at in (("a", 1), ("b", 2), ("c", 2), ("d", 3)):
            datasets.add_dataset(connection, dataset(dataset_id, created_at=created_at))

    filled.write_now(work)

    def ids(connection: Connection) -> tuple[list[str], list[str], int]:
        second = datasets.list_datasets(connection, "p", limit=2, offset=2)
        last = datasets.get_dataset(connection, "p", "b")
        after = datasets.list_datasets(connection, "p", limit=9, offset=0, after=last)
        return [row.id for row in second], [row.id for row in after], datasets.count_datasets(connection, "p")

    assert filled.read_now(ids) == (["c", "a"], ["c", "a"], 4)


def test_a_name_is_taken_once(filled: MetadataDatabase) -> None:
    filled.write_now(lambda connection: datasets.add_dataset(connection, dataset("a", name="n")))

    with pytest.raises(ConflictError, match="created by another request"):
        filled.write_now(lambda connection: datasets.add_dataset(connection, dataset("b", name="n")))


def test_a_dataset_belongs_to_its_project(filled: MetadataDatabase) -> None:
    filled.write_now(lambda connection: datasets.add_dataset(connection, dataset("a")))

    assert filled.read_now(lambda connection: datasets.get_dataset(connection, "other", "a")) is None
    assert filled.read_now(lambda connection: datasets.find_dataset(connection, "other", "a")) is None
