"""Queues, items and assignments come back as they were written; a name is taken once a project."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spanwise_server.domain.accounts import User
from spanwise_server.domain.annotation import AnnotationQueue, AnnotationQueueItem, ItemStatus, ObjectType
from spanwise_server.domain.errors import ConflictError
from spanwise_server.storage.metadata import annotation_queues as rows
from spanwise_server.storage.metadata import projects, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.storage.metadata.test_projects import ORGANIZATION, PROJECT

QUEUE = AnnotationQueue(
    id="q", project_id="p-1", name="Review", description="Why", score_config_ids=("b", "a"), created_at=1, updated_at=2
)
FOREIGN = replace(QUEUE, id="f", project_id="p-2")
ITEM = AnnotationQueueItem(
    id="i",
    queue_id="q",
    object_type=ObjectType.TRACE,
    object_id="t",
    status=ItemStatus.PENDING,
    completed_at=None,
    created_at=1,
    updated_at=1,
)
LATER = replace(ITEM, id="j", object_type=ObjectType.SESSION, created_at=2)
DONE = replace(ITEM, id="k", status=ItemStatus.COMPLETED, completed_at=5, created_at=0)
IN_FOREIGN = replace(ITEM, id="l", queue_id="f")


@pytest.fixture
def database(database: MetadataDatabase) -> MetadataDatabase:

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, ORGANIZATION)
        for project_id in ("p-1", "p-2"):
            projects.add_project(connection, replace(PROJECT, id=project_id))
        for queue in (QUEUE, FOREIGN):
            rows.add_queue(connection, queue)
        for item in (ITEM, LATER, DONE, IN_FOREIGN):
            rows.add_item(connection, item)

    database.write_now(work)
    return database


def items(database: MetadataDatabase, status: ItemStatus | None = None) -> list[AnnotationQueueItem]:
    found = database.read_now(lambda c: rows.list_items(c, "q", status=status, limit=9, offset=0))
    assert database.read_now(lambda c: rows.count_items(c, "q", status=status)) == len(found)
    return found


def test_queues_are_found_in_their_project(database: MetadataDatabase) -> None:
    assert database.read_now(lambda c: rows.list_queues(c, "p-1", limit=9, offset=0)) == [QUEUE]
    assert database.read_now(lambda c: rows.count_queues(c, "p-1")) == 1
    assert database.read_now(lambda c: rows.get_queue(c, "p-1", "q")) == QUEUE
    assert database.read_now(lambda c: rows.get_queue(c, "p-1", "f")) is None
    assert database.read_now(lambda c: rows.find_queue(c, "p-2", "Review")) == FOREIGN
    assert database.read_now(lambda c: rows.find_queue(c, "p-1", "Other")) is None


def test_a_name_that_is_taken_meanwhile_is_a_conflict(database: MetadataDatabase) -> None:
    with pytest.raises(ConflictError, match="'Review' exists already"):
        database.write_now(lambda c: rows.add_queue(c, replace(QUEUE, id="another")))


def test_items_are_listed_newest_first_and_taken_oldest_first(database: MetadataDatabase) -> None:
    assert items(database) == [LATER, ITEM, DONE]
    assert items(database, ItemStatus.PENDING) == [LATER, ITEM]
    assert database.read_now(lambda c: rows.first_pending_item(c, "q")) == ITEM
    assert database.read_now(lambda c: rows.first_pending_item(c, "unknown")) is None
    assert database.read_now(lambda c: rows.get_item(c, "q", "l")) is None


def test_an_item_changes_and_goes(database: MetadataDatabase) -> None:
    changed = replace(ITEM, status=ItemStatus.COMPLETED, completed_at=7, updated_at=7)
    database.write_now(lambda c: rows.replace_item(c, changed))
    assert database.read_now(lambda c: rows.get_item(c, "q", "i")) == changed
    assert database.write_now(lambda c: rows.delete_item(c, "q", "i"))
    assert not database.write_now(lambda c: rows.delete_item(c, "q", "i"))
    assert items(database) == [LATER, DONE]


def test_traces_are_taken_out_of_the_projects_queues_only(database: MetadataDatabase) -> None:
    database.write_now(lambda c: rows.delete_items_of_traces(c, "p-1", ["t"]))
    assert items(database) == [LATER]  # a session of the same id is none of it
    assert database.read_now(lambda c: rows.get_item(c, "f", "l")) == IN_FOREIGN


def test_assignments_are_made_and_undone(database: MetadataDatabase) -> None:
    def work(connection: MetadataTransaction) -> None:
        for user_id in ("u1", "u2"):
            email = f"{user_id}@example.org"
            users.add_user(connection, User(id=user_id, email=email, name="", password_hash=None, created_at=1))
        for user_id, now in (("u2", 1), ("u1", 2), ("u2", 3)):
            rows.assign(connection, "q", user_id, now)

    database.write_now(work)
    assert database.read_now(lambda c: rows.list_assigned_users(c, "q")) == ["u2", "u1"]
    database.write_now(lambda c: rows.unassign(c, "q", "u2"))
    database.write_now(lambda c: rows.unassign(c, "q", "nobody"))
    assert database.read_now(lambda c: rows.list_assigned_users(c, "q")) == ["u1"]
    assert database.read_now(lambda c: rows.list_assigned_users(c, "f")) == []
