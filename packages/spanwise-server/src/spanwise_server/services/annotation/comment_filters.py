"""Filters on the comments of observations, spelled out as filters on ids before the event store is asked.

Comments live in the metadata database, observations in the event store: one query cannot see both. What is compared is
any comment of an observation; a negated condition holds for those of which no comment meets it, uncommented ones included.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Protocol

from spanwise_server.domain.annotation import LONGEST_CONTENT, ObjectType
from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Not, Operator, Or, fields_of

_CONTENT: Final = "comment_content"
_COUNT: Final = "comment_count"
_ID: Final = Field("id")
_NUMBERS: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = MappingProxyType(
    {
        Operator.EQ: operator.eq,
        Operator.NE: operator.ne,
        Operator.LT: operator.lt,
        Operator.LE: operator.le,
        Operator.GT: operator.gt,
        Operator.GE: operator.ge,
    }
)
_TEXTS: Final[Mapping[Operator, Callable[[str, str], bool]]] = MappingProxyType(
    {
        Operator.EQ: operator.eq,
        Operator.ANY_OF: operator.eq,
        Operator.CONTAINS: operator.contains,
        Operator.STARTS_WITH: str.startswith,
        Operator.ENDS_WITH: str.endswith,
    }
)
_NEGATED: Final = MappingProxyType(
    {
        Operator.NE: Operator.EQ,
        Operator.NONE_OF: Operator.ANY_OF,
        Operator.NOT_CONTAINS: Operator.CONTAINS,
    }
)


class CommentLookup(Protocol):
    """Where comments are found."""

    async def contents(self, project_id: str, object_type: ObjectType, containing: tuple[str, ...], /) -> list[tuple[str, str]]:
        """Return ``(object id, content)`` at least of every comment that contains one of the texts."""

    async def counts(self, project_id: str, object_type: ObjectType, /) -> list[tuple[str, int]]:
        """Return ``(object id, number of comments)`` of every commented object."""


async def resolve_comments(expression: Expression, project_id: str, comments: CommentLookup) -> Expression:
    """Return ``expression``, over observations, without a condition on comments.

    Raises:
        InvalidRequestError: Too many comments would have to be looked at, or the condition makes no sense.
    """
    if fields_of(expression).isdisjoint((_CONTENT, _COUNT)):
        return expression
    match expression:
        case And(terms) | Or(terms):
            resolved = [await resolve_comments(term, project_id, comments) for term in terms]
            return replace(expression, terms=tuple(resolved))
        case Not(term):
            return Not(await resolve_comments(term, project_id, comments))
        case Comparison(Field(name)) if name == _COUNT:
            return await _by_count(expression, project_id, comments)
        case Comparison():
            return await _by_content(expression, project_id, comments)


async def _by_count(condition: Comparison, project_id: str, comments: CommentLookup) -> Comparison:
    if condition.operator in (Operator.IS_SET, Operator.IS_NOT_SET):
        return _ids(set(), is_negated=condition.operator is Operator.IS_SET)  # there is always a number
    compare = _NUMBERS.get(condition.operator)
    if compare is None:
        raise _unsupported(condition)
    counts = await comments.counts(project_id, ObjectType.OBSERVATION)
    # Those without comments are not in the table, so whichever side they are not on is the one that can be listed.
    is_true_of_none = compare(0, condition.value)
    ids = {object_id for object_id, count in counts if compare(count, condition.value) is not is_true_of_none}
    return _ids(ids, is_negated=is_true_of_none)


async def _by_content(condition: Comparison, project_id: str, comments: CommentLookup) -> Comparison:
    if condition.operator in (Operator.IS_SET, Operator.IS_NOT_SET):
        counts = await comments.counts(project_id, ObjectType.OBSERVATION)
        return _ids({object_id for object_id, _ in counts}, is_negated=condition.operator is Operator.IS_NOT_SET)
    positive = _NEGATED.get(condition.operator, condition.operator)
    holds = _TEXTS.get(positive)
    if holds is None:
        raise _unsupported(condition)
    given = condition.value if isinstance(condition.value, tuple) else (str(condition.value),)
    # What no comment can hold is not asked for: databases bound the length of a pattern, and PostgreSQL takes no NUL.
    texts = tuple(text for text in given if "\0" not in text and len(text) <= LONGEST_CONTENT)
    found = await comments.contents(project_id, ObjectType.OBSERVATION, texts) if texts else []
    ids = {object_id for object_id, content in found if any(holds(content, text) for text in texts)}
    return _ids(ids, is_negated=positive is not condition.operator)


def _ids(ids: set[str], *, is_negated: bool) -> Comparison:
    return Comparison(_ID, Operator.NONE_OF if is_negated else Operator.ANY_OF, tuple(sorted(ids)))


def _unsupported(condition: Comparison) -> InvalidRequestError:
    return InvalidRequestError(f"field {condition.field.name!r} does not take the operator {condition.operator.value!r}")
