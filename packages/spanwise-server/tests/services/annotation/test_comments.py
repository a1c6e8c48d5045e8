"""Comments as a service: when they were made, and what is forgotten with a trace."""

from __future__ import annotations

from itertools import count

import pytest

from spanwise_server.domain.annotation import CommentSelection, ObjectType
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.services.annotation.comments import CommentDraft, Comments
from spanwise_server.services.container import Services
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.accounts import ProjectWithKeys
from tests.event_rows import observation, write
from tests.services.conftest import ORGANIZATION, PROJECT

EVERYTHING = CommentSelection()


@pytest.fixture
async def comments(database: MetadataDatabase, services: Services, project: ProjectWithKeys) -> Comments:
    """Return the comments of a project whose event store has two traces and whose metadata are the test's own."""
    rows = [observation(project.id, f"o{number}", trace_id=f"t{number}", session_id="s") for number in (1, 2)]
    await write(services, rows)
    row = type(PROJECT)(id=project.id, organization=ORGANIZATION, name="Project", created_at=1)
    database.write_now(lambda connection: projects.add_project(connection, row))
    ticks, ids = count(10), count(1)
    return Comments(database, services.events, clock=lambda: next(ticks), new_id=lambda: f"c{next(ids)}")


def draft(object_type: ObjectType, object_id: str) -> CommentDraft:
    return CommentDraft(object_type=object_type, object_id=object_id, content="Look", author_user_id=None)


async def test_a_comment_knows_its_trace(comments: Comments, project: ProjectWithKeys) -> None:
    about = [(ObjectType.TRACE, "t1", "t1"), (ObjectType.OBSERVATION, "o1", "t1"), (ObjectType.SESSION, "s", None)]
    for object_type, object_id, trace_id in about:
        made = await comments.create(project.id, draft(object_type, object_id))
        assert (made.trace_id, made.created_at) == (trace_id, made.updated_at)
        assert await comments.get(project.id, made.id) == made
    found, total = await comments.page(project.id, EVERYTHING, limit=2, offset=0)
    assert ([comment.id for comment in found], total) == (["c3", "c2"], 3)


async def test_what_is_forgotten_with_traces(comments: Comments, project: ProjectWithKeys) -> None:
    for number in (1, 2):
        await comments.create(project.id, draft(ObjectType.OBSERVATION, f"o{number}"))
    many = [*(f"unknown {number}" for number in range(1500)), "nul\0", "t1"]

    await comments.forget_traces(project.id, many)

    assert [comment.object_id for comment in (await comments.page(project.id, EVERYTHING, limit=9, offset=0))[0]] == ["o2"]


async def test_nothing_is_made_about_what_is_not_there(comments: Comments, project: ProjectWithKeys) -> None:
    with pytest.raises(NotFoundError, match="Observation t1 not found"):
        await comments.create(project.id, draft(ObjectType.OBSERVATION, "t1"))
    assert await comments.page(project.id, EVERYTHING, limit=9, offset=0) == ([], 0)
