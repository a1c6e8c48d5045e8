"""Annotation queues: what waits to be judged by people, by which score configs, and who is to do it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.annotation import AnnotationQueue, AnnotationQueueItem, ItemStatus, ObjectType
from spanwise_server.domain.errors import ConflictError, InvalidRequestError, Issue, NotFoundError
from spanwise_server.storage.metadata import annotation_queues, score_configs, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction


class AnnotationQueues:
    """The annotation queues of all projects."""

    def __init__(
        self, database: MetadataDatabase, *, clock: Clock, new_id: Callable[[], str] = lambda: str(uuid.uuid4())
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    async def page(self, project_id: str, *, limit: int, offset: int) -> tuple[list[AnnotationQueue], int]:
        """Return a page of the project's queues, newest first, and how many there are in all."""

        def work(connection: MetadataTransaction) -> tuple[list[AnnotationQueue], int]:
            found = annotation_queues.list_queues(connection, project_id, limit=limit, offset=offset)
            return found, annotation_queues.count_queues(connection, project_id)

        return await self._database.read(work)

    async def get(self, project_id: str, queue_id: str) -> AnnotationQueue:
        """Return the queue.

        Raises:
            NotFoundError: The project has none with this id. So do all methods below that name a queue.
        """
        return await self._database.read(lambda connection: _queue(connection, project_id, queue_id))

    async def create(
        self, project_id: str, *, name: str, description: str | None, score_config_ids: Sequence[str]
    ) -> AnnotationQueue:
        """Make a queue.

        Raises:
            InvalidRequestError: The project has one of this name, or lacks one of the score configs.
        """
        now = self._clock()
        queue = AnnotationQueue(
            id=self._new_id(),
            project_id=project_id,
            name=name,
            description=description,
            score_config_ids=tuple(dict.fromkeys(score_config_ids)),
            created_at=now,
            updated_at=now,
        )

        def work(connection: MetadataTransaction) -> None:
            found = score_configs.find_score_configs(connection, project_id, queue.score_config_ids)
            missing = sorted(set(queue.score_config_ids) - {config.id for config in found})
            if missing:
                message = f"score configs that do not exist in this project: {', '.join(missing)[:500]}"
                raise InvalidRequestError(message, issues=[Issue(message, ("scoreConfigIds",), "not_found")])
            if annotation_queues.find_queue(connection, project_id, name) is not None:
                raise _name_taken(name)
            annotation_queues.add_queue(connection, queue)

        try:
            await self._database.write(work)
        except ConflictError as error:  # somebody else took the name between the look and the write
            raise _name_taken(name) from error
        return queue

    async def items(
        self, project_id: str, queue_id: str, *, status: ItemStatus | None, limit: int, offset: int
    ) -> tuple[list[AnnotationQueueItem], int]:
        """Return a page of the queue's items, newest first, and how many there are in all."""

        def work(connection: MetadataTransaction) -> tuple[list[AnnotationQueueItem], int]:
            queue = _queue(connection, project_id, queue_id)
            found = annotation_queues.list_items(connection, queue.id, status=status, limit=limit, offset=offset)
            return found, annotation_queues.count_items(connection, queue.id, status=status)

        return await self._database.read(work)

    async def next_item(self, project_id: str, queue_id: str) -> tuple[AnnotationQueueItem | None, int]:
        """Return the item that has waited longest, or none when nothing waits, and how many wait."""

        def work(connection: MetadataTransaction) -> tuple[AnnotationQueueItem | None, int]:
            queue = _queue(connection, project_id, queue_id)
            first = annotation_queues.first_pending_item(connection, queue.id)
            return first, annotation_queues.count_items(connection, queue.id, status=ItemStatus.PENDING)

        return await self._database.read(work)

    async def item(self, project_id: str, queue_id: str, item_id: str) -> AnnotationQueueItem:
        """Return the item.

        Raises:
            NotFoundError: The queue has none with this id. So do all methods below that name an item.
        """

        def work(connection: MetadataTransaction) -> AnnotationQueueItem:
            return _item(connection, _queue(connection, project_id, queue_id), item_id)

        return await self._database.read(work)

    async def add_item(
        self, project_id: str, queue_id: str, *, object_type: ObjectType, object_id: str, status: ItemStatus
    ) -> AnnotationQueueItem:
        """Put something into the queue. It need not have arrived yet: telemetry comes in any order."""
        now = self._clock()

        def work(connection: MetadataTransaction) -> AnnotationQueueItem:
            item = AnnotationQueueItem(
                id=self._new_id(),
                queue_id=_queue(connection, project_id, queue_id).id,
                object_type=object_type,
                object_id=object_id,
                status=status,
                completed_at=now if status is ItemStatus.COMPLETED else None,
                created_at=now,
                updated_at=now,
            )
            annotation_queues.add_item(connection, item)
            return item

        return await self._database.write(work)

    async def set_status(self, project_id: str, queue_id: str, item_id: str, status: ItemStatus | None) -> AnnotationQueueItem:
        """Say where the item stands; none changes nothing. Completing dates the completion, opening again leaves the date."""
        now = self._clock()

        def work(connection: MetadataTransaction) -> AnnotationQueueItem:
            item = _item(connection, _queue(connection, project_id, queue_id), item_id)
            if status is None:
                return item
            completed_at = now if status is ItemStatus.COMPLETED else item.completed_at
            changed = replace(item, status=status, completed_at=completed_at, updated_at=now)
            annotation_queues.replace_item(connection, changed)
            return changed

        return await self._database.write(work)

    async def delete_item(self, project_id: str, queue_id: str, item_id: str) -> None:
        """Take the item out of the queue; what it is about stays."""

        def work(connection: MetadataTransaction) -> None:
            item = _item(connection, _queue(connection, project_id, queue_id), item_id)
            annotation_queues.delete_item(connection, item.queue_id, item.id)

        await self._database.write(work)

    async def assign(self, project_id: str, queue_id: str, user_id: str) -> None:
        """Give the queue to a member of the project.

        Raises:
            NotFoundError: There is no such queue, or the user is no member of the project.
        """

        def work(connection: MetadataTransaction) -> None:
            queue = _queue(connection, project_id, queue_id)
            if "\0" in user_id or not users.list_memberships(connection, user_id, project_id=project_id):
                raise NotFoundError("User not found or not authorized for this project")
            annotation_queues.assign(connection, queue.id, user_id, self._clock())

        await self._database.write(work)

    async def unassign(self, project_id: str, queue_id: str, user_id: str) -> None:
        """Take the queue from the user; one that does not have it is no error."""

        def work(connection: MetadataTransaction) -> None:
            annotation_queues.unassign(connection, _queue(connection, project_id, queue_id).id, user_id)

        await self._database.write(work)

    async def assigned_users(self, project_id: str, queue_id: str) -> list[str]:
        """Return the ids of the users who are to work on the queue."""

        def work(connection: MetadataTransaction) -> list[str]:
            return annotation_queues.list_assigned_users(connection, _queue(connection, project_id, queue_id).id)

        return await self._database.read(work)


def _queue(connection: MetadataTransaction, project_id: str, queue_id: str) -> AnnotationQueue:
    # PostgreSQL takes no NUL, and no id has one.
    queue = None if "\0" in queue_id else annotation_queues.get_queue(connection, project_id, queue_id)
    if queue is None:
        raise NotFoundError("Annotation queue not found")
    return queue


def _item(connection: MetadataTransaction, queue: AnnotationQueue, item_id: str) -> AnnotationQueueItem:
    item = None if "\0" in item_id else annotation_queues.get_item(connection, queue.id, item_id)
    if item is None:
        raise NotFoundError("Annotation queue item not found")
    return item


def _name_taken(name: str) -> InvalidRequestError:
    message = f"an annotation queue with the name {name!r} exists already in this project"
    return InvalidRequestError(message, issues=[Issue(message, ("name",), "name_taken")])
