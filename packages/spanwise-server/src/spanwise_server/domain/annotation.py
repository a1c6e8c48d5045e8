"""What people say about telemetry: comments, and queues of things to be judged. No I/O.

Source: the Langfuse API, comments and annotation queues.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from spanwise_server.domain.observations import Micros

LONGEST_CONTENT: Final = 5000
"""Characters of a comment."""
LONGEST_QUEUE_NAME: Final = 200


class ObjectType(StrEnum):
    """What a comment or a queue item is about."""

    TRACE = "TRACE"
    OBSERVATION = "OBSERVATION"
    SESSION = "SESSION"
    PROMPT = "PROMPT"
    """A version of a prompt. Comments only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A remark on one object."""

    id: str
    project_id: str
    object_type: ObjectType
    object_id: str
    trace_id: str | None = None
    """The trace that is commented on, or that the observation belongs to."""
    content: str
    author_user_id: str | None
    """None when a program wrote it for nobody in particular, or the author's account is gone."""
    created_at: Micros
    updated_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentSelection:
    """Which comments of a project are meant; what is none does not narrow."""

    object_type: ObjectType | None = None
    object_id: str | None = None
    author_user_id: str | None = None


class ItemStatus(StrEnum):
    """Whether an item of a queue still waits for somebody."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationQueue:
    """Things to be judged by people, and the score configs they are judged by. Its name is unique in the project."""

    id: str
    project_id: str
    name: str
    description: str | None
    score_config_ids: tuple[str, ...]
    created_at: Micros
    updated_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationQueueItem:
    """One thing in a queue."""

    id: str
    queue_id: str
    object_type: ObjectType
    object_id: str
    status: ItemStatus
    completed_at: Micros | None
    """When it was last completed; stays when the item is opened again."""
    created_at: Micros
    updated_at: Micros
