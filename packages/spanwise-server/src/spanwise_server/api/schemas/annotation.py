"""Comments and annotation queues on the wire: answers, and the bodies that make and change them."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from spanwise_server.api.request_bodies import StoredText, StrictRequestBody
from spanwise_server.api.schemas.json_values import one_of
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_micros, to_micros_or_none, to_millis, to_millis_or_none
from spanwise_server.domain.annotation import (
    LONGEST_CONTENT,
    LONGEST_QUEUE_NAME,
    AnnotationQueue,
    AnnotationQueueItem,
    Comment,
    ItemStatus,
    ObjectType,
)

_LONGEST_ID = 800
CommentedType = Literal["TRACE", "OBSERVATION", "SESSION", "PROMPT"]
QueuedType = Literal["TRACE", "OBSERVATION", "SESSION"]
Status = Literal["PENDING", "COMPLETED"]
ObjectId = Annotated[StoredText, Field(min_length=1, max_length=_LONGEST_ID)]
Content = Annotated[
    StoredText, Field(min_length=1, max_length=LONGEST_CONTENT, description=f"Up to {LONGEST_CONTENT} characters.")
]


class CommentBody(TypedDict):
    """A comment; ``authorUserId`` is null for a comment that a program made for nobody in particular."""

    id: str
    projectId: str
    createdAt: str
    updatedAt: str
    objectType: Annotated[str, one_of(ObjectType)]
    objectId: str
    content: str
    authorUserId: str | None


class CommentPage(TypedDict):
    """A numbered page of comments, newest first."""

    data: list[CommentBody]
    meta: PageMeta


class CreatedComment(TypedDict):
    """The id of a new comment."""

    id: str


class CreateCommentRequest(StrictRequestBody):
    """A comment to be made."""

    project_id: Annotated[StoredText, Field(description="The project of the key.")]
    object_type: CommentedType
    object_id: Annotated[ObjectId, Field(description="Of an object that exists; for PROMPT the id of a version.")]
    content: Content
    author_user_id: Annotated[StoredText | None, Field(description="A member of the project.")] = None


class AnnotationQueueBody(TypedDict):
    """A queue of things to be judged."""

    id: str
    name: str
    description: str | None
    scoreConfigIds: list[str]
    createdAt: str
    updatedAt: str


class AnnotationQueuePage(TypedDict):
    """A numbered page of queues, newest first."""

    data: list[AnnotationQueueBody]
    meta: PageMeta


class CreateAnnotationQueueRequest(StrictRequestBody):
    """A queue to be made."""

    name: Annotated[
        StoredText, Field(min_length=1, max_length=LONGEST_QUEUE_NAME, description="No other queue of the project has it.")
    ]
    description: Annotated[StoredText | None, Field(max_length=10_000)] = None
    score_config_ids: Annotated[
        list[StoredText], Field(min_length=1, max_length=200, description="Score configs of the project, at least one.")
    ]


class AnnotationQueueItemBody(TypedDict):
    """A thing in a queue."""

    id: str
    queueId: str
    objectId: str
    objectType: Annotated[str, one_of(get_args(QueuedType))]
    status: Annotated[str, one_of(ItemStatus)]
    completedAt: str | None
    createdAt: str
    updatedAt: str


class AnnotationQueueItemPage(TypedDict):
    """A numbered page of items, newest first."""

    data: list[AnnotationQueueItemBody]
    meta: PageMeta


class CreateAnnotationQueueItemRequest(StrictRequestBody):
    """A thing to be put into a queue."""

    object_id: ObjectId
    object_type: QueuedType
    status: Annotated[Status | None, Field(description="Default: PENDING.")] = None


class ChangeAnnotationQueueItemRequest(StrictRequestBody):
    """What to change of an item."""

    status: Annotated[Status | None, Field(description="COMPLETED also sets `completedAt`.")] = None


class DeletedItem(TypedDict):
    """An item is gone."""

    success: bool
    message: str


class AssignmentRequest(StrictRequestBody):
    """Whom a queue is given to, or taken from."""

    user_id: StoredText


class AssignmentBody(TypedDict):
    """A user is to work on a queue."""

    userId: str
    queueId: str
    projectId: str


class DeletedAssignment(TypedDict):
    """A user is not, or no longer, assigned."""

    success: bool


def comment_body(comment: Comment) -> CommentBody:
    """Return ``comment`` as the API shows it."""
    return {
        "id": comment.id,
        "projectId": comment.project_id,
        "createdAt": to_millis(comment.created_at),
        "updatedAt": to_millis(comment.updated_at),
        "objectType": comment.object_type.value,
        "objectId": comment.object_id,
        "content": comment.content,
        "authorUserId": comment.author_user_id,
    }


def queue_body(queue: AnnotationQueue) -> AnnotationQueueBody:
    """Return ``queue`` as the API shows it."""
    return {
        "id": queue.id,
        "name": queue.name,
        "description": queue.description,
        "scoreConfigIds": list(queue.score_config_ids),
        "createdAt": to_millis(queue.created_at),
        "updatedAt": to_millis(queue.updated_at),
    }


def item_body(item: AnnotationQueueItem) -> AnnotationQueueItemBody:
    """Return ``item`` as the API shows it."""
    return {
        "id": item.id,
        "queueId": item.queue_id,
        "objectId": item.object_id,
        "objectType": item.object_type.value,
        "status": item.status.value,
        "completedAt": to_millis_or_none(item.completed_at),
        "createdAt": to_millis(item.created_at),
        "updatedAt": to_millis(item.updated_at),
    }


class NativeComment(TypedDict):
    """A comment for the browser; ``author_user_id`` is null for a comment of a program."""

    id: str
    created_at: str
    object_type: str
    object_id: str
    content: str
    author_user_id: str | None


class NativeComments(TypedDict):
    """The newest comments on one object, newest first, and how many there are in all."""

    items: list[NativeComment]
    total: int


class NativeCommentRequest(BaseModel):
    """A comment to be made by whoever is logged in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    object_type: CommentedType
    object_id: ObjectId
    content: Content


class NativeQueue(TypedDict):
    """A queue for the browser."""

    id: str
    name: str
    description: str | None
    score_config_ids: list[str]


class NativeQueues(TypedDict):
    """A project's newest queues, newest first."""

    items: list[NativeQueue]


class NativeQueueItem(TypedDict):
    """A thing in a queue, for the browser."""

    id: str
    queue_id: str
    object_type: str
    object_id: str
    status: str
    completed_at: str | None
    created_at: str


class NativeNextItem(TypedDict):
    """The item of a queue that has waited longest; null when nothing waits. ``pending`` counts all that wait."""

    item: NativeQueueItem | None
    pending: int


def native_comment(comment: Comment) -> NativeComment:
    """Return ``comment`` for the browser."""
    return {
        "id": comment.id,
        "created_at": to_micros(comment.created_at),
        "object_type": comment.object_type.value,
        "object_id": comment.object_id,
        "content": comment.content,
        "author_user_id": comment.author_user_id,
    }


def native_queue(queue: AnnotationQueue) -> NativeQueue:
    """Return ``queue`` for the browser."""
    return {
        "id": queue.id,
        "name": queue.name,
        "description": queue.description,
        "score_config_ids": list(queue.score_config_ids),
    }


def native_item(item: AnnotationQueueItem) -> NativeQueueItem:
    """Return ``item`` for the browser."""
    return {
        "id": item.id,
        "queue_id": item.queue_id,
        "object_type": item.object_type.value,
        "object_id": item.object_id,
        "status": item.status.value,
        "completed_at": to_micros_or_none(item.completed_at),
        "created_at": to_micros(item.created_at),
    }
