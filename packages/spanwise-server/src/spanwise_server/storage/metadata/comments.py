"""Rows of comments. Whether what they are about exists is ``services.annotation``'s business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, false, func, insert, or_, select

from spanwise_server.domain.annotation import Comment, CommentSelection, ObjectType
from spanwise_server.storage.metadata.tables.annotation import comments
from spanwise_server.storage.metadata.tables.prompts import prompt_versions, prompts


def list_comments(
    connection: Connection, project_id: str, *, narrowed: CommentSelection, limit: int, offset: int
) -> list[Comment]:
    """Return a page of the project's comments: newest first, then by id."""
    statement = (
        select(comments)
        .where(*_conditions(project_id, narrowed))
        .order_by(comments.c.created_at.desc(), comments.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_comment(row) for row in connection.execute(statement)]


def count_comments(connection: Connection, project_id: str, *, narrowed: CommentSelection) -> int:
    """Return how many comments of the project are selected."""
    statement = select(func.count()).select_from(comments).where(*_conditions(project_id, narrowed))
    return connection.execute(statement).scalar_one()


def get_comment(connection: Connection, project_id: str, comment_id: str) -> Comment | None:
    """Return the project's comment with this id, or none."""
    statement = select(comments).where(comments.c.project_id == project_id, comments.c.id == comment_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _comment(row)


def add_comment(connection: Connection, comment: Comment) -> None:
    """Insert the comment."""
    connection.execute(
        insert(comments).values(
            id=comment.id,
            project_id=comment.project_id,
            object_type=comment.object_type.value,
            object_id=comment.object_id,
            trace_id=comment.trace_id,
            content=comment.content,
            author_user_id=comment.author_user_id,
            created_at=comment.created_at,
            updated_at=comment.updated_at,
        )
    )


def delete_comments_of_traces(connection: Connection, project_id: str, trace_ids: Sequence[str]) -> None:
    """Delete the comments on the traces and on their observations."""
    connection.execute(delete(comments).where(comments.c.project_id == project_id, comments.c.trace_id.in_(list(trace_ids))))


def count_by_object(connection: Connection, project_id: str, object_type: ObjectType, *, most: int) -> list[tuple[str, int]]:
    """Return ``(object id, number of comments)`` of at most ``most`` commented objects of this type."""
    statement = (
        select(comments.c.object_id, func.count())
        .where(comments.c.project_id == project_id, comments.c.object_type == object_type.value)
        .group_by(comments.c.object_id)
        .limit(most)
    )
    return [(object_id, count) for object_id, count in connection.execute(statement)]


def find_contents(
    connection: Connection, project_id: str, object_type: ObjectType, *, containing: Sequence[str], most: int
) -> list[tuple[str, str]]:
    """Return ``(object id, content)`` of at most ``most`` comments that contain one of the texts.

    Whether case counts depends on the database, so there may be more of them than the caller wants, never fewer.
    """
    statement = select(comments.c.object_id, comments.c.content).where(
        comments.c.project_id == project_id,
        comments.c.object_type == object_type.value,
        or_(false(), *(comments.c.content.contains(text, autoescape=True) for text in containing)),
    )
    return [(object_id, content) for object_id, content in connection.execute(statement.limit(most))]


def has_prompt_version(connection: Connection, project_id: str, version_id: str) -> bool:
    """Say whether the project has a prompt version with this id."""
    statement = (
        select(prompt_versions.c.id)
        .join(prompts, prompts.c.id == prompt_versions.c.prompt_id)
        .where(prompt_versions.c.id == version_id, prompts.c.project_id == project_id)
    )
    return connection.execute(statement).first() is not None


def _conditions(project_id: str, narrowed: CommentSelection) -> list[ColumnElement[bool]]:
    given = (
        (comments.c.object_type, narrowed.object_type),
        (comments.c.object_id, narrowed.object_id),
        (comments.c.author_user_id, narrowed.author_user_id),
    )
    return [comments.c.project_id == project_id, *(column == value for column, value in given if value is not None)]


def _comment(row: Row[Any]) -> Comment:
    return Comment(
        id=row.id,
        project_id=row.project_id,
        object_type=ObjectType(row.object_type),
        object_id=row.object_id,
        trace_id=row.trace_id,
        content=row.content,
        author_user_id=row.author_user_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
