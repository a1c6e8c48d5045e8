"""Comments on traces, observations, sessions and prompt versions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.annotation import Comment, CommentSelection, ObjectType
from spanwise_server.domain.errors import InvalidRequestError, Issue, NotFoundError
from spanwise_server.domain.observations import ObservationType
from spanwise_server.query.expressions import Comparison, Field, Operator
from spanwise_server.query.queries import SessionQuery
from spanwise_server.storage.interface import EventReader
from spanwise_server.storage.metadata import annotation_queues, comments, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

_MOST = 10_000
"""Most comments, or commented objects, that a filter looks at."""
_MOST_TEXTS_A_STATEMENT = 100
_MOST_IDS_A_STATEMENT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDraft:
    """A comment to be made."""

    object_type: ObjectType
    object_id: str
    content: str
    author_user_id: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    """An object that exists."""

    trace_id: str | None


class Comments:
    """The comments of all projects."""

    def __init__(
        self,
        database: MetadataDatabase,
        events: EventReader,
        *,
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._database = database
        self._events = events
        self._clock = clock
        self._new_id = new_id

    async def page(self, project_id: str, selection: CommentSelection, *, limit: int, offset: int) -> tuple[list[Comment], int]:
        """Return a page of the comments selected, newest first, and how many there are in all."""
        if any("\0" in value for value in (selection.object_id, selection.author_user_id) if value):
            return [], 0  # PostgreSQL takes no NUL, and nothing has one

        def work(connection: MetadataTransaction) -> tuple[list[Comment], int]:
            found = comments.list_comments(connection, project_id, narrowed=selection, limit=limit, offset=offset)
            return found, comments.count_comments(connection, project_id, narrowed=selection)

        return await self._database.read(work)

    async def get(self, project_id: str, comment_id: str) -> Comment:
        """Return the comment.

        Raises:
            NotFoundError: The project has none with this id.
        """
        found = None
        if "\0" not in comment_id:
            found = await self._database.read(lambda connection: comments.get_comment(connection, project_id, comment_id))
        if found is None:
            raise NotFoundError("Comment not found within authorized project")
        return found

    async def create(self, project_id: str, draft: CommentDraft) -> Comment:
        """Make a comment.

        Raises:
            NotFoundError: There is nothing of that type and id in the project, or its author is no member of it.
        """
        found = await self._look_up(project_id, draft.object_type, draft.object_id)
        if found is None:
            raise NotFoundError(f"{draft.object_type.value.capitalize()} {draft.object_id} not found within authorized project")
        now = self._clock()
        comment = Comment(
            id=self._new_id(),
            project_id=project_id,
            object_type=draft.object_type,
            object_id=draft.object_id,
            trace_id=found.trace_id,
            content=draft.content,
            author_user_id=draft.author_user_id,
            created_at=now,
            updated_at=now,
        )

        def work(connection: MetadataTransaction) -> None:
            author = comment.author_user_id
            if author is not None and not users.list_memberships(connection, author, project_id=project_id):
                raise NotFoundError(f"User {author} not found or not authorized for this project")
            comments.add_comment(connection, comment)

        await self._database.write(work)
        return comment

    async def contents(self, project_id: str, object_type: ObjectType, containing: Sequence[str]) -> list[tuple[str, str]]:
        """Return ``(object id, content)`` of the comments that contain one of the texts, and perhaps of some others.

        Raises:
            InvalidRequestError: There are too many of them.
        """

        def work(connection: MetadataTransaction) -> list[tuple[str, str]]:
            found: list[tuple[str, str]] = []
            for start in range(0, len(containing), _MOST_TEXTS_A_STATEMENT):
                texts = containing[start : start + _MOST_TEXTS_A_STATEMENT]
                most = _MOST + 1 - len(found)
                found += comments.find_contents(connection, project_id, object_type, containing=texts, most=most)
                _refuse_too_many(len(found))
            return found

        return await self._database.read(work)

    async def counts(self, project_id: str, object_type: ObjectType) -> list[tuple[str, int]]:
        """Return ``(object id, number of comments)`` of every commented object of this type; raises as ``contents``."""
        found = await self._database.read(
            lambda connection: comments.count_by_object(connection, project_id, object_type, most=_MOST + 1)
        )
        _refuse_too_many(len(found))
        return found

    async def forget_traces(self, project_id: str, trace_ids: Sequence[str]) -> None:
        """Delete what was said of traces that are gone, and take them out of queues."""

        def work(connection: MetadataTransaction) -> None:
            kept = [trace_id for trace_id in trace_ids if "\0" not in trace_id]
            for start in range(0, len(kept), _MOST_IDS_A_STATEMENT):
                some = kept[start : start + _MOST_IDS_A_STATEMENT]
                comments.delete_comments_of_traces(connection, project_id, some)
                annotation_queues.delete_items_of_traces(connection, project_id, some)

        await self._database.write(work)

    async def _look_up(self, project_id: str, object_type: ObjectType, object_id: str) -> _Found | None:
        """Return what a comment needs of its object, or none when there is no such object."""
        match object_type:
            case ObjectType.TRACE:
                return _Found(object_id) if await self._events.get_traces(project_id, [object_id]) else None
            case ObjectType.OBSERVATION:
                row = await self._events.get_observation(project_id, object_id)
                return None if row is None or row.type == ObservationType.TRACE else _Found(row.trace_id)
            case ObjectType.SESSION:
                where = Comparison(Field("id"), Operator.EQ, object_id)
                query = SessionQuery(project_id=project_id, where=where, limit=1)
                return _Found(None) if await self._events.find_sessions(query) else None
            case ObjectType.PROMPT:
                is_there = await self._database.read(
                    lambda connection: comments.has_prompt_version(connection, project_id, object_id)
                )
                return _Found(None) if is_there else None


def _refuse_too_many(found: int) -> None:
    if found > _MOST:
        message = f"more than {_MOST} comments would have to be looked at; narrow the filter by its text"
        raise InvalidRequestError(message, issues=[Issue(message, ("filter",), "too_many_comments")])
