"""Folding partial updates: the order of arrival never matters, and each rule of the batch API holds."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.merging import joined, observation_of, says_the_same, score_of, sort_key
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.payloads import decode_value, encode_value
from spanwise_server.domain.scores import Score

T = 1_790_000_000_000_000


def event(at: int, *, is_update: bool = False, entity: Entity = Entity.OBSERVATION, **fields: Any) -> Partial:
    """Return an event ``at`` microseconds after ``T``."""
    return Partial(project_id="p", entity=entity, id="e", time=T + at, is_update=is_update, fields=fields)


def fold(*partials: Partial) -> Observation:
    """Fold events in the order given."""
    return functools.reduce(joined, map(observation_of, partials))


def fold_scores(*partials: Partial) -> Score:
    """Fold score events in the order given."""
    return functools.reduce(joined, map(score_of, partials))


leaves: st.SearchStrategy[Any] = st.sampled_from(["x", "1", 1, 2.5, True, None, [1], {}])
metadata = st.dictionaries(
    st.sampled_from(["a", "b", "c.d"]),
    st.recursive(leaves, lambda inner: st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2), max_leaves=4),
    max_size=2,
).map(lambda value: {key: encode_value(item) for key, item in value.items()})
fields = st.fixed_dictionaries(
    {},
    optional={
        "trace_id": st.sampled_from(["t1", "t2"]),
        "start_time": st.integers(T - 5, T + 5),
        "end_time": st.one_of(st.none(), st.integers(T - 5, T + 50)),
        "name": st.sampled_from(["", "x", "y", None]),
        "type": st.sampled_from(["SPAN", "GENERATION"]),
        "environment": st.sampled_from(["default", "prod"]),
        "parent_id": st.sampled_from(["", "r", None]),
        "tags": st.lists(st.sampled_from(["a", "b", "c"]), max_size=2),
        "input": st.sampled_from(["", "i1", "i2", None]),
        "metadata": metadata,
        "usage": st.sampled_from([{}, {"input": 1}, {"input": 2, "total": 2}]),
        "cost": st.sampled_from([{}, {"total": Decimal("0.5")}]),
        "trace_public": st.sampled_from([True, False, None]),
    },
)
events = st.builds(
    lambda at, is_update, values: event(at, is_update=is_update, **values), st.integers(0, 3), st.booleans(), fields
)


@given(st.lists(events, min_size=1, max_size=5).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_any_order_of_arrival_ends_in_the_same_row(orders: tuple[list[Partial], list[Partial]]) -> None:
    """The join is commutative and associative over whole sequences of events."""
    one, other = orders
    assert says_the_same(fold(*one), fold(*other))


@given(st.lists(events, min_size=1, max_size=4), st.data())
def test_repeated_events_change_nothing(some: list[Partial], data: st.DataObject) -> None:
    """The join is idempotent, also for a batch that comes again later."""
    again = data.draw(st.lists(st.sampled_from(some), max_size=4))
    assert says_the_same(fold(*some), fold(*some, *again))


@given(st.lists(events, min_size=2, max_size=5), st.integers(1, 4))
def test_groups_can_be_folded_apart_and_then_together(some: list[Partial], cut: int) -> None:
    """What two servers fold on their own joins to what one would have folded."""
    cut = min(cut, len(some) - 1)
    assert says_the_same(joined(fold(*some[:cut]), fold(*some[cut:])), fold(*some))


Case = tuple[str, list[Partial], Callable[[Observation], Any], Any]

CASES: list[Case] = [
    ("the later event wins", [event(1, name="a"), event(2, name="b")], lambda row: row.name, "b"),
    ("an absent field never overwrites", [event(1, name="a"), event(2, level="ERROR")], lambda row: row.name, "a"),
    ("an explicit null overwrites", [event(1, name="a"), event(2, name=None)], lambda row: row.name, ""),
    (
        "a create of the same time yields to the update",
        [event(1, name="update", is_update=True), event(1, name="create")],
        lambda row: row.name,
        "update",
    ),
    ("the first trace stays", [event(1, trace_id="t1"), event(2, trace_id="t2")], lambda row: row.trace_id, "t1"),
    ("the first start stays", [event(1, start_time=T + 7), event(2, start_time=T)], lambda row: row.start_time, T + 7),
    (
        "the first environment stays",
        [event(2, environment="late"), event(1, environment="early")],
        lambda row: row.environment,
        "early",
    ),
    ("without a start the earliest event dates the row", [event(9, name="b"), event(4)], lambda row: row.start_time, T + 4),
    ("without a trace the observation is its own", [event(1)], lambda row: row.trace_id, "e"),
    ("tags are united and sorted", [event(1, tags=["b"]), event(2, tags=["a", "b"])], lambda row: row.tags, ["a", "b"]),
    ("an empty input says nothing", [event(1, input="x"), event(2, input="")], lambda row: row.input, "x"),
    ("usage is replaced as a whole", [event(1, usage={"a": 1}), event(2, usage={"b": 2})], lambda row: row.usage, {"b": 2}),
    ("an empty usage says nothing", [event(1, usage={"a": 1}), event(2, usage={})], lambda row: row.usage, {"a": 1}),
    ("an absent public leaves it", [event(1, trace_public=True), event(2, name="x")], lambda row: row.trace_public, True),
    ("an end before the start is the start", [event(1, start_time=T, end_time=T - 1)], lambda row: row.end_time, T),
    ("no parent is a root", [event(1)], lambda row: row.is_root, True),
    ("a parent is no root", [event(1), event(2, parent_id="r")], lambda row: row.is_root, False),
    ("the total cost follows the costs", [event(1, cost={"total": Decimal(3)})], lambda row: row.total_cost, Decimal(3)),
    (
        "an update's implied type yields to the create's",
        [event(5, type="GENERATION", is_update=True), event(1, type="AGENT")],
        lambda row: row.type,
        "AGENT",
    ),
]


@pytest.mark.parametrize(("partials", "read", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_rule_in_both_orders(partials: list[Partial], read: Callable[[Observation], Any], expected: Any) -> None:
    """Every rule of the batch API, forwards and backwards."""
    assert read(fold(*partials)) == expected
    assert read(fold(*reversed(partials))) == expected


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ({"a": {"x": 1, "y": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}),
        ({"a": 1}, {"b": "1"}, {"a": 1, "b": "1"}),
        ({"a": {"x": 1}}, {"a": 5}, {"a": 5}),
        ({"a": 5}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"a": [1]}, {"a": [2]}, {"a": [2]}),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}, {"a": {"b": {"c": 1, "d": 2}}}),
    ],
)
def test_metadata_is_joined_leaf_by_leaf(earlier: dict[str, Any], later: dict[str, Any], expected: dict[str, Any]) -> None:
    """Deep merge, the later leaf winning, whichever event comes first."""
    one, two = (
        event(at, metadata={key: encode_value(item) for key, item in value.items()}) for at, value in ((1, earlier), (2, later))
    )
    for row in (fold(one, two), fold(two, one)):
        assert {key: decode_value(text) for key, text in row.metadata.items()} == expected


def test_a_trace_record_is_filed_under_its_trace_without_an_id() -> None:
    """An observation may bear its trace's id; the record must not collide with it."""
    row = fold(event(1, entity=Entity.TRACE, name="n"))
    assert (row.type, row.trace_id, row.id, row.is_root) == ("TRACE", "e", "", False)


def test_a_partial_is_laid_over_a_whole_span_whose_beginnings_stand() -> None:
    """An OTLP span that a legacy update names keeps its start, trace and type."""
    whole = Observation(project_id="p", trace_id="t", id="e", start_time=T, type="AGENT", name="whole", metadata={"a": "1"})
    update = event(5, is_update=True, name="updated", start_time=T + 9, trace_id="other", type="SPAN", metadata={"b": "2"})
    for row in (joined(observation_of(update), whole), joined(whole, observation_of(update))):
        assert (row.name, row.start_time, row.trace_id, row.type) == ("updated", T, "t", "AGENT")
        assert row.metadata == {"a": "1", "b": "2"}
        later = joined(row, observation_of(event(6, is_update=True, start_time=T + 1, level="ERROR")))
        assert (later.start_time, later.level, later.name) == (T, "ERROR", "updated")


def test_a_score_keeps_its_first_time_and_takes_its_last_value() -> None:
    """Scores fold by the same rules."""
    one = event(1, entity=Entity.SCORE, name="q", value=1.0, timestamp=T)
    two = event(2, entity=Entity.SCORE, value=2.0, timestamp=T + 99, comment="c")
    for row in (fold_scores(one, two), fold_scores(two, one)):
        assert (row.name, row.value, row.timestamp, row.comment) == ("q", 2.0, T, "c")


def test_what_was_cut_of_a_score_is_remembered_and_its_violation_is_not() -> None:
    one = event(1, entity=Entity.SCORE, name="q", truncated=["comment"], config_id=None, config_violation="too much")
    two = event(2, entity=Entity.SCORE, name="q", truncated=["metadata"], config_id="c", config_violation=None)
    for row in (fold_scores(one, two), fold_scores(two, one)):
        assert (row.truncated, row.config_id, row.config_violation) == (["comment", "metadata"], "c", "")


def test_rows_that_differ_only_in_when_they_were_written_say_the_same() -> None:
    """What the verification after a shared write compares."""
    row = fold(event(1, name="a"))
    later = fold(event(1, name="a"))
    later.row_version, later.created_at = 7, 9
    assert says_the_same(row, later)
    assert not says_the_same(row, fold(event(1, name="b")))


def test_a_row_moves_when_its_minute_or_trace_changes() -> None:
    """The place in the store is the start minute, the trace and the id."""
    row = fold(event(0, start_time=T, trace_id="t"))
    assert sort_key(row) == sort_key(fold(event(0, start_time=T + 1, trace_id="t")))
    assert sort_key(row) != sort_key(fold(event(0, start_time=T + 60_000_000, trace_id="t")))
    assert sort_key(row) != sort_key(fold(event(0, start_time=T, trace_id="u")))
