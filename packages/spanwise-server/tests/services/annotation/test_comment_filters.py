"""Conditions on comments select the observations that the comments themselves select, whatever is in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from spanwise_server.domain.accounts import Project
from spanwise_server.domain.annotation import ObjectType
from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Not, Operator, Or
from spanwise_server.services.annotation.comment_filters import resolve_comments
from spanwise_server.services.annotation.comments import Comments
from spanwise_server.services.container import Services
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.schema import migrate
from spanwise_server.storage.metadata.tables.annotation import comments as comment_rows
from tests.services.conftest import ORGANIZATION

IDS = ("o1", "o2", "o3")
NUMBERS = count()
# Letters in both cases, and what LIKE patterns and SQL strings treat in a special way.
TEXT = st.text("aAäÄ%_\\/'", min_size=1, max_size=4)
SAID = st.dictionaries(st.sampled_from(IDS), st.lists(TEXT, min_size=1, max_size=3), max_size=3)
CONTENT = Field("comment_content")
COUNT = Field("comment_count")
PLAIN = (Operator.EQ, Operator.NE, Operator.CONTAINS, Operator.NOT_CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH)
ORDERED = (Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE)
CONDITION = st.one_of(
    st.builds(Comparison, st.just(CONTENT), st.sampled_from(PLAIN), TEXT),
    st.builds(
        Comparison,
        st.just(CONTENT),
        st.sampled_from((Operator.ANY_OF, Operator.NONE_OF)),
        st.lists(TEXT, max_size=3).map(tuple),
    ),
    st.builds(Comparison, st.sampled_from((CONTENT, COUNT)), st.sampled_from((Operator.IS_SET, Operator.IS_NOT_SET))),
    st.builds(Comparison, st.just(COUNT), st.sampled_from(ORDERED), st.integers(-1, 4)),
)
EXPRESSION: st.SearchStrategy[Expression] = st.recursive(
    CONDITION,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda terms: And(tuple(terms))),
        st.lists(inner, max_size=3).map(lambda terms: Or(tuple(terms))),
        inner.map(Not),
    ),
    max_leaves=5,
)


def holds(expression: Expression, object_id: str, said: dict[str, list[str]]) -> bool:
    """Say what the expression means for an observation, in the plainest words."""
    match expression:
        case And(terms):
            return all(holds(term, object_id, said) for term in terms)
        case Or(terms):
            return any(holds(term, object_id, said) for term in terms)
        case Not(term):
            return not holds(term, object_id, said)
        case Comparison(Field("id"), Operator.ANY_OF, tuple(ids)):
            return object_id in ids
        case Comparison(Field("id"), Operator.NONE_OF, tuple(ids)):
            return object_id not in ids
        case Comparison(field, operator, value):
            contents = said.get(object_id, [])
            return by_count(operator, len(contents), value) if field == COUNT else by_content(operator, contents, value)


def by_count(operator: Operator, number: int, value: Any) -> bool:
    match operator:
        case Operator.IS_SET:
            return True
        case Operator.IS_NOT_SET:
            return False
        case Operator.EQ | Operator.NE:
            return (number == value) is (operator is Operator.EQ)
        case Operator.LT | Operator.LE:
            return number < int(value) or (operator is Operator.LE and number == value)
        case _:
            return number > int(value) or (operator is Operator.GE and number == value)


def by_content(operator: Operator, contents: list[str], value: Any) -> bool:
    match operator:
        case Operator.IS_SET:
            return bool(contents)
        case Operator.IS_NOT_SET:
            return not contents
        case Operator.EQ:
            return value in contents
        case Operator.NE:
            return value not in contents
        case Operator.CONTAINS:
            return any(value in content for content in contents)
        case Operator.NOT_CONTAINS:
            return not any(value in content for content in contents)
        case Operator.STARTS_WITH:
            return any(content[: len(value)] == value for content in contents)
        case Operator.ENDS_WITH:
            return any(content[-len(value) :] == value for content in contents)
        case Operator.ANY_OF:
            return not set(contents).isdisjoint(value)
        case _:
            return set(contents).isdisjoint(value)


@pytest.fixture(scope="module")
async def metadata() -> AsyncIterator[MetadataDatabase]:
    opened = MetadataDatabase()
    migrate(opened)
    opened.write_now(lambda connection: projects.add_organization(connection, ORGANIZATION))
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def comments(metadata: MetadataDatabase, services: Services) -> Comments:
    return Comments(metadata, services.events, clock=lambda: 1)


def say(database: MetadataDatabase, said: dict[str, list[str]]) -> str:
    """Return the id of a new project with these comments on its observations, and one on a session besides."""
    project = Project(id=f"p{next(NUMBERS)}", organization=ORGANIZATION, name="Project", created_at=1)
    everything = [(ObjectType.SESSION, IDS[0], "a")]
    everything += [(ObjectType.OBSERVATION, object_id, content) for object_id, texts in said.items() for content in texts]

    rows = [
        {
            "id": f"c{next(NUMBERS)}",
            "project_id": project.id,
            "object_type": object_type.value,
            "object_id": object_id,
            "content": content,
            "created_at": 1,
            "updated_at": 1,
        }
        for object_type, object_id, content in everything
    ]

    def work(connection: MetadataTransaction) -> None:
        projects.add_project(connection, project)
        connection.execute(insert(comment_rows), rows)

    database.write_now(work)
    return project.id


@given(SAID, EXPRESSION)
@settings(max_examples=150)
async def test_ids_stand_for_comments(
    comments: Comments, metadata: MetadataDatabase, said: dict[str, list[str]], asked: Expression
) -> None:
    resolved = await resolve_comments(asked, say(metadata, said), comments)
    for object_id in IDS:
        assert holds(resolved, object_id, said) is holds(asked, object_id, said), resolved


async def test_other_conditions_are_left_alone(comments: Comments) -> None:
    asked = And((Comparison(Field("name"), Operator.EQ, "x"),))
    assert await resolve_comments(asked, "p", comments) is asked


async def test_an_operator_that_says_nothing_is_refused(comments: Comments) -> None:
    for condition in (Comparison(CONTENT, Operator.LT, "a"), Comparison(COUNT, Operator.CONTAINS, "a")):
        with pytest.raises(InvalidRequestError, match="does not take the operator"):
            await resolve_comments(condition, "p", comments)


async def test_more_comments_than_can_be_looked_at(comments: Comments, metadata: MetadataDatabase) -> None:
    project_id = say(metadata, {f"o{number}": ["a"] for number in range(10_001)})
    for condition in (Comparison(CONTENT, Operator.CONTAINS, "a"), Comparison(COUNT, Operator.GT, 0)):
        with pytest.raises(InvalidRequestError, match="more than 10000 comments would have to be looked at"):
            await resolve_comments(condition, project_id, comments)
    found = await resolve_comments(Comparison(CONTENT, Operator.EQ, "b"), project_id, comments)
    assert found == Comparison(Field("id"), Operator.ANY_OF, ())
