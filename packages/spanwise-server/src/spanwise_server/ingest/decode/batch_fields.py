"""Reading the fields of one JSON body into stored form, by a table of rules. Knows no event type and no entity.

A reader takes a value that is not null, checks it and puts it into a ``FieldSink``; what is wrong it raises as
``ValueError`` with a reason that can be shown to the client. Null is decided by the rule alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from spanwise_server.domain.errors import Issue
from spanwise_server.domain.observations import Level
from spanwise_server.ingest.decode.timestamps import parse_time
from spanwise_server.ingest.decoded import IngestLimits
from spanwise_server.ingest.environment import normalise_environment
from spanwise_server.ingest.truncation import cut, encode_cut

LONGEST_ID: Final = 800
_LONGEST_UTF8: Final = 4
_LONGEST_SHOWN: Final = 60
_MAX_INT32: Final = 2**31 - 1
_LEVELS: Final = frozenset(Level)
_TYPE_NAMES: Final = {
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


@dataclass(slots=True)
class FieldSink:
    """What was read of one body so far."""

    limits: IngestLimits
    fields: dict[str, Any] = field(default_factory=dict)
    truncated: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def keep_text(self, name: str, text: str) -> None:
        """Set a text field, cut to the limit."""
        if len(text) * _LONGEST_UTF8 > self.limits.max_attribute_bytes:
            text, is_cut = cut(text, self.limits.max_attribute_bytes)
            if is_cut:
                self.truncated.append(name)
        self.fields[name] = text

    def reject(self, message: str, *path: str | int) -> None:
        """Note a fault; the body as a whole is refused."""
        self.issues.append(Issue(message, path))


Reader = Callable[[FieldSink, str, Any], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one wire field is read: where it goes, by what reader, and whether null is an instruction to clear it."""

    name: str
    read: Reader
    keeps_null: bool = False


Table = Mapping[str, Rule]


def read_fields(body: Mapping[str, Any], table: Table, sink: FieldSink) -> None:
    """Read every field of ``body`` that ``table`` knows; other fields are none of ours and are passed over."""
    for key, value in body.items():
        rule = table.get(key)
        if rule is None:
            continue
        if value is None:
            if rule.keeps_null:
                sink.fields[rule.name] = None
            continue
        try:
            rule.read(sink, rule.name, value)
        except ValueError as error:
            sink.issues.append(Issue(str(error), ("body", key)))


def describe(value: Any) -> str:  # any JSON value
    """Name a value in an error message, never longer than a line."""
    if value.__class__ is str:
        return repr(value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…")
    return _TYPE_NAMES.get(value.__class__, "something else")


def describe_issues(issues: Sequence[Issue]) -> str:
    """Return faults as one line: ``path: reason; path: reason``."""
    return "; ".join(": ".join(filter(None, (".".join(map(str, issue.path)), issue.message))) for issue in issues)


def check_id(value: Any) -> str:  # any JSON value
    """Return an identifier: text of at most 800 characters that fits a URL and a log line; may be empty."""
    if value.__class__ is not str:
        raise ValueError(f"must be a string, got {describe(value)}")
    if len(value) > LONGEST_ID:
        raise ValueError(f"must have at most {LONGEST_ID} characters, got {len(value)}")
    if "\r" in value or "\0" in value:
        raise ValueError("must not contain carriage return or NUL")
    return str(value)


def read_id(sink: FieldSink, name: str, value: Any) -> None:
    """Read a reference to another entity; the empty string means none."""
    if check_id(value):
        sink.fields[name] = value


def read_text(sink: FieldSink, name: str, value: Any) -> None:
    """Read a string."""
    if value.__class__ is not str:
        raise ValueError(f"must be a string, got {describe(value)}")
    sink.keep_text(name, value)


def read_time(sink: FieldSink, name: str, value: Any) -> None:
    """Read an ISO 8601 time as microseconds."""
    sink.fields[name] = parse_time(value)


def read_bool(sink: FieldSink, name: str, value: Any) -> None:
    """Read a boolean."""
    if value.__class__ is not bool:
        raise ValueError(f"must be true or false, got {describe(value)}")
    sink.fields[name] = value


def read_level(sink: FieldSink, name: str, value: Any) -> None:
    """Read a level."""
    if value.__class__ is not str or value not in _LEVELS:
        raise ValueError(f"must be one of {', '.join(Level)}, got {describe(value)}")
    sink.fields[name] = value


def read_environment(sink: FieldSink, name: str, value: Any) -> None:
    """Read an environment; every text names a valid one."""
    if value.__class__ is not str:
        raise ValueError(f"must be a string, got {describe(value)}")
    sink.fields[name] = normalise_environment(value)


def read_version_number(sink: FieldSink, name: str, value: Any) -> None:
    """Read a whole number from 1; some clients send it as a float."""
    number = int(value) if value.__class__ is float and value.is_integer() else value
    if number.__class__ is not int or not 1 <= number <= _MAX_INT32:
        raise ValueError(f"must be a whole number from 1 to {_MAX_INT32}")
    sink.fields[name] = number


def read_tags(sink: FieldSink, name: str, value: Any) -> None:
    """Read a list of strings without its duplicates; an empty list adds nothing."""
    if value.__class__ is not list or any(tag.__class__ is not str for tag in value):
        raise ValueError("must be an array of strings")
    if not value:
        return
    tags = list(dict.fromkeys(value))
    if len(tags) > sink.limits.max_attributes:
        del tags[sink.limits.max_attributes :]
        sink.truncated.append(name)
    sink.fields[name] = [cut(tag, sink.limits.max_attribute_bytes)[0] for tag in tags]


def read_payload(sink: FieldSink, name: str, value: Any) -> None:
    """Read any JSON value as payload text; the empty string is no value."""
    if value == "":
        return
    text, is_cut = encode_cut(value, sink.limits.max_attribute_bytes)
    if is_cut:
        sink.truncated.append(name)
    sink.fields[name] = text


def read_metadata(sink: FieldSink, name: str, value: Any) -> None:
    """Read metadata as payload text by top-level key; what is not an object stands under ``metadata``."""
    if value.__class__ is not dict:
        value = {"metadata": value}
    if not value:
        return
    limit = sink.limits.max_attribute_bytes
    entries: dict[str, str] = {}
    is_any_cut = False
    for key, item in value.items():
        if len(entries) >= sink.limits.max_attributes:
            is_any_cut = True
            break
        text, is_cut = encode_cut(item, limit)
        short_key, is_key_cut = cut(key, limit)
        entries[short_key] = text
        is_any_cut = is_any_cut or is_cut or is_key_cut
    if is_any_cut:
        sink.truncated.append(name)
    sink.fields[name] = entries


def read_json_object(sink: FieldSink, name: str, value: Any) -> None:
    """Read an object as JSON text; an empty one adds nothing."""
    if value.__class__ is not dict:
        raise ValueError(f"must be an object, got {describe(value)}")
    if value:
        sink.keep_text(name, msgspec.json.encode(value).decode())
