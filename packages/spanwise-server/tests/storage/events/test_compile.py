"""Filter expressions mean on the real engine what they mean in Python, and values never become SQL."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.payloads import decode_value, encode_value
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Not, Operator, Or
from spanwise_server.query.queries import ObservationQuery
from spanwise_server.services.container import Services
from spanwise_server.storage.events.compile import Parameters
from spanwise_server.storage.events.observations import COMPILER
from tests.event_rows import SECOND, observation, write

_TEXTS = ["", "a", "ab", "Ab", "b'; DROP TABLE observations; --", "{v0:String}", "ü☃", "1", "true", "a\nb"]
texts = st.sampled_from(_TEXTS)
_TEXT_OPERATORS: dict[Operator, Callable[[str, Any], bool]] = {
    Operator.EQ: lambda have, want: have == want,
    Operator.NE: lambda have, want: have != want,
    Operator.CONTAINS: lambda have, want: want in have,
    Operator.NOT_CONTAINS: lambda have, want: want not in have,
    Operator.STARTS_WITH: lambda have, want: have.startswith(want),
    Operator.ENDS_WITH: lambda have, want: have.endswith(want),
    Operator.CONTAINS_ANY_CASE: lambda have, want: want.lower() in have.lower(),
    Operator.ANY_OF: lambda have, want: have in want,
    Operator.NONE_OF: lambda have, want: have not in want,
    Operator.IS_SET: lambda have, _: have != "",
    Operator.IS_NOT_SET: lambda have, _: have == "",
}
_NUMBER_OPERATORS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: lambda have, want: have == want,
    Operator.LT: lambda have, want: have is not None and have < want,
    Operator.LE: lambda have, want: have is not None and have <= want,
    Operator.GT: lambda have, want: have is not None and have > want,
    Operator.GE: lambda have, want: have is not None and have >= want,
}
_ARRAY_OPERATORS: dict[Operator, Callable[[list[str], Any], bool]] = {
    Operator.ANY_OF: lambda have, want: bool(set(have) & set(want)),
    Operator.NONE_OF: lambda have, want: not set(have) & set(want),
    Operator.ALL_OF: lambda have, want: set(want) <= set(have),
}
_MANY = frozenset({Operator.ANY_OF, Operator.NONE_OF, Operator.ALL_OF})


def _value(operator: Operator) -> st.SearchStrategy[Any]:
    return st.lists(texts, min_size=1, max_size=3).map(tuple) if operator in _MANY else texts


def _comparisons(field: Field, operators: dict[Operator, Any]) -> st.SearchStrategy[Comparison]:
    return st.sampled_from(list(operators)).flatmap(
        lambda operator: _value(operator).map(lambda value: Comparison(field, operator, value))
    )


comparisons = st.one_of(
    _comparisons(Field("name"), _TEXT_OPERATORS),
    _comparisons(Field("user_id"), _TEXT_OPERATORS),
    _comparisons(Field("tags"), _ARRAY_OPERATORS),
    st.builds(
        lambda operator, value: Comparison(Field("latency"), operator, value),
        st.sampled_from(list(_NUMBER_OPERATORS)),
        st.sampled_from([0.0, 1.0, 2.5]),
    ),
    st.builds(lambda value: Comparison(Field("metadata", "k"), Operator.EQ, value), texts.filter(bool)),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda terms: And(tuple(terms))),
        st.lists(inner, max_size=3).map(lambda terms: Or(tuple(terms))),
        inner.map(Not),
    ),
    max_leaves=5,
)
rows = st.fixed_dictionaries(
    {
        "name": texts,
        "user_id": texts,
        "tags": st.lists(texts.filter(bool), max_size=2, unique=True),
        "seconds": st.sampled_from([None, 0, 1, 3]),
        "metadata": st.sampled_from([{}, *({"k": encode_value(text)} for text in _TEXTS)]),
    }
)


def holds(expression: Expression, row: Observation) -> bool:
    """Evaluate the expression in Python."""
    match expression:
        case And(terms):
            return all(holds(term, row) for term in terms)
        case Or(terms):
            return any(holds(term, row) for term in terms)
        case Not(term):
            return not holds(term, row)
        case Comparison(field, operator, value):
            if field.name == "tags":
                return _ARRAY_OPERATORS[operator](row.tags, value)
            if field.name == "latency":
                seconds = None if row.end_time is None else (row.end_time - row.start_time) / SECOND
                return _NUMBER_OPERATORS[operator](seconds, value)
            if field.name == "metadata":
                return "k" in row.metadata and str(decode_value(row.metadata["k"])) == value
            return _TEXT_OPERATORS[operator](getattr(row, field.name), value)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(drawn=st.lists(rows, min_size=1, max_size=6), wanted=st.lists(expressions, min_size=1, max_size=4))
async def test_an_expression_means_the_same_on_the_engine(
    services: Services, drawn: list[dict[str, Any]], wanted: list[Expression]
) -> None:
    """Random trees over random rows, against plain Python."""
    project_id = f"p-{uuid.uuid4()}"
    written = []
    for index, fields in enumerate(drawn):
        seconds = fields.pop("seconds")
        row = observation(project_id, str(index), trace_id=str(index), at=index, **fields)
        row.end_time = None if seconds is None else row.start_time + seconds * SECOND
        written.append(row)
    await write(services, written)
    for expression in wanted:
        found = await services.events.find_observations(ObservationQuery(project_id=project_id, where=expression))
        assert sorted(row.id for row in found) == [row.id for row in written if holds(expression, row)], expression


@given(expression=expressions)
def test_values_are_bound_never_spliced(expression: Expression) -> None:
    """The text of a statement is made of our own words alone."""
    parameters = Parameters()
    sql = COMPILER.compile(expression, parameters)
    assert "DROP" not in sql
    assert "☃" not in sql
    assert {name for name, _ in re.findall(r"\{(v\d+):([A-Za-z0-9()]+)\}", sql)} <= set(parameters.values)


@pytest.mark.parametrize(
    ("comparison", "complaint"),
    [
        (Comparison(Field("nonsense"), Operator.EQ, "x"), "'nonsense'"),
        (Comparison(Field("latency"), Operator.CONTAINS, "x"), "'contains'"),
        (Comparison(Field("tags"), Operator.GT, "x"), "'>'"),
        (Comparison(Field("name"), Operator.ALL_OF, ("x",)), "'all of'"),
        (Comparison(Field("scores_avg", "q"), Operator.CONTAINS, "x"), "'contains'"),
        (Comparison(Field("scores_avg", "q"), Operator.GT, "x"), "number"),
    ],
)
def test_what_a_field_does_not_take_is_named(comparison: Comparison, complaint: str) -> None:
    """A 400 that says which field and which operator."""
    with pytest.raises(InvalidRequestError, match=re.escape(complaint)):
        COMPILER.compile(comparison, Parameters())


async def test_a_dotted_key_finds_the_nested_value_and_the_literal_key(services: Services) -> None:
    """``a.b`` is the key ``a.b``, or ``b`` in the object under ``a``."""
    project_id = f"p-{uuid.uuid4()}"
    shapes = {"nested": {"a": encode_value({"b": {"c": "x"}})}, "literal": {"a.b.c": "x"}, "other": {"a": "x"}}
    await write(services, [observation(project_id, name, metadata=metadata) for name, metadata in shapes.items()])
    where = Comparison(Field("metadata", "a.b.c"), Operator.EQ, "x")
    found = await services.events.find_observations(ObservationQuery(project_id=project_id, where=where))
    assert sorted(row.id for row in found) == ["literal", "nested"]
