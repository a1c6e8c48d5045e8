"""Prints filter expressions as ClickHouse SQL with bound values.

Each entity has a table from field name to SQL. Values never become SQL: every one is a named, typed parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.payloads import encode_value
from spanwise_server.query.expressions import And, Comparison, Expression, Not, Operator, Or
from spanwise_server.query.fields import FieldSpec, Kind

_COMPARISONS = {
    Operator.EQ: "=", Operator.NE: "!=", Operator.LT: "<", Operator.LE: "<=", Operator.GT: ">", Operator.GE: ">=",
}  # fmt: skip
_TEXT = {
    Operator.CONTAINS: "position({field}, {value}) > 0",
    Operator.NOT_CONTAINS: "position({field}, {value}) = 0",
    Operator.STARTS_WITH: "startsWith({field}, {value})",
    Operator.ENDS_WITH: "endsWith({field}, {value})",
    Operator.CONTAINS_ANY_CASE: "positionCaseInsensitiveUTF8({field}, {value}) > 0",
    Operator.MATCHES: "hasAllTokens(lower({field}), lower({value}))",
}
_TRUE_OF_NOTHING = frozenset({Operator.NE, Operator.NONE_OF, Operator.NOT_CONTAINS, Operator.IS_NOT_SET})
"""Operators that hold for a row whose related entity does not exist."""
_SCALAR_TYPES = {Kind.NUMBER: "Float64", Kind.DATETIME: "Int64", Kind.BOOLEAN: "Bool"}


class Parameters:
    """The bound values of one statement."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(values or {})

    def bind(self, value: Any, kind: str) -> str:  # any value the driver can bind as ``kind``
        """Add a value and return its placeholder."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"


class Compiler:
    """Prints expressions over one entity.

    ``columns`` maps a field's name to SQL over the row. ``scored`` maps a score field to the keys that scores are looked
    up by. ``related`` maps a field that belongs to another entity to ``(key, query)``: the rows whose key the query finds
    when ``{condition}`` in it is the comparison.
    """

    def __init__(
        self,
        fields: Mapping[str, FieldSpec],
        columns: Mapping[str, str],
        *,
        scored: Mapping[str, tuple[str, str]] | None = None,
        related: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self._fields = fields
        self._columns = columns
        self._scored = scored or {}
        self._related = related or {}

    def compile(self, expression: Expression, parameters: Parameters) -> str:
        """Return a boolean SQL expression.

        Raises:
            InvalidRequestError: the field cannot be filtered by, or not with this operator.
        """
        match expression:
            case And(terms):
                return self._join(terms, " AND ", "1", parameters)
            case Or(terms):
                return self._join(terms, " OR ", "0", parameters)
            case Not(term):
                return f"NOT ({self.compile(term, parameters)})"
            case Comparison():
                return self._comparison(expression, parameters)

    def _join(self, terms: tuple[Expression, ...], word: str, empty: str, parameters: Parameters) -> str:
        return word.join(f"({self.compile(term, parameters)})" for term in terms) or empty

    def _comparison(self, comparison: Comparison, parameters: Parameters) -> str:
        spec = self._fields.get(comparison.field.name)
        if spec is None:
            raise InvalidRequestError(f"there is no field {comparison.field.name!r} to filter by")
        if comparison.field.name in self._scored:
            return self._score(comparison, parameters)
        column = self._columns.get(spec.name, spec.name)
        handlers: dict[Kind, Callable[[str, Comparison, Parameters], str]] = {
            Kind.STRING: _string,
            Kind.STRING_ARRAY: _array,
            Kind.STRING_OBJECT: _object,
        }
        condition = handlers.get(spec.kind, _scalar(spec.kind))(column, comparison, parameters)
        if spec.name not in self._related:
            return condition
        key, query = self._related[spec.name]
        if comparison.operator in _TRUE_OF_NOTHING:
            return f"{key} NOT IN ({query.replace('{condition}', f'NOT ({condition})')})"
        return f"{key} IN ({query.replace('{condition}', condition)})"

    def _score(self, comparison: Comparison, parameters: Parameters) -> str:
        keys, subject = self._scored[comparison.field.name]
        name = parameters.bind(comparison.field.key or "", "String")
        where, having = "1", "1"
        negated = comparison.operator in {Operator.NONE_OF, Operator.NE}
        match comparison.operator:
            case Operator.ANY_OF | Operator.NONE_OF:
                where = f"string_value IN {parameters.bind(list(_strings(comparison)), 'Array(String)')}"
            case Operator.EQ | Operator.NE if isinstance(comparison.value, bool):
                where = f"data_type = 'BOOLEAN' AND value = {parameters.bind(float(comparison.value), 'Float64')}"
            case operator if operator in _COMPARISONS and not negated:
                where = "data_type IN ('NUMERIC', 'BOOLEAN')"
                having = f"avg(value) {_COMPARISONS[operator]} {parameters.bind(_number(comparison), 'Float64')}"
            case operator:
                raise _unsupported(comparison, operator)
        found = f"SELECT {subject} FROM scores FINAL WHERE project_id = {{project_id:String}} AND name = {name} AND {where} GROUP BY {subject} HAVING {having}"
        return f"{keys} {'NOT IN' if negated else 'IN'} ({found})"


def _scalar(kind: Kind) -> Callable[[str, Comparison, Parameters], str]:
    def compile_scalar(column: str, comparison: Comparison, parameters: Parameters) -> str:
        match comparison.operator:
            case Operator.IS_SET:
                return f"isNotNull({column})"
            case Operator.IS_NOT_SET:
                return f"isNull({column})"
            case operator if operator in _COMPARISONS:
                placeholder = parameters.bind(comparison.value, _SCALAR_TYPES[kind])
                if kind is Kind.DATETIME:
                    placeholder = f"fromUnixTimestamp64Micro({placeholder}, 'UTC')"
                return f"ifNull({column} {_COMPARISONS[operator]} {placeholder}, 0)"
            case operator:
                raise _unsupported(comparison, operator)

    return compile_scalar


def _string(column: str, comparison: Comparison, parameters: Parameters) -> str:
    match comparison.operator:
        case Operator.IS_SET:
            return f"{column} != ''"
        case Operator.IS_NOT_SET:
            return f"{column} = ''"
        case Operator.ANY_OF:
            return f"has({parameters.bind(list(_strings(comparison)), 'Array(String)')}, {column})"
        case Operator.NONE_OF:
            return f"NOT has({parameters.bind(list(_strings(comparison)), 'Array(String)')}, {column})"
        case operator if operator in _COMPARISONS:
            return f"{column} {_COMPARISONS[operator]} {parameters.bind(str(comparison.value), 'String')}"
        case operator if operator in _TEXT:
            return _TEXT[operator].format(field=column, value=parameters.bind(str(comparison.value), "String"))
        case operator:
            raise _unsupported(comparison, operator)


def _array(column: str, comparison: Comparison, parameters: Parameters) -> str:
    match comparison.operator:
        case Operator.IS_SET:
            return f"notEmpty({column})"
        case Operator.IS_NOT_SET:
            return f"empty({column})"
        case Operator.EQ | Operator.CONTAINS:
            return f"has({column}, {parameters.bind(str(comparison.value), 'String')})"
        case Operator.ANY_OF:
            return f"hasAny({column}, {parameters.bind(list(_strings(comparison)), 'Array(String)')})"
        case Operator.NONE_OF:
            return f"NOT hasAny({column}, {parameters.bind(list(_strings(comparison)), 'Array(String)')})"
        case Operator.ALL_OF:
            return f"hasAll({column}, {parameters.bind(list(_strings(comparison)), 'Array(String)')})"
        case operator:
            raise _unsupported(comparison, operator)


def object_text(column: str, key: str, parameters: Parameters) -> str:
    """Return SQL for the payload text of a key inside an object; ``a.b`` also finds key ``b`` in the object under key ``a``."""
    text = f"{column}[{parameters.bind(key, 'String')}]"
    head, dot, path = key.partition(".")
    if not dot:
        return text
    steps = ", ".join(parameters.bind(step, "String") for step in path.split("."))
    nested = f"JSONExtractRaw({column}[{parameters.bind(head, 'String')}], {steps})"
    return f"if({text} != '', {text}, {nested})"


def _object(column: str, comparison: Comparison, parameters: Parameters) -> str:
    text = object_text(column, comparison.field.key or "", parameters)
    value = comparison.value
    if comparison.operator in {Operator.EQ, Operator.NE} and isinstance(value, str):
        # A string stands plain, or quoted where it could be taken for JSON; a number or boolean stands as its JSON text.
        forms = parameters.bind(sorted({value, encode_value(value), f'"{value}"'}), "Array(String)")
        return f"{'NOT ' if comparison.operator is Operator.NE else ''}has({forms}, {text})"
    if isinstance(value, bool):
        return f"{text} {'=' if comparison.operator is Operator.EQ else '!='} {parameters.bind(str(value).lower(), 'String')}"
    if comparison.operator in _COMPARISONS and isinstance(value, int | float):
        number = f"toFloat64OrNull({text})"
        return f"ifNull({number} {_COMPARISONS[comparison.operator]} {parameters.bind(float(value), 'Float64')}, 0)"
    return _string(text, comparison, parameters)


def _strings(comparison: Comparison) -> tuple[str, ...]:
    if isinstance(comparison.value, tuple):
        return comparison.value
    return (str(comparison.value),)


def _number(comparison: Comparison) -> float:
    if isinstance(comparison.value, int | float):
        return float(comparison.value)
    raise InvalidRequestError(f"field {comparison.field.name!r} compares with a number, not {comparison.value!r}")


def _unsupported(comparison: Comparison, operator: Operator) -> InvalidRequestError:
    return InvalidRequestError(f"field {comparison.field.name!r} does not take the operator {operator.value!r}")
