"""Precedence and lookup: order decides, and hostile keys do not fill the memory."""

from __future__ import annotations

from spanwise_server.ingest.conventions.dialects import langfuse
from spanwise_server.ingest.conventions.dispatch import Dispatch, dispatch_for
from spanwise_server.ingest.conventions.precedence import TABLES
from spanwise_server.ingest.conventions.table import Field, Table, To

_FIRST = Table("first", {"a": To(Field.INPUT)}, {"p.": To(Field.METADATA_KEY), "p.q.": To(Field.EXPERIMENT)})
_SECOND = Table("second", {"b": To(Field.INPUT), "a": (To(Field.OUTPUT), To(Field.MODEL))}, {"p.": To(Field.USER)})


def _never(_attribute: str, _is_mapped: bool) -> bool:  # noqa: FBT001 -- the signature of Dispatch's parameter
    return False


def test_tables_rank_by_their_order_and_rows_by_theirs() -> None:
    dispatch = Dispatch((_FIRST, _SECOND), _never)
    (first, *others) = dispatch.resolve("a")
    assert [Field(target.field) for target in (first, *others)] == [Field.INPUT, Field.OUTPUT, Field.MODEL]
    (second,) = dispatch.resolve("b")
    assert first.rank < second.rank < others[0].rank
    assert others[0].rank == others[1].rank


def test_the_longest_prefix_of_a_table_counts_and_the_rest_is_the_key() -> None:
    dispatch = Dispatch((_FIRST, _SECOND), _never)
    found = {(Field(target.field), target.key) for target in dispatch.resolve("p.q.r.s")}
    assert found == {(Field.EXPERIMENT, "r.s"), (Field.USER, "q.r.s")}


def test_keys_are_remembered_within_bounds() -> None:
    dispatch = Dispatch((_FIRST,), _never)
    for number in range(10_000):
        dispatch.resolve(f"p.{number}")
    dispatch.resolve("p." + "x" * 1000)
    assert len(dispatch.targets) == 4096
    assert dispatch.resolve("p.9999")[0].key == "9999"


def test_a_table_of_a_scope_applies_in_that_scope_only() -> None:
    assert dispatch_for("anything") is dispatch_for("")
    assert dispatch_for(langfuse.SCOPE) is not dispatch_for("")


def test_every_table_has_a_name_of_its_own() -> None:
    assert len({table.name for table in TABLES}) == len(TABLES)


def test_every_prefix_ends_where_a_name_does() -> None:
    assert [prefix for table in TABLES for prefix in table.prefixes if not prefix.endswith(".")] == []
