"""Rows of datasets."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.datasets import Dataset
from spanwise_server.domain.errors import ConflictError
from spanwise_server.storage.metadata.tables.datasets import datasets


def get_dataset(connection: Connection, project_id: str, dataset_id: str) -> Dataset | None:
    """Return the dataset with this id, or none."""
    statement = select(datasets).where(datasets.c.project_id == project_id, datasets.c.id == dataset_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _dataset(row)


def find_dataset(connection: Connection, project_id: str, name: str) -> Dataset | None:
    """Return the dataset with exactly this name, or none."""
    statement = select(datasets).where(datasets.c.project_id == project_id, datasets.c.name == name)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _dataset(row)


def list_datasets(
    connection: Connection, project_id: str, *, limit: int, offset: int, after: Dataset | None = None
) -> list[Dataset]:
    """Return a page of the project's datasets, newest first; by number, or those after ``after``."""
    statement = select(datasets).where(datasets.c.project_id == project_id)
    if after is not None:
        is_older = datasets.c.created_at < after.created_at
        statement = statement.where(or_(is_older, and_(datasets.c.created_at == after.created_at, datasets.c.id > after.id)))
    ordered = statement.order_by(datasets.c.created_at.desc(), datasets.c.id).limit(limit).offset(offset)
    return [_dataset(row) for row in connection.execute(ordered).mappings()]


def count_datasets(connection: Connection, project_id: str) -> int:
    """Return how many datasets the project has."""
    return connection.execute(
        select(func.count()).select_from(datasets).where(datasets.c.project_id == project_id)
    ).scalar_one()


def add_dataset(connection: Connection, dataset: Dataset) -> None:
    """Insert the dataset.

    Raises:
        ConflictError: another writer has made one of this name at the same moment.
    """
    try:
        connection.execute(
            insert(datasets).values(id=dataset.id, project_id=dataset.project_id, name=dataset.name, **_content(dataset))
        )
    except IntegrityError as error:
        raise ConflictError(f"Dataset {dataset.name} was created by another request; send yours again.") from error


def replace_dataset(connection: Connection, dataset: Dataset) -> None:
    """Write everything but id, project and name."""
    connection.execute(update(datasets).where(datasets.c.id == dataset.id).values(_content(dataset)))


def delete_dataset(connection: Connection, dataset_id: str) -> None:
    """Delete the dataset with its items, runs and run items."""
    connection.execute(delete(datasets).where(datasets.c.id == dataset_id))


def _content(dataset: Dataset) -> dict[str, str | int | None]:
    return {
        "description": dataset.description,
        "metadata": dataset.metadata,
        "input_schema": dataset.input_schema,
        "expected_output_schema": dataset.expected_output_schema,
        "created_at": dataset.created_at,
        "updated_at": dataset.updated_at,
    }


def _dataset(row: RowMapping) -> Dataset:
    return Dataset(**row)
