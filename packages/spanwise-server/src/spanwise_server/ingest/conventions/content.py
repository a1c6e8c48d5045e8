"""Input and output of an observation, and the tools in them: which source is used, and how it becomes payload text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.payloads import encode_value
from spanwise_server.ingest.conventions.dispatch import ROWS_PER_TABLE, Candidate, Dispatch, EventTarget
from spanwise_server.ingest.conventions.messages import parse_nested, rebuild, unescape, with_system_instructions, with_tools
from spanwise_server.ingest.conventions.table import Field
from spanwise_server.ingest.conventions.tools import called_tools, names_of, offered_tools
from spanwise_server.ingest.spans import Span
from spanwise_server.ingest.truncation import cut

_INPUT: Final = int(Field.INPUT)
_OUTPUT: Final = int(Field.OUTPUT)
_SYSTEM: Final = int(Field.SYSTEM_INSTRUCTIONS)
_TOOLS: Final = int(Field.TOOLS)

_FromEvent = tuple[EventTarget, int, Any]
"""What an event says: its meaning, its position in the span, its value."""


class _Content(msgspec.Struct, gc=False):
    """A value and where it came from."""

    value: Any
    rank: int
    keys: list[str] = []
    """Attributes that are in the value."""
    events: list[int] = []
    """Positions of events that are in the value."""


def set_content(
    observation: Observation,
    span: Span,
    found: dict[int, list[Candidate]],
    dispatch: Dispatch,
    *,
    truncated: set[str],
    limit: int,
) -> tuple[set[str], set[int]]:
    """Set input, output, ``tool_names`` and ``called_tool_names``.

    Args:
        observation: Gets the fields.
        span: Where the events are.
        found: What attributes say.
        dispatch: What events say.
        truncated: Gets the names of fields that had to be cut.
        limit: Longest payload in bytes.

    Returns:
        The attributes and the positions of the events that became part of input or output.
    """
    said_by_events = _read_events(span, dispatch) if span.events and dispatch.events else {}
    consumed: set[str] = set()
    used: set[int] = set()
    content = _choose(found.get(_INPUT, ()), said_by_events.get(_INPUT, ()))
    if _SYSTEM in found or _SYSTEM in said_by_events:
        content = _add_system_instructions(content, found.get(_SYSTEM, ()), said_by_events.get(_SYSTEM, ()))
    if _TOOLS in found or _TOOLS in said_by_events:
        content = _add_tools(observation, content, _choose(found.get(_TOOLS, ()), said_by_events.get(_TOOLS, ())))
    if content is not None:
        observation.input = _to_text(content.value, "input", truncated, limit)
        consumed.update(content.keys)
        used.update(content.events)
        if not observation.tool_names:
            observation.tool_names = offered_tools(observation.input)
    content = _choose(found.get(_OUTPUT, ()), said_by_events.get(_OUTPUT, ()))
    if content is not None:
        observation.output = _to_text(content.value, "output", truncated, limit)
        consumed.update(content.keys)
        used.update(content.events)
        observation.called_tool_names = called_tools(observation.output)
    return consumed, used


def _to_text(value: Any, name: str, truncated: set[str], limit: int) -> str:
    """Return payload text: attribute text stands as it is, because JSON that clients encoded is JSON to readers."""
    if value.__class__ is str:
        return unescape(value)  # its length was bounded when the attribute was read
    text, is_cut = cut(encode_value(value), limit)
    if is_cut:
        truncated.add(name)
    return text


def _choose(candidates: Sequence[Candidate], from_events: Sequence[_FromEvent]) -> _Content | None:
    """Return the first value in order; values under one prefix, and events of one table, count together."""
    if not from_events and len(candidates) == 1:
        target, value = candidates[0]
        if target.key == "" and target.to.read is None and value is not None and value != "":
            return _Content(value, target.rank, [*target.uses] or [target.attribute])
    groups: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate[0].rank, []).append(candidate)
    event_groups: dict[int, list[_FromEvent]] = {}
    for item in from_events:
        event_groups.setdefault(item[0].rank, []).append(item)
    for rank in sorted({*groups, *event_groups}):
        value = _value_of_attributes(groups[rank]) if rank in groups else _value_of_events(event_groups[rank])
        if value is not None and value != "":
            keys = [key for target, _ in groups.get(rank, ()) for key in target.uses or (target.attribute,)]
            return _Content(value, rank, keys, [position for _, position, _ in event_groups.get(rank, ())])
    return None


def _value_of_attributes(group: list[Candidate]) -> Any:
    target, value = group[0]
    if target.key:
        value = rebuild((target.key, value) for target, value in group)
    return value if target.to.read is None else target.to.read(value)


def _value_of_events(group: list[_FromEvent]) -> Any:
    values = [value for _, _, value in group]
    if len(values) == 1 and not group[0][0].to.is_list:
        return values[0]
    lists = [parse_nested(value) for value in values]
    # Some producers send the list of messages in several events of one kind.
    return [message for part in lists for message in part] if all(isinstance(part, list) for part in lists) else values


def _read_events(span: Span, dispatch: Dispatch) -> dict[int, list[_FromEvent]]:
    said: dict[int, list[_FromEvent]] = {}
    for position, event in enumerate(span.events):
        for target in dispatch.events.get(event.name, ()):
            value = target.to.read(event.name, event.attributes)
            if value is not None and value != "":
                said.setdefault(target.field, []).append((target, position, value))
    return said


def _add_system_instructions(
    content: _Content | None, candidates: Sequence[Candidate], from_events: Sequence[_FromEvent]
) -> _Content | None:
    """Put instructions before the messages, if they come from the same table; without messages they are the input."""
    if content is not None:
        candidates = [candidate for candidate in candidates if _is_same_table(content.rank, candidate[0].rank)]
        from_events = [event for event in from_events if _is_same_table(content.rank, event[0].rank)]
    instructions = _choose(candidates, from_events)
    if instructions is None:
        return content
    value = with_system_instructions(content.value if content else [], instructions.value)
    if content is None:
        return _Content(value, instructions.rank, instructions.keys, instructions.events)
    return _Content(value, content.rank, content.keys + instructions.keys, content.events + instructions.events)


def _add_tools(observation: Observation, content: _Content | None, tools: _Content | None) -> _Content | None:
    """Name the tools that attributes define, and put them beside the messages."""
    definitions = parse_nested(tools.value) if tools is not None else None
    if tools is None or not isinstance(definitions, list):
        return content
    observation.tool_names = names_of(definitions)
    if content is None or not observation.tool_names:
        return content
    value = with_tools(content.value, definitions)
    if value is content.value:
        return content
    return _Content(value, content.rank, content.keys + tools.keys, content.events + tools.events)


def _is_same_table(one: int, other: int) -> bool:
    return one // ROWS_PER_TABLE == other // ROWS_PER_TABLE
