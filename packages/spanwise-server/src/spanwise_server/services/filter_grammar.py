"""The ``filter`` parameter of the Langfuse API: a JSON array of conditions to one expression. Knows no SQL.

A condition is ``{type, column, operator, value, key?}``; all of them must hold. Which columns exist is
``filter_columns``'s business, which operators a field can be compared by is decided here, by its kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.query.expressions import EVERYTHING, And, Comparison, Expression, Field, Not, Operator, Or, Value
from spanwise_server.query.fields import FieldSpec, Kind
from spanwise_server.services.filter_columns import COLUMNS, FilterTarget

_INVALID: Final = "Invalid request data"
_MAX_CONDITIONS: Final = 200  # each becomes SQL; the user interface of Langfuse sends a handful
_LONGEST_SHOWN: Final = 200
_IGNORED_TYPE: Final = "positionInTrace"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2299, 12, 31, tzinfo=UTC)  # what the store can compare with; nothing it holds is later
_MICROSECOND: Final = timedelta(microseconds=1)
_SEARCHABLE: Final = frozenset({"input", "output", "metadata"})

_ORDER: Final = {">": Operator.GT, "<": Operator.LT, ">=": Operator.GE, "<=": Operator.LE}
_EQUALITY: Final = {"=": Operator.EQ, "<>": Operator.NE}
_TEXT: Final = {
    "=": Operator.EQ,
    "contains": Operator.CONTAINS,
    "does not contain": Operator.NOT_CONTAINS,
    "starts with": Operator.STARTS_WITH,
    "ends with": Operator.ENDS_WITH,
    "matches": Operator.MATCHES,
}
_OPTIONS: Final = {"any of": Operator.ANY_OF, "none of": Operator.NONE_OF}
_PRESENCE: Final = frozenset({Operator.IS_SET, Operator.IS_NOT_SET})


@dataclass(frozen=True, slots=True)
class _FilterType:
    """One ``type`` of condition: its operators, what its value may be, and whether it looks inside an object."""

    operators: Mapping[str, Operator]
    read_value: Callable[[Any], Value]  # raises _UnreadableError
    needs_key: bool = False


class _UnreadableError(Exception):
    """The value of a condition is not what its type takes; the message says what that is."""


def _read_string(value: Any) -> str:
    if not isinstance(value, str):
        raise _UnreadableError("must be a string")
    return value


def _read_strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _UnreadableError("must be an array of strings")
    return tuple(value)


def _read_number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _UnreadableError("must be a number")
    try:
        is_finite = math.isfinite(float(value))
    except OverflowError:
        is_finite = False
    if not is_finite:
        raise _UnreadableError("must fit a 64-bit floating point number")
    return value


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _UnreadableError("must be true or false")
    return value


def _read_time(value: Any) -> int:
    try:
        moment = datetime.fromisoformat(_read_string(value))
    except (ValueError, _UnreadableError):
        raise _UnreadableError("must be an ISO 8601 time such as 2026-01-31T12:00:00.000Z") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (min(max(moment, _EPOCH), _LATEST) - _EPOCH) // _MICROSECOND


def _read_nothing(value: Any) -> None:
    if value not in ("", None):
        raise _UnreadableError("must be empty or absent")


_TYPES: Final[Mapping[str, _FilterType]] = MappingProxyType(
    {
        "datetime": _FilterType(_ORDER, _read_time),
        "string": _FilterType({**_TEXT, "is not empty": Operator.IS_SET}, _read_string),
        "stringOptions": _FilterType(_OPTIONS, _read_strings),
        "arrayOptions": _FilterType({**_OPTIONS, "all of": Operator.ALL_OF}, _read_strings),
        "categoryOptions": _FilterType(_OPTIONS, _read_strings, needs_key=True),
        "number": _FilterType({"=": Operator.EQ, **_ORDER}, _read_number),
        "numberObject": _FilterType({"=": Operator.EQ, **_ORDER}, _read_number, needs_key=True),
        "stringObject": _FilterType(
            {**_TEXT, "is set": Operator.IS_SET, "is not set": Operator.IS_NOT_SET}, _read_string, needs_key=True
        ),
        "booleanObject": _FilterType(_EQUALITY, _read_bool, needs_key=True),
        "boolean": _FilterType(_EQUALITY, _read_bool),
        "null": _FilterType({"is null": Operator.IS_NOT_SET, "is not null": Operator.IS_SET}, _read_nothing),
    }
)

_KIND_TYPES: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.STRING: ("string", "stringOptions", "null"),
        Kind.NUMBER: ("number", "null"),
        Kind.DATETIME: ("datetime", "null"),
        Kind.BOOLEAN: ("boolean", "null"),
        Kind.STRING_ARRAY: ("arrayOptions", "stringOptions", "null"),
        Kind.STRING_OBJECT: ("stringObject", "numberObject", "booleanObject", "categoryOptions"),
        Kind.NUMBER_OBJECT: ("numberObject",),
        Kind.CATEGORY_OBJECT: ("categoryOptions", "stringOptions"),
        Kind.BOOLEAN_OBJECT: ("booleanObject",),
    }
)
"""Filter types that a kind of field takes; the first is its own."""


def condition_types(kind: Kind) -> Mapping[str, tuple[str, ...]]:
    """Return the types of condition that a field of ``kind`` takes, its own first, each with its operators."""
    return {name: tuple(_TYPES[name].operators) for name in _KIND_TYPES[kind]}


def parse_filter(text: str | None, target: FilterTarget) -> Expression:
    """Return the expression that a ``filter`` parameter stands for; ``EVERYTHING`` when it is absent or empty.

    Raises:
        InvalidRequestError: Not such an array, or a condition that no row could be asked; ``issues`` say where.
    """
    if not text:
        return EVERYTHING
    try:
        conditions = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _invalid(f"must be a JSON array of conditions: {error}") from error
    return parse_conditions(conditions, COLUMNS[target])


def parse_conditions(conditions: Any, columns: Mapping[str, FieldSpec]) -> Expression:
    """Return the expression that decoded conditions stand for; ``columns`` says what each name means.

    Raises:
        InvalidRequestError: Not such an array, or a condition that no row could be asked; ``issues`` say where.
    """
    if not isinstance(conditions, list):
        raise _invalid("must be a JSON array of conditions")
    if len(conditions) > _MAX_CONDITIONS:
        raise _invalid(f"must have at most {_MAX_CONDITIONS} conditions, got {len(conditions)}")
    terms = [_parse_condition(condition, index, columns) for index, condition in enumerate(conditions)]
    return And(tuple(term for term in terms if term is not None))


def _parse_condition(condition: Any, index: int, columns: Mapping[str, FieldSpec]) -> Expression | None:
    """Return the comparison that one condition stands for, or none for one that the API ignores."""
    if not isinstance(condition, dict):
        raise _invalid("must be an object", index)
    type_name = condition.get("type")
    if type_name == _IGNORED_TYPE:
        return None
    filter_type = _TYPES.get(type_name) if isinstance(type_name, str) else None
    if filter_type is None:
        raise _invalid(f"must be one of {', '.join(_TYPES)}", index, "type")
    operator = _read_operator(condition.get("operator"), filter_type, index)
    spec = _find_column(condition.get("column"), columns, index)
    accepted = _KIND_TYPES[spec.kind]
    if type_name not in accepted:
        raise _invalid(f"must be {' or '.join(accepted)} for column {condition['column']}, not {type_name}", index, "type")
    field = Field(spec.name, _read_key(condition.get("key"), filter_type, index))
    value: Value = None
    if operator not in _PRESENCE or type_name == "null":
        try:
            value = filter_type.read_value(condition.get("value"))
        except _UnreadableError as error:
            raise _invalid(str(error), index, "value") from error
    if operator is Operator.MATCHES:
        if spec.name not in _SEARCHABLE:
            raise _invalid("matches is for input, output and metadata", index, "operator")
        if spec.kind is Kind.STRING_OBJECT:
            operator = Operator.CONTAINS  # a literal search inside one value, and case counts there
    return _build(field, operator, value, spec.kind)


def _build(field: Field, operator: Operator, value: Value, kind: Kind) -> Expression:
    """Return the comparison, spelled out where a kind of field has no operator of its own for it."""
    if not isinstance(value, tuple) or kind in {Kind.STRING, Kind.STRING_ARRAY}:
        return Comparison(field, operator, value)
    if kind is Kind.STRING_OBJECT:
        found: Expression = Or(tuple(Comparison(field, Operator.EQ, item) for item in value))
        return Not(found) if operator is Operator.NONE_OF else found
    if field.key is not None:
        return Comparison(field, operator, value)
    found = Or(tuple(term for item in value for term in _category_terms(field.name, item)))
    return Not(found) if operator is Operator.NONE_OF else found


def _category_terms(name: str, item: str) -> list[Comparison]:
    """Return what ``name:category`` may mean: either part can hold colons itself."""
    parts = item.split(":")
    return [
        Comparison(Field(name, ":".join(parts[:split])), Operator.ANY_OF, (":".join(parts[split:]),))
        for split in range(1, len(parts))
    ]


def _read_operator(operator: Any, filter_type: _FilterType, index: int) -> Operator:
    found = filter_type.operators.get(operator) if isinstance(operator, str) else None
    if found is None:
        raise _invalid(f"must be one of {', '.join(filter_type.operators)}", index, "operator")
    return found


def _find_column(column: Any, columns: Mapping[str, FieldSpec], index: int) -> FieldSpec:
    if not isinstance(column, str):
        raise _invalid("must be a string", index, "column")
    spec = columns.get(column)
    if spec is None:
        raise InvalidRequestError(f"Column {column[:_LONGEST_SHOWN]} does not match a UI / CH table mapping.")
    return spec


def _read_key(key: Any, filter_type: _FilterType, index: int) -> str | None:
    if not filter_type.needs_key:
        return None
    if not isinstance(key, str):
        raise _invalid("must be a string: the name inside the object", index, "key")
    return key


def _invalid(message: str, *path: str | int) -> InvalidRequestError:
    return InvalidRequestError(_INVALID, issues=[Issue(message, ("filter", *path))])
