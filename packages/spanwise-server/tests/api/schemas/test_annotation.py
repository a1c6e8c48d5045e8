"""Comments, queues and items as both APIs show them."""

from __future__ import annotations

from dataclasses import replace

from spanwise_server.api.schemas.annotation import (
    comment_body,
    item_body,
    native_comment,
    native_item,
    native_queue,
    queue_body,
)
from spanwise_server.domain.annotation import AnnotationQueue, AnnotationQueueItem, Comment, ItemStatus, ObjectType

CREATED, UPDATED = 1_790_000_000_123_456, 1_790_000_001_000_000
COMMENT = Comment(
    id="c",
    project_id="p",
    object_type=ObjectType.OBSERVATION,
    object_id="o",
    trace_id="t",
    content="Look",
    author_user_id="u",
    created_at=CREATED,
    updated_at=UPDATED,
)
QUEUE = AnnotationQueue(
    id="q",
    project_id="p",
    name="Review",
    description=None,
    score_config_ids=("a", "b"),
    created_at=CREATED,
    updated_at=UPDATED,
)
ITEM = AnnotationQueueItem(
    id="i",
    queue_id="q",
    object_type=ObjectType.TRACE,
    object_id="t",
    status=ItemStatus.COMPLETED,
    completed_at=UPDATED,
    created_at=CREATED,
    updated_at=UPDATED,
)


def test_a_comment() -> None:
    assert comment_body(COMMENT) == {
        "id": "c",
        "projectId": "p",
        "createdAt": "2026-09-21T14:13:20.123Z",
        "updatedAt": "2026-09-21T14:13:21.000Z",
        "objectType": "OBSERVATION",
        "objectId": "o",
        "content": "Look",
        "authorUserId": "u",
    }
    assert native_comment(COMMENT) == {
        "id": "c",
        "created_at": "2026-09-21T14:13:20.123456Z",
        "object_type": "OBSERVATION",
        "object_id": "o",
        "content": "Look",
        "author_user_id": "u",
    }


def test_a_queue() -> None:
    assert queue_body(QUEUE) == {
        "id": "q",
        "name": "Review",
        "description": None,
        "scoreConfigIds": ["a", "b"],
        "createdAt": "2026-09-21T14:13:20.123Z",
        "updatedAt": "2026-09-21T14:13:21.000Z",
    }
    assert native_queue(QUEUE) == {"id": "q", "name": "Review", "description": None, "score_config_ids": ["a", "b"]}


def test_an_item() -> None:
    assert item_body(ITEM) == {
        "id": "i",
        "queueId": "q",
        "objectId": "t",
        "objectType": "TRACE",
        "status": "COMPLETED",
        "completedAt": "2026-09-21T14:13:21.000Z",
        "createdAt": "2026-09-21T14:13:20.123Z",
        "updatedAt": "2026-09-21T14:13:21.000Z",
    }
    assert native_item(ITEM) == {
        "id": "i",
        "queue_id": "q",
        "object_type": "TRACE",
        "object_id": "t",
        "status": "COMPLETED",
        "completed_at": "2026-09-21T14:13:21.000000Z",
        "created_at": "2026-09-21T14:13:20.123456Z",
    }
    pending = replace(ITEM, status=ItemStatus.PENDING, completed_at=None)
    assert (item_body(pending)["completedAt"], native_item(pending)["completed_at"]) == (None, None)
