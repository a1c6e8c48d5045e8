"""Names of the tools that were offered to a model and of those it called, out of inputs and outputs of any shape.

Payloads are parsed only when their text holds a word that every known shape of a tool call or definition has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from spanwise_server.ingest.conventions.messages import parse_nested

_CALL_WORDS: Final = (
    "tool_call",
    "tool_use",
    "function_call",
    "toolCall",
    "functionCall",
    "tool-call",
    "toolUse",
    "toolRequest",
)
_CALL_TYPES: Final = frozenset({"tool_call", "tool_use", "function_call", "tool-call", "server_tool_use", "mcp_call"})
_CALL_LISTS: Final = ("tool_calls", "toolCalls")
_CALL_OBJECTS: Final = ("function_call", "functionCall", "tool_call", "toolUse", "toolRequest")
_MAX_DEPTH: Final = 12
_MAX_NAMES: Final = 1000
_MAX_NAME_LENGTH: Final = 500


def called_tools(output: str) -> list[str]:
    """Return the name of each tool call in an output, in order; empty for outputs without any."""
    if output[:1] not in ("{", "[") or not ("tool" in output or "unction" in output):
        return []
    if not any(word in output for word in _CALL_WORDS):
        return []
    return _take(_calls(parse_nested(output), 0))


def offered_tools(source: str) -> list[str]:
    """Return the names of the tools that an input (a request or its messages) defines under ``tools``."""
    if '"tools"' not in source or source[:1] not in ("{", "["):
        return []
    parsed = parse_nested(source)
    messages = parsed.get("messages") if isinstance(parsed, dict) else parsed
    settings = parsed.get("config") if isinstance(parsed, dict) else None  # Gemini's place for them
    owners = [parsed, settings, *(messages if isinstance(messages, list) else [])]
    return _take(name for owner in owners if isinstance(owner, dict) for name in _definitions(owner.get("tools")))


def names_of(definitions: Any) -> list[str]:  # any JSON value
    """Return the names in a list of tool definitions, or in JSON text of one."""
    return _take(_definitions(parse_nested(definitions)))


def _take(names: Iterator[str]) -> list[str]:
    taken = []
    for name in names:
        taken.append(name[:_MAX_NAME_LENGTH])
        if len(taken) == _MAX_NAMES:
            break
    return taken


def _calls(value: Any, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _calls(item, depth + 1)
    elif isinstance(value, dict):
        if value.get("type") in _CALL_TYPES:
            yield from _name_of(value)
            return
        for key in _CALL_LISTS:
            calls = parse_nested(value.get(key))
            if isinstance(calls, list) and calls:
                for call in calls:
                    yield from _name_of(call)
                # LangChain repeats its calls in additional_kwargs and content; those must not count again.
                return
        for key in _CALL_OBJECTS:
            yield from _name_of(value.get(key))
        for inner in value.values():
            yield from _calls(parse_nested(inner), depth + 1)


def _name_of(call: Any) -> Iterator[str]:
    """Yield the name in a call or definition: its own, or that of the function inside."""
    if not isinstance(call, dict):
        return
    wrapped = call.get("tool_call")
    holders = (call, call.get("function"), wrapped, wrapped.get("function") if isinstance(wrapped, dict) else None)
    for holder in holders:
        if isinstance(holder, dict):
            name = holder.get("name") or holder.get("toolName")
            if isinstance(name, str) and name:
                yield name
                return


def _definitions(definitions: Any) -> Iterator[str]:
    if isinstance(definitions, dict):
        # Either one definition, or definitions by name.
        if "name" in definitions or "function" in definitions:
            yield from _name_of(definitions)
        else:
            yield from (key for key in definitions if isinstance(definitions[key], dict))
    if not isinstance(definitions, list):
        return
    for definition in definitions:
        parsed = parse_nested(definition)
        declared = (
            parsed.get("function_declarations") or parsed.get("functionDeclarations") if isinstance(parsed, dict) else None
        )
        if isinstance(declared, list):
            for function in declared:
                yield from _name_of(function)
        else:
            yield from _name_of(parsed)
