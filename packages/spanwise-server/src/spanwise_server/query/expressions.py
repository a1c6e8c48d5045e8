"""The filter expression: an immutable tree that every front door builds and ``storage.events.compile`` prints as SQL.

Front doors: Langfuse's JSON filters and list parameters, the UI. Values are data and are always bound, never spliced.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """Comparisons. The last three take a tuple of strings."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    CONTAINS = "contains"
    NOT_CONTAINS = "does not contain"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    CONTAINS_ANY_CASE = "contains, any case"
    MATCHES = "matches"
    """Every word of the value occurs in the text, whatever the case."""
    IS_SET = "is set"
    IS_NOT_SET = "is not set"
    ANY_OF = "any of"
    NONE_OF = "none of"
    ALL_OF = "all of"


Scalar = str | int | float | bool
Value = Scalar | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the entity that is asked for (``query.fields`` has the table); ``key`` selects inside an object field."""

    name: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """``field operator value``. Datetime values are microseconds since the epoch. A missing field compares as empty."""

    field: Field
    operator: Operator
    value: Value = None


@dataclass(frozen=True, slots=True)
class And:
    """All terms hold; true when there is none."""

    terms: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one term holds; false when there is none."""

    terms: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not hold."""

    term: Expression


Expression = Comparison | And | Or | Not
EVERYTHING = And()


def fields_of(expression: Expression) -> frozenset[str]:
    """Return the names of the fields that ``expression`` looks at."""
    match expression:
        case Comparison(field):
            return frozenset({field.name})
        case And(terms) | Or(terms):
            return frozenset().union(*(fields_of(term) for term in terms))
        case Not(term):
            return fields_of(term)
