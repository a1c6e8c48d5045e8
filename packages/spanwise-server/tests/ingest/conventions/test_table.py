"""Rows whose attribute announces what the whole span tells."""

from __future__ import annotations

from spanwise_server.ingest.conventions.dispatch import Dispatch, derived_candidates
from spanwise_server.ingest.conventions.table import Derived, Field, Table, To, derive
from spanwise_server.ingest.spans import Span

_SPAN = Span("t", "s", "", "n", 0, 1, {"a": 1, "b": 2})
_TABLE = Table(
    "sums",
    {
        "first": To(Field.INPUT),
        "a": derive(
            Derived(Field.OUTPUT, lambda span: span.attributes["a"] + span.attributes["b"], uses=("a", "b")),
            Derived(Field.USAGE_COUNT, lambda span: span.attributes.get("c"), key="input"),
        ),
    },
)


def test_a_derived_value_ranks_as_its_attribute_and_names_what_it_used() -> None:
    (announcement, leftover) = Dispatch((_TABLE,), lambda _key, _is_mapped: True).resolve("a")
    assert (announcement.field, leftover.field) == (Field.DERIVED, Field.LEFTOVER)
    ((target, value),) = derived_candidates(announcement, _SPAN)
    assert (target.field, target.rank, target.uses, value) == (Field.OUTPUT, 1, ("a", "b"), 3)


def test_what_a_table_always_derives_comes_before_its_attributes() -> None:
    always = Table("always", {"a": To(Field.NAME)}, derived=(Derived(Field.NAME, lambda span: span.name),))
    dispatch = Dispatch((_TABLE, always), lambda _key, _is_mapped: False)
    ((target, value),) = (candidate for one in dispatch.always for candidate in derived_candidates(one, _SPAN))
    (named,) = (one for one in dispatch.resolve("a") if one.field == Field.NAME)
    assert (value, target.rank < named.rank) == ("n", True)
