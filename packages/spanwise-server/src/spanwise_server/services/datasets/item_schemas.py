"""Checks JSON values against the JSON Schemas of a dataset, within bounds that no schema can break.

A schema comes from a client, so: nothing is ever fetched for it; its patterns run on an engine of linear time (RE2); one
value is checked in a bounded number of steps; and what nests deeper than the interpreter can follow is an error, not a crash.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import msgspec
import re2  # type: ignore[import-untyped]  # ships no stubs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # ships no stubs
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from spanwise_server.domain.errors import InvalidRequestError

_MAX_STEPS: Final = 100_000
"""Keywords looked at for one value; ordinary schemas take dozens. Recursive ones can be made to take 2^depth."""
_MAX_FAULTS: Final = 5
_MAX_SHOWN: Final = 300
_MAX_SCHEMA_BYTES: Final = 512 * 1024
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_NESTED_TOO_DEEPLY: Final = "is nested too deeply to be checked"

Json: TypeAlias = Any  # any JSON value
Keyword: TypeAlias = Callable[[Validator, Json, Json, Json], Iterator[ValidationError] | None]


class _TooManyStepsError(Exception):
    """A value took more steps than allowed."""


class _Steps:
    """How many keywords were looked at for the present value."""

    def __init__(self) -> None:
        self.taken = 0

    def counted(self, keyword: Keyword) -> Keyword:
        """Return ``keyword`` so that it counts."""

        def check(validator: Validator, value: Json, instance: Json, schema: Json) -> Iterator[ValidationError] | None:
            self.taken += 1
            if self.taken > _MAX_STEPS:
                raise _TooManyStepsError
            return keyword(validator, value, instance, schema)

        return check


class ItemSchema:
    """A JSON Schema, checked and ready. Not for several threads at once."""

    def __init__(self, text: str, *, name: str) -> None:
        """Build it from JSON text; ``name`` is what errors call it.

        Raises:
            InvalidRequestError: it is no JSON Schema, or needs what is not offered; the message says which.
        """
        self._name = name
        self._steps = _Steps()
        schema = _read(text, name)
        try:
            kind = validator_for(schema, default=Draft202012Validator)
            kind.check_schema(schema)
        except RecursionError as error:
            raise InvalidRequestError(f"{name} {_NESTED_TOO_DEEPLY}") from error
        except (SchemaError, ValueError) as error:
            why = error.message[:_MAX_SHOWN] if isinstance(error, SchemaError) else str(error)[:_MAX_SHOWN]
            raise InvalidRequestError(f"{name} is not a valid JSON Schema: {why}") from error
        _check_parts(schema, name)
        keywords = {**kind.VALIDATORS, **_PATTERN_KEYWORDS}
        counted = {word: self._steps.counted(check) for word, check in keywords.items()}
        bounded = extend(kind, counted)  # type: ignore[no-untyped-call]  # as its stubs have it
        # With a registry of its own the library resolves within the schema and the standard drafts, and asks nobody else.
        self._validator = bounded(schema, registry=REGISTRY)

    def faults(self, value: Json) -> list[str]:
        """Return what is wrong with ``value``, at most a few faults; nothing when it fits."""
        self._steps.taken = 0
        found = []
        try:
            for error in self._validator.iter_errors(value):
                found.append(f"{_path(error)}: {error.message[:_MAX_SHOWN]}")
                if len(found) == _MAX_FAULTS:
                    break
        except RecursionError:
            return [f"the value, or {self._name}, {_NESTED_TOO_DEEPLY}"]
        except _TooManyStepsError:
            return [f"{self._name} takes more than {_MAX_STEPS} steps to check this value; make it simpler"]
        except Unresolvable as error:
            return [f"{self._name} refers to {error.ref!r}, which is not in it"]
        return found


def check_value(schema: ItemSchema | None, text: str | None) -> list[str]:
    """Return what is wrong with the JSON text ``text`` (``None`` is null) by ``schema``; nothing without a schema."""
    if schema is None:
        return []
    return schema.faults(None if text is None else msgspec.json.decode(text))


def _read(text: str, name: str) -> Json:
    if len(text) > _MAX_SCHEMA_BYTES:
        raise InvalidRequestError(f"{name} is longer than {_MAX_SCHEMA_BYTES // 1024} KiB")
    schema = msgspec.json.decode(text)
    if not isinstance(schema, dict):
        raise InvalidRequestError(f"{name} is not a valid JSON Schema: it must be an object")
    for word in ("$schema", "$id"):
        if not isinstance(schema.get(word, ""), str):
            raise InvalidRequestError(f"{name} is not a valid JSON Schema: {word} must be a string")
    return schema


def _path(error: ValidationError) -> str:
    return "".join(f"/{step}" for step in error.absolute_path)[:_MAX_SHOWN] or "/"


def _check_parts(schema: dict[str, Json], name: str) -> None:
    """Refuse references that lead out of the schema, and patterns that RE2 does not run."""
    base = schema.get("$id", "")
    registry: Registry[Any] = REGISTRY.with_resource(base, DRAFT202012.create_resource(schema)).crawl()
    has_unevaluated = False
    has_patterns = False
    for part in _parts(schema):
        for word in _REFERENCES:
            _check_reference(part.get(word), registry.resolver(base).lookup, name)
        patterns = part.get("patternProperties")
        has_patterns = has_patterns or isinstance(patterns, dict)
        has_unevaluated = has_unevaluated or "unevaluatedProperties" in part
        for pattern in [part.get("pattern"), *(patterns if isinstance(patterns, dict) else ())]:
            if isinstance(pattern, str):
                _compiled_or_refused(pattern, name)
    if has_patterns and has_unevaluated:
        raise InvalidRequestError(f"{name} uses patternProperties together with unevaluatedProperties, which is not supported")


def _check_reference(reference: Json, look_up: Callable[[str], object], name: str) -> None:
    if not isinstance(reference, str) or reference.startswith("#"):
        return  # what does not resolve within the schema is a fault of each value checked
    try:
        look_up(reference)
    except (Unresolvable, ValueError) as error:
        raise InvalidRequestError(
            f"{name} refers to {reference[:_MAX_SHOWN]!r}, which is not part of it",
            hint="Nothing is fetched. Put the schema under $defs and refer to it with #/$defs/….",
        ) from error


def _parts(schema: Json) -> Iterator[Mapping[str, Json]]:
    """Yield every object in ``schema``, with a stack of its own."""
    pending: list[Json] = [schema]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            yield value
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


@functools.lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, options=_options())


def _compiled_or_refused(pattern: str, name: str) -> None:
    try:
        _compiled(pattern)
    except re2.error as error:
        raise InvalidRequestError(
            f"{name} has the pattern {pattern[:_MAX_SHOWN]!r}, which is not supported",
            hint="Patterns are RE2's: no look-ahead, no look-behind, no back references.",
        ) from error


def _found(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


def _pattern(validator: Validator, pattern: Json, instance: Json, _schema: Json) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _found(pattern, instance):
        yield ValidationError(f"{instance[:80]!r} does not match {pattern!r}")


def _pattern_properties(validator: Validator, patterns: Json, instance: Json, _schema: Json) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    for pattern, subschema in patterns.items():
        for key, value in instance.items():
            if _found(pattern, key):
                yield from validator.descend(value, subschema, path=key, schema_path=pattern)  # type: ignore[attr-defined]  # not in the protocol, but what every keyword uses


def _additional_properties(validator: Validator, allowed: Json, instance: Json, schema: Json) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extra = [key for key in instance if key not in known and not any(_found(pattern, key) for pattern in patterns)]
    if validator.is_type(allowed, "object"):
        for key in extra:
            yield from validator.descend(instance[key], allowed, path=key)  # type: ignore[attr-defined]  # as above
    elif not allowed and extra:
        names = ", ".join(repr(key[:40]) for key in extra[:5])
        yield ValidationError(f"Additional properties are not allowed ({names})")


_PATTERN_KEYWORDS: Final[Mapping[str, Keyword]] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
}
"""The keywords that the library would answer with Python's backtracking regular expressions."""
