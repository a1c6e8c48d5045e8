"""A score config, a comment, and a queue with an item, for tests that need one of each in a project."""

from __future__ import annotations

from spanwise_server.domain.annotation import AnnotationQueue, AnnotationQueueItem, Comment, ItemStatus, ObjectType
from spanwise_server.domain.score_configs import ScoreConfig
from spanwise_server.domain.scores import ScoreDataType
from spanwise_server.storage.metadata import annotation_queues, comments, score_configs
from spanwise_server.storage.metadata.database import MetadataTransaction


def add_annotation(connection: MetadataTransaction, project_id: str, marker: str) -> None:
    """Add one of each to the project, on its trace ``trace-<marker>``; the ids are ``config-<marker>`` and so on."""
    config = ScoreConfig(
        id=f"config-{marker}",
        project_id=project_id,
        name="quality",
        data_type=ScoreDataType.NUMERIC,
        description=marker,
        created_at=1,
        updated_at=1,
    )
    comment = Comment(
        id=f"comment-{marker}",
        project_id=project_id,
        object_type=ObjectType.TRACE,
        object_id=f"trace-{marker}",
        content=marker,
        author_user_id=None,
        created_at=1,
        updated_at=1,
    )
    queue = AnnotationQueue(
        id=f"queue-{marker}",
        project_id=project_id,
        name=marker,
        description=None,
        score_config_ids=(config.id,),
        created_at=1,
        updated_at=1,
    )
    item = AnnotationQueueItem(
        id=f"item-{marker}",
        queue_id=queue.id,
        object_type=ObjectType.TRACE,
        object_id=comment.object_id,
        status=ItemStatus.PENDING,
        completed_at=None,
        created_at=1,
        updated_at=1,
    )
    score_configs.add_score_config(connection, config)
    comments.add_comment(connection, comment)
    annotation_queues.add_queue(connection, queue)
    annotation_queues.add_item(connection, item)
