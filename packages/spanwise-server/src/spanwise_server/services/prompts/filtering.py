"""Whether a version of a prompt fulfils a filter expression. The same meaning as the event store gives to each operator."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.expressions import And, Comparison, Expression, Not, Operator, Or
from spanwise_server.storage.metadata.prompt_summaries import VersionRow

Condition = Callable[[Any, Any], bool]
_ORDER: Final[Mapping[Operator, Condition]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}
_TEXT: Final[Mapping[Operator, Condition]] = {
    **_ORDER,
    Operator.CONTAINS: operator.contains,
    Operator.NOT_CONTAINS: lambda text, part: part not in text,
    Operator.STARTS_WITH: str.startswith,
    Operator.ENDS_WITH: str.endswith,
    Operator.CONTAINS_ANY_CASE: lambda text, part: part.casefold() in text.casefold(),
    Operator.ANY_OF: lambda text, options: text in options,
    Operator.NONE_OF: lambda text, options: text not in options,
    Operator.IS_SET: lambda text, _: text != "",
    Operator.IS_NOT_SET: lambda text, _: text == "",
}
_ARRAY: Final[Mapping[Operator, Condition]] = {
    Operator.EQ: operator.contains,
    Operator.CONTAINS: operator.contains,
    Operator.ANY_OF: lambda items, options: not set(items).isdisjoint(options),
    Operator.NONE_OF: lambda items, options: set(items).isdisjoint(options),
    Operator.ALL_OF: lambda items, options: set(items).issuperset(options),
    Operator.IS_SET: lambda items, _: bool(items),
    Operator.IS_NOT_SET: lambda items, _: not items,
}
_NUMBER: Final[Mapping[Operator, Condition]] = {
    **_ORDER,
    Operator.IS_SET: lambda _, __: True,
    Operator.IS_NOT_SET: lambda _, __: False,
}
_CONDITIONS: Final[Mapping[str, Mapping[Operator, Condition]]] = {
    "id": _TEXT,
    "name": _TEXT,
    "type": _TEXT,
    "version": _NUMBER,
    "created_at": _NUMBER,
    "updated_at": _NUMBER,
    "labels": _ARRAY,
    "tags": _ARRAY,
}


def matches(expression: Expression, row: VersionRow) -> bool:
    """Say whether ``row`` fulfils ``expression``; ``config`` must have been read if that is asked for.

    Raises:
        InvalidRequestError: A field does not exist or does not take the operator.
    """
    match expression:
        case And(terms):
            return all(matches(term, row) for term in terms)
        case Or(terms):
            return any(matches(term, row) for term in terms)
        case Not(term):
            return not matches(term, row)
        case Comparison(field, given):
            if field.name == "config":
                return _config_matches(expression, row)
            condition = _CONDITIONS.get(field.name, {}).get(given)
            if condition is None:
                raise _unsupported(expression)
            return condition(getattr(row, field.name), expression.value)


def _config_matches(comparison: Comparison, row: VersionRow) -> bool:
    found, value = _inside(row.config, comparison.field.key or ""), comparison.value
    if isinstance(value, bool):
        return found is value if comparison.operator is Operator.EQ else isinstance(found, bool) and found is not value
    if isinstance(value, int | float):
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return is_number and comparison.operator in _ORDER and _ORDER[comparison.operator](found, value)
    condition = _TEXT.get(comparison.operator)
    if condition is None:
        raise _unsupported(comparison)
    text = found if isinstance(found, str) else "" if found is None else msgspec.json.encode(found).decode()
    return condition(text, value)


def _inside(config: str, key: str) -> Any:  # any JSON value, none for what is not there
    """Return what stands under ``key``; ``a.b`` also finds key ``b`` in the object under ``a``."""
    value = msgspec.json.decode(config) if config else None
    if isinstance(value, dict) and key in value:
        return value[key]
    for step in key.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _unsupported(comparison: Comparison) -> InvalidRequestError:
    return InvalidRequestError(f"field {comparison.field.name!r} does not take the operator {comparison.operator.value!r}")
