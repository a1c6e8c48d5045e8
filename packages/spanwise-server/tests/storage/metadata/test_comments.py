"""Comments come back as they were written, selected, counted and deleted within their own project."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spanwise_server.domain.annotation import Comment, CommentSelection, ObjectType
from spanwise_server.storage.metadata import comments, projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.storage.metadata.test_projects import ORGANIZATION, PROJECT

FIRST = Comment(
    id="a",
    project_id="p-1",
    object_type=ObjectType.OBSERVATION,
    object_id="o1",
    trace_id="t1",
    content="100% right_",
    author_user_id=None,
    created_at=1,
    updated_at=1,
)
SECOND = replace(FIRST, id="b", object_id="o2", content="Plain", created_at=2)
ON_TRACE = replace(FIRST, id="c", object_type=ObjectType.TRACE, object_id="t2", trace_id="t2", created_at=2)
FOREIGN = replace(FIRST, id="f", project_id="p-2")
EVERYTHING = CommentSelection()


@pytest.fixture
def database(database: MetadataDatabase) -> MetadataDatabase:

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, ORGANIZATION)
        for project_id in ("p-1", "p-2"):
            projects.add_project(connection, replace(PROJECT, id=project_id))
        for comment in (FIRST, SECOND, ON_TRACE, FOREIGN):
            comments.add_comment(connection, comment)

    database.write_now(work)
    return database


def listed(database: MetadataDatabase, selection: CommentSelection, project_id: str = "p-1") -> list[Comment]:
    found = database.read_now(lambda c: comments.list_comments(c, project_id, narrowed=selection, limit=9, offset=0))
    assert database.read_now(lambda c: comments.count_comments(c, project_id, narrowed=selection)) == len(found)
    return found


def test_lists_are_newest_first_and_narrowed(database: MetadataDatabase) -> None:
    assert listed(database, EVERYTHING) == [SECOND, ON_TRACE, FIRST]
    assert listed(database, CommentSelection(object_type=ObjectType.TRACE)) == [ON_TRACE]
    assert listed(database, CommentSelection(object_type=ObjectType.OBSERVATION, object_id="o2")) == [SECOND]
    assert listed(database, CommentSelection(author_user_id="u")) == []


def test_one_is_found_in_its_project(database: MetadataDatabase) -> None:
    assert database.read_now(lambda c: comments.get_comment(c, "p-1", "a")) == FIRST
    assert database.read_now(lambda c: comments.get_comment(c, "p-1", "f")) is None


def test_contents_and_counts_are_of_one_type_in_one_project(database: MetadataDatabase) -> None:
    def contents(*texts: str, most: int = 9) -> list[tuple[str, str]]:
        kind = ObjectType.OBSERVATION
        return database.read_now(lambda c: comments.find_contents(c, "p-1", kind, containing=texts, most=most))

    assert contents("100%") == [("o1", "100% right_")]
    assert contents("0_r") == contents("%right") == contents() == []
    assert sorted(contents("right", "Plain")) == [("o1", "100% right_"), ("o2", "Plain")]
    assert len(contents("right", "Plain", most=1)) == 1
    counts = database.read_now(lambda c: comments.count_by_object(c, "p-1", ObjectType.OBSERVATION, most=9))
    assert sorted(counts) == [("o1", 1), ("o2", 1)]


def test_comments_go_with_traces_of_their_project(database: MetadataDatabase) -> None:
    database.write_now(lambda c: comments.delete_comments_of_traces(c, "p-1", ["t1", "unknown"]))
    assert listed(database, EVERYTHING) == [ON_TRACE]
    assert listed(database, EVERYTHING, "p-2") == [FOREIGN]


def test_no_prompt_version_is_there(database: MetadataDatabase) -> None:
    assert not database.read_now(lambda c: comments.has_prompt_version(c, "p-1", "v"))
