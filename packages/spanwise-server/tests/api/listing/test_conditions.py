"""Simple parameters and the filter become one expression; the filter wins on its own columns."""

from __future__ import annotations

from spanwise_server.api.listing.conditions import all_of, any_of, equal, select
from spanwise_server.query.expressions import EVERYTHING, And, Comparison, Field, Operator, Or

BY_NAME = Comparison(Field("name"), Operator.CONTAINS, "agent")
BY_TIME = Comparison(Field("timestamp"), Operator.GE, 5)


def test_absent_parameters_add_nothing() -> None:
    simple = (*equal("name", None), *any_of("environment", ()), *all_of("tags", ()))
    selection = select(simple, time_field="timestamp", since=None, until=None, given=EVERYTHING)
    assert selection.where == EVERYTHING


def test_simple_parameters_and_the_filter_hold_together() -> None:
    simple = (*equal("user_id", "u"), *any_of("environment", ["a", "b"]), *all_of("tags", ["x"]))
    selection = select(simple, time_field="timestamp", since=1, until=9, given=And((BY_NAME,)))
    assert selection.where == And(
        (
            Comparison(Field("user_id"), Operator.EQ, "u"),
            Comparison(Field("environment"), Operator.ANY_OF, ("a", "b")),
            Comparison(Field("tags"), Operator.ALL_OF, ("x",)),
            BY_NAME,
        )
    )
    assert (selection.since, selection.until) == (1, 9)


def test_the_filter_replaces_a_simple_parameter_on_the_same_field() -> None:
    nested = Or((BY_NAME, BY_TIME))
    selection = select(
        (*equal("name", "exact"), *equal("user_id", "u")), time_field="timestamp", since=1, until=9, given=And((nested,))
    )
    assert selection.where == And((Comparison(Field("user_id"), Operator.EQ, "u"), nested))
    assert (selection.since, selection.until) == (None, None)


def test_an_empty_text_is_a_value() -> None:
    assert equal("name", "") == (Comparison(Field("name"), Operator.EQ, ""),)
    assert equal("is_root", value=False) == (Comparison(Field("is_root"), Operator.EQ, value=False),)
