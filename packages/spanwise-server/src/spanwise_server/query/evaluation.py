"""Evaluates filter expressions over values at hand: for the few things that are put together from two stores.

Means the same as what ``storage.events.compile`` makes of an expression for the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.expressions import And, Comparison, Expression, Not, Operator, Or

_TESTS: Mapping[Operator, Callable[[str, str], bool]] = {
    Operator.EQ: lambda text, value: text == value,
    Operator.NE: lambda text, value: text != value,
    Operator.CONTAINS: lambda text, value: value in text,
    Operator.NOT_CONTAINS: lambda text, value: value not in text,
    Operator.STARTS_WITH: str.startswith,
    Operator.ENDS_WITH: str.endswith,
    Operator.CONTAINS_ANY_CASE: lambda text, value: value.casefold() in text.casefold(),
    Operator.MATCHES: lambda text, value: all(word in text.lower().split() for word in value.lower().split()),
    Operator.LT: str.__lt__,
    Operator.LE: str.__le__,
    Operator.GT: str.__gt__,
    Operator.GE: str.__ge__,
}


def holds(expression: Expression, values: Mapping[str, str]) -> bool:
    """Say whether ``expression`` holds for text fields; a field that is missing is empty.

    Raises:
        InvalidRequestError: text does not take one of its operators.
    """
    match expression:
        case And(terms):
            return all(holds(term, values) for term in terms)
        case Or(terms):
            return any(holds(term, values) for term in terms)
        case Not(term):
            return not holds(term, values)
        case Comparison():
            return _compare(expression, values.get(expression.field.name, ""))


def _compare(comparison: Comparison, text: str) -> bool:
    listed = comparison.value if isinstance(comparison.value, tuple) else (str(comparison.value),)
    match comparison.operator:
        case Operator.IS_SET:
            return text != ""
        case Operator.IS_NOT_SET:
            return text == ""
        case Operator.ANY_OF:
            return text in listed
        case Operator.NONE_OF:
            return text not in listed
        case operator if operator in _TESTS:
            return _TESTS[operator](text, str(comparison.value))
        case operator:
            raise InvalidRequestError(f"field {comparison.field.name!r} does not take the operator {operator.value!r}")
