"""Ids of runs inside filters."""

from __future__ import annotations

from spanwise_server.query.expressions import And, Comparison, Field, Not, Operator, Or
from spanwise_server.services.datasets.run_ids import ids_in, only_ids, terms_over, with_aliases

RUN = Field("run")
ALIASES = {"a": ("a", "A"), "A": ("a", "A")}


def test_an_id_means_every_id_of_its_run() -> None:
    where = And(
        (
            Comparison(RUN, Operator.EQ, "a"),
            Or((Comparison(RUN, Operator.NONE_OF, ("A", "b")), Not(Comparison(RUN, Operator.NE, "c")))),
            Comparison(RUN, Operator.CONTAINS, "a"),
            Comparison(Field("name"), Operator.EQ, "a"),
        )
    )

    assert ids_in(where, "run") == {"a", "A", "b", "c"}
    assert with_aliases(where, "run", ALIASES) == And(
        (
            Comparison(RUN, Operator.ANY_OF, ("a", "A")),
            Or((Comparison(RUN, Operator.NONE_OF, ("a", "A", "b")), Not(Comparison(RUN, Operator.NONE_OF, ("c",))))),
            Comparison(RUN, Operator.CONTAINS, "a"),
            Comparison(Field("name"), Operator.EQ, "a"),
        )
    )


def test_ids_bind_only_where_nothing_else_can_hold() -> None:
    ids = Comparison(RUN, Operator.ANY_OF, ("a",))

    assert only_ids(ids, "run") == ("a",)
    assert only_ids(And((Comparison(Field("name"), Operator.EQ, "x"), ids)), "run") == ("a",)
    assert only_ids(Or((ids,)), "run") is None
    assert only_ids(Comparison(RUN, Operator.NONE_OF, ("a",)), "run") is None


def test_the_terms_over_some_fields() -> None:
    name, run = Comparison(Field("name"), Operator.EQ, "x"), Comparison(RUN, Operator.EQ, "a")

    assert terms_over(And((name, run, Or((run,)))), ["run"]) == And((run,))
    assert terms_over(name, ["run"]) == And(())
