"""Rows of annotation queues, their items and assignments. Every item is looked up through its queue's project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.annotation import AnnotationQueue, AnnotationQueueItem, ItemStatus, ObjectType
from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.observations import Micros
from spanwise_server.storage.metadata.tables.annotation import (
    annotation_queue_assignments,
    annotation_queue_items,
    annotation_queues,
)

_queue = annotation_queues.c
_item = annotation_queue_items.c


def list_queues(connection: Connection, project_id: str, *, limit: int, offset: int) -> list[AnnotationQueue]:
    """Return a page of the project's queues: newest first, then by id."""
    statement = (
        select(annotation_queues)
        .where(_queue.project_id == project_id)
        .order_by(_queue.created_at.desc(), _queue.id)
        .limit(limit)
        .offset(offset)
    )
    return [_queue_of(row) for row in connection.execute(statement)]


def count_queues(connection: Connection, project_id: str) -> int:
    """Return how many queues the project has."""
    statement = select(func.count()).select_from(annotation_queues).where(_queue.project_id == project_id)
    return connection.execute(statement).scalar_one()


def get_queue(connection: Connection, project_id: str, queue_id: str) -> AnnotationQueue | None:
    """Return the project's queue with this id, or none."""
    statement = select(annotation_queues).where(_queue.project_id == project_id, _queue.id == queue_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _queue_of(row)


def find_queue(connection: Connection, project_id: str, name: str) -> AnnotationQueue | None:
    """Return the project's queue with this name, or none."""
    statement = select(annotation_queues).where(_queue.project_id == project_id, _queue.name == name)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _queue_of(row)


def add_queue(connection: Connection, queue: AnnotationQueue) -> None:
    """Insert the queue.

    Raises:
        ConflictError: Another one got its name since the caller looked.
    """
    statement = insert(annotation_queues).values(
        id=queue.id,
        project_id=queue.project_id,
        name=queue.name,
        description=queue.description,
        score_config_ids=list(queue.score_config_ids),
        created_at=queue.created_at,
        updated_at=queue.updated_at,
    )
    try:
        connection.execute(statement)
    except IntegrityError as error:
        raise ConflictError(f"Annotation queue {queue.name!r} exists already.") from error


def list_items(
    connection: Connection, queue_id: str, *, status: ItemStatus | None, limit: int, offset: int
) -> list[AnnotationQueueItem]:
    """Return a page of the queue's items: newest first, then by id."""
    statement = _items(queue_id, status).order_by(_item.created_at.desc(), _item.id).limit(limit).offset(offset)
    return [_item_of(row) for row in connection.execute(statement)]


def count_items(connection: Connection, queue_id: str, *, status: ItemStatus | None) -> int:
    """Return how many items the queue has."""
    return connection.execute(select(func.count()).select_from(_items(queue_id, status).subquery())).scalar_one()


def first_pending_item(connection: Connection, queue_id: str) -> AnnotationQueueItem | None:
    """Return the item that has waited longest, or none."""
    statement = _items(queue_id, ItemStatus.PENDING).order_by(_item.created_at, _item.id).limit(1)
    row = connection.execute(statement).first()
    return None if row is None else _item_of(row)


def get_item(connection: Connection, queue_id: str, item_id: str) -> AnnotationQueueItem | None:
    """Return the queue's item with this id, or none."""
    row = connection.execute(select(annotation_queue_items).where(*_one(queue_id, item_id))).one_or_none()
    return None if row is None else _item_of(row)


def add_item(connection: Connection, item: AnnotationQueueItem) -> None:
    """Insert the item."""
    connection.execute(
        insert(annotation_queue_items).values(
            id=item.id,
            queue_id=item.queue_id,
            object_type=item.object_type.value,
            object_id=item.object_id,
            status=item.status.value,
            completed_at=item.completed_at,
            created_at=item.created_at,
            updated_at=item.updated_at,
        )
    )


def replace_item(connection: Connection, item: AnnotationQueueItem) -> None:
    """Write everything of the item that may change."""
    statement = update(annotation_queue_items).where(*_one(item.queue_id, item.id))
    connection.execute(statement.values(status=item.status.value, completed_at=item.completed_at, updated_at=item.updated_at))


def delete_item(connection: Connection, queue_id: str, item_id: str) -> bool:
    """Delete the item; say whether it was there."""
    return connection.execute(delete(annotation_queue_items).where(*_one(queue_id, item_id))).rowcount > 0


def delete_items_of_traces(connection: Connection, project_id: str, trace_ids: Sequence[str]) -> None:
    """Take the traces out of every queue of the project."""
    of_project = select(_queue.id).where(_queue.project_id == project_id)
    connection.execute(
        delete(annotation_queue_items).where(
            _item.object_type == ObjectType.TRACE.value,
            _item.object_id.in_(list(trace_ids)),
            _item.queue_id.in_(of_project),
        )
    )


def assign(connection: Connection, queue_id: str, user_id: str, now: Micros) -> None:
    """Give the queue to the user, unless it has been already."""
    assignment = annotation_queue_assignments.c
    known = select(assignment.user_id).where(assignment.queue_id == queue_id, assignment.user_id == user_id)
    if connection.execute(known).first() is None:
        connection.execute(insert(annotation_queue_assignments).values(queue_id=queue_id, user_id=user_id, created_at=now))


def unassign(connection: Connection, queue_id: str, user_id: str) -> None:
    """Take the queue from the user, if it was given to it."""
    assignment = annotation_queue_assignments.c
    connection.execute(
        delete(annotation_queue_assignments).where(assignment.queue_id == queue_id, assignment.user_id == user_id)
    )


def list_assigned_users(connection: Connection, queue_id: str) -> list[str]:
    """Return the ids of the users who are to work on the queue, longest assigned first."""
    assignment = annotation_queue_assignments.c
    statement = select(assignment.user_id).where(assignment.queue_id == queue_id)
    return list(connection.execute(statement.order_by(assignment.created_at, assignment.user_id)).scalars())


def _items(queue_id: str, status: ItemStatus | None) -> Select[Any]:
    statement = select(annotation_queue_items).where(_item.queue_id == queue_id)
    return statement if status is None else statement.where(_item.status == status.value)


def _one(queue_id: str, item_id: str) -> tuple[ColumnElement[bool], ...]:
    return (_item.queue_id == queue_id, _item.id == item_id)


def _queue_of(row: Row[Any]) -> AnnotationQueue:
    return AnnotationQueue(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        description=row.description,
        score_config_ids=tuple(row.score_config_ids),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _item_of(row: Row[Any]) -> AnnotationQueueItem:
    return AnnotationQueueItem(
        id=row.id,
        queue_id=row.queue_id,
        object_type=ObjectType(row.object_type),
        object_id=row.object_id,
        status=ItemStatus(row.status),
        completed_at=row.completed_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
