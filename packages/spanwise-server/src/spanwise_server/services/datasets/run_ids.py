"""The ids of a run in filters: whichever of them a client names, all of them are meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from spanwise_server.query.expressions import And, Comparison, Expression, Field, Not, Operator, Or

_MEANT = {
    Operator.EQ: Operator.ANY_OF,
    Operator.ANY_OF: Operator.ANY_OF,
    Operator.NE: Operator.NONE_OF,
    Operator.NONE_OF: Operator.NONE_OF,
}


def ids_in(expression: Expression, field: str) -> frozenset[str]:
    """Return the whole ids that ``expression`` compares ``field`` with."""
    match expression:
        case Comparison(Field(name), operator, value) if name == field and operator in _MEANT:
            return frozenset(value if isinstance(value, tuple) else (str(value),))
        case And(terms) | Or(terms):
            return frozenset().union(*(ids_in(term, field) for term in terms))
        case Not(term):
            return ids_in(term, field)
        case _:
            return frozenset()


def with_aliases(expression: Expression, field: str, aliases: Mapping[str, Collection[str]]) -> Expression:
    """Return ``expression`` with each id in ``field`` replaced by all ids of its run."""
    match expression:
        case Comparison(Field(name), operator, value) if name == field and operator in _MEANT:
            given = value if isinstance(value, tuple) else (str(value),)
            meant = dict.fromkeys(alias for some_id in given for alias in aliases.get(some_id, (some_id,)))
            return Comparison(expression.field, _MEANT[operator], tuple(meant))
        case And(terms):
            return And(tuple(with_aliases(term, field, aliases) for term in terms))
        case Or(terms):
            return Or(tuple(with_aliases(term, field, aliases) for term in terms))
        case Not(term):
            return Not(with_aliases(term, field, aliases))
        case _:
            return expression


def only_ids(expression: Expression, field: str) -> tuple[str, ...] | None:
    """Return the ids that ``field`` must be one of for ``expression`` to hold, or none if it may be any."""
    terms = expression.terms if isinstance(expression, And) else (expression,)
    for term in terms:
        if isinstance(term, Comparison) and term.field.name == field and term.operator is Operator.ANY_OF:
            return tuple(term.value) if isinstance(term.value, tuple) else None
    return None


def terms_over(expression: Expression, fields: Collection[str]) -> And:
    """Return the part of ``expression`` that looks at ``fields`` alone; whatever meets the whole meets it too."""
    terms = expression.terms if isinstance(expression, And) else (expression,)
    return And(tuple(term for term in terms if isinstance(term, Comparison) and term.field.name in fields))
