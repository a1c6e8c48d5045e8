"""Queues as a service: one clock for what happens, and a name that somebody else takes at the same time."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import text

from spanwise_server.domain.annotation import AnnotationQueue, ItemStatus, ObjectType
from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.scores import ScoreDataType
from spanwise_server.services.annotation.queues import AnnotationQueues
from spanwise_server.services.scoring.configs import ScoreConfigDraft, ScoreConfigs
from spanwise_server.storage.metadata.database import MetadataDatabase


@pytest.fixture
async def queue(database: MetadataDatabase) -> AnnotationQueue:
    configs = ScoreConfigs(database, clock=lambda: 1, new_id=lambda: "c")
    await configs.create("p", ScoreConfigDraft(name="quality", data_type=ScoreDataType.NUMERIC))
    queues = AnnotationQueues(database, clock=lambda: 1, new_id=lambda: "q")
    return await queues.create("p", name="Review", description=None, score_config_ids=["c"])


async def test_times_are_the_clocks(database: MetadataDatabase, queue: AnnotationQueue) -> None:
    ticks = count(10)
    queues = AnnotationQueues(database, clock=lambda: next(ticks), new_id=lambda: "i")
    made = await queues.add_item("p", "q", object_type=ObjectType.TRACE, object_id="t", status=ItemStatus.COMPLETED)
    assert (made.created_at, made.completed_at) == (10, 10)
    opened = await queues.set_status("p", "q", "i", ItemStatus.PENDING)
    assert (opened.updated_at, opened.completed_at) == (11, 10)
    done = await queues.set_status("p", "q", "i", ItemStatus.COMPLETED)
    assert (done.updated_at, done.completed_at, done.created_at) == (12, 12, 10)
    assert await queues.next_item("p", "q") == (None, 0)


async def test_a_name_taken_at_the_same_moment_is_a_wrong_request(database: MetadataDatabase, queue: AnnotationQueue) -> None:
    """Two servers on one PostgreSQL may both find the name free; the constraint decides. A trigger plays the other server."""
    refuse = "CREATE TRIGGER faster BEFORE INSERT ON annotation_queues BEGIN SELECT RAISE(ABORT, 'name'); END"
    database.write_now(lambda connection: connection.execute(text(refuse)))
    queues = AnnotationQueues(database, clock=lambda: 1)
    with pytest.raises(InvalidRequestError, match="'Second' exists already") as caught:
        await queues.create("p", name="Second", description=None, score_config_ids=["c"])
    assert caught.value.issues[0].path == ("name",)


async def test_nobody_is_assigned_at_first(database: MetadataDatabase, queue: AnnotationQueue) -> None:
    assert await AnnotationQueues(database, clock=lambda: 1).assigned_users("p", "q") == []
