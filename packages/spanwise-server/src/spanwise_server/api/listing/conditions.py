"""From simple parameters and the ``filter`` parameter to one expression. Parsing the filter grammar is not done here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spanwise_server.domain.observations import Micros
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Operator, Scalar, fields_of


def equal(field: str, value: Scalar | None) -> tuple[Comparison, ...]:
    """Return ``field = value``, or nothing when the parameter is absent."""
    return () if value is None else (Comparison(Field(field), Operator.EQ, value),)


def any_of(field: str, values: Sequence[str]) -> tuple[Comparison, ...]:
    """Return that ``field`` is one of ``values``, or nothing when none is given."""
    return (Comparison(Field(field), Operator.ANY_OF, tuple(values)),) if values else ()


def all_of(field: str, values: Sequence[str]) -> tuple[Comparison, ...]:
    """Return that the array ``field`` has all ``values``, or nothing when none is given."""
    return (Comparison(Field(field), Operator.ALL_OF, tuple(values)),) if values else ()


@dataclass(frozen=True, slots=True)
class Selection:
    """What a query selects: an expression and a time window (microseconds, ``since`` inclusive, ``until`` exclusive)."""

    where: Expression
    since: Micros | None
    until: Micros | None


def select(
    simple: Iterable[Comparison], *, time_field: str, since: Micros | None, until: Micros | None, given: Expression
) -> Selection:
    """Combine simple comparisons and a window with the ``filter`` expression ``given``, which wins on each field it names."""
    named = fields_of(given)
    kept = tuple(comparison for comparison in simple if comparison.field.name not in named)
    window = (None, None) if time_field in named else (since, until)
    terms = (*kept, *(given.terms if isinstance(given, And) else (given,)))
    return Selection(And(terms), *window)
