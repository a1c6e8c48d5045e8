"""Shapes of inputs and outputs: nested values out of flat keys, lists of messages, tools beside them. No vendor's names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

_MAX_SEGMENTS: Final = 32
"""Deepest nesting that keys can ask for; the rest of a longer key stays one name."""
_MAX_DEPTH: Final = 100
"""Nesting that is surely within what encoding and walking recurse."""

JsonValue = Any
"""A JSON value of any type."""


def unescape(text: str) -> str:
    r"""Write ``\uXXXX`` in JSON text as the character it stands for, so that a search for it and a reader's eye find it.

    Python's ``json`` escapes everything beyond ASCII by default. A JSON array, object or string with such escapes is encoded
    anew: the value stays the same, white space goes. Text that is no JSON, or nested too deeply to rework, stays as it is.
    """
    if "\\u" not in text:
        return text
    if text[:1] == '"':
        try:
            return msgspec.json.encode(msgspec.json.decode(text)).decode()
        except msgspec.DecodeError:
            return text
    value = parse_nested(text)
    return text if value is text else msgspec.json.encode(value).decode()


def parse_nested(value: JsonValue) -> JsonValue:
    """Return the JSON array or object that a text holds; any other value as it is, also text nested too deeply to rework."""
    if value.__class__ is str and value[:1] in ("{", "["):
        try:
            parsed = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return value
        return value if value.count("[") + value.count("{") > _MAX_DEPTH and _is_too_deep(parsed) else parsed
    return value


def rebuild(entries: Iterable[tuple[str, JsonValue]]) -> JsonValue:
    """Rebuild a nested value from dotted paths and leaves: ``("0.role", "user")`` becomes ``[{"role": "user"}]``.

    An object whose keys are all numbers is a list in their order; missing numbers leave no gap, so that a single large
    index costs nothing.
    """
    root: dict[str, JsonValue] = {}
    for path, leaf in entries:
        node = root
        *outer, last = path.split(".", _MAX_SEGMENTS)
        for segment in outer:
            inner = node.get(segment)
            if not isinstance(inner, dict):
                inner = node[segment] = {} if inner is None else {"": inner}
            node = inner
        if isinstance(node.get(last), dict):
            node[last][""] = leaf
        else:
            node[last] = leaf
    return _lists(root)


def with_system_instructions(messages: JsonValue, instructions: JsonValue) -> JsonValue:
    """Put system instructions before the messages, as a message of its own."""
    parsed, content = parse_nested(messages), parse_nested(instructions)
    system = {"role": "system", "parts" if isinstance(content, list) else "content": content}
    return [system, *(parsed if isinstance(parsed, list) else [{"role": "user", "content": parsed}])]


def with_tools(messages: JsonValue, tools: list[JsonValue]) -> JsonValue:
    """Return ``{messages, tools}``, unless the value has tools of its own."""
    parsed = parse_nested(messages)
    if isinstance(parsed, dict):
        if "tools" in parsed:
            return messages
        if "messages" in parsed:
            return {**parsed, "tools": tools}
    return {"messages": parsed, "tools": tools}


def _is_too_deep(value: JsonValue) -> bool:
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _lists(value: JsonValue) -> JsonValue:
    if not isinstance(value, dict):
        return value
    if value and all(key.isascii() and key.isdigit() and len(key) <= 9 for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}
