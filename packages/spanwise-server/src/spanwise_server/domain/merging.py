"""Folds partial updates into rows, in any order and any number of times, always to the same row.

A row that partials feed carries a clock: for each field the logical time of the event that last (or, for fields that
never change, first) set it. Two rows of one entity are joined field by field along their clocks. The join is
commutative, associative and idempotent, so neither the order of arrival, nor a repeated batch, nor two servers that
write at once can change the outcome. A row without a clock is whole (an OTLP span) and older than any partial.

Rules per field: the later event wins; ``FIRST`` fields keep the earliest event's value; tags are united; metadata is
joined leaf by leaf; an empty input, output, usage or cost says nothing.
"""

from __future__ import annotations

import copy
from typing import Any, Final, TypeVar

import msgspec

from spanwise_server.domain.models import CostSource
from spanwise_server.domain.observations import Micros, Observation, ObservationType
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.payloads import decode_value, encode_value
from spanwise_server.domain.scores import Score

Row = TypeVar("Row", Observation, Score)

FIRST: Final = frozenset({"trace_id", "start_time", "timestamp", "environment"})
"""Fields that never change once an event has set them."""
UNITED: Final = frozenset({"tags", "truncated"})
_SILENT_WHEN_EMPTY: Final = frozenset({"input", "output", "usage", "cost", "tool_names", "called_tool_names", "metadata"})
_EVENT: Final = "event"
"""Clock entry for the earliest event of the row, which dates it when no event says when it began."""
_SENT_END: Final = "sent end"
"""Clock entry that keeps, in microseconds, an end before the start: the start may turn out to be earlier."""
_PATH: Final = "\x1f"
"""Separates the keys of a metadata leaf's path in the clock; a control character that no sensible key contains."""
_METADATA: Final = "metadata" + _PATH
"""How the clock's entries for metadata leaves begin."""
_CREATED: Final = 1 << 61
"""Raises the type that a create event states above any that an update implies."""
_BEYOND: Final = 1 << 62
"""Later than any event; its negative is earlier than any."""
_MAX_LEAF_DEPTH: Final = 6
"""Deeper metadata is joined as one value; clocks per leaf would outgrow the data."""


def sort_key(row: Row) -> tuple[Any, ...]:  # compared for equality only
    """Return what the row is filed under in the store: a row that moves must be vacated at its old place."""
    if isinstance(row, Observation):
        return (row.project_id, row.start_time // 60_000_000, row.start_time < 0, row.trace_id, row.id)
    return (row.project_id, row.timestamp // 86_400_000_000, row.id)


def observation_of(partial: Partial) -> Observation:
    """Return the row that one trace or observation event makes on its own."""
    is_trace = partial.entity is Entity.TRACE
    row = Observation(
        project_id=partial.project_id,
        trace_id=partial.id if is_trace else "",
        id="" if is_trace else partial.id,
        start_time=partial.time,
        source="ingestion",
        sdk_name=partial.sdk_name,
        sdk_version=partial.sdk_version,
        public_key=partial.public_key,
    )
    _apply(row, partial)
    if is_trace:
        row.type = ObservationType.TRACE.value
        row.clock.pop("type", None)
    return settled(row)


def score_of(partial: Partial) -> Score:
    """Return the row that one score event makes on its own."""
    row = Score(project_id=partial.project_id, id=partial.id, name="", timestamp=partial.time, public_key=partial.public_key)
    _apply(row, partial)
    return settled(row)


def _apply(row: Observation | Score, partial: Partial) -> None:
    tick = partial.time * 2 + partial.is_update
    clock = {_EVENT: tick}
    for name, value in partial.fields.items():
        if name in _SILENT_WHEN_EMPTY and not value:
            continue
        if value is None and (name in FIRST or name in UNITED):
            continue
        if name == "metadata":
            clock.update(dict.fromkeys((_METADATA + path for path in _leaves(_decoded(value))), tick))
        elif name not in UNITED:
            clock[name] = tick + _CREATED if name == "type" and not partial.is_update else tick
        stored = sorted(set(value)) if name in UNITED else value
        setattr(row, name, _default(row, name) if stored is None else stored)
    row.clock = clock


def _default(row: Observation | Score, name: str) -> Any:  # a field's default has the field's type
    for field in msgspec.structs.fields(type(row)):
        if field.name == name:
            return field.default if field.default is not msgspec.NODEFAULT else _empty(field)
    raise ValueError(f"{type(row).__name__} has no field {name!r}")


def _empty(field: msgspec.structs.FieldInfo) -> Any:  # likewise
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else ""


def joined(one: Row, other: Row) -> Row:
    """Return the row that says everything that ``one`` and ``other``, rows of the same entity, say."""
    one, other = _as_sent(one), _as_sent(other)
    if not one.clock and other.clock:
        one, other = other, one
    if not other.clock:
        return _on_whole(one, other) if one.clock else max(one, other, key=lambda row: row.row_version)
    row = copy.copy(one)
    row.clock = dict(one.clock)
    for name, tick in other.clock.items():
        if name.startswith(_METADATA):
            continue
        if _prevails(name, tick, row.clock.get(name), row, other):
            row.clock[name] = tick
            if name != _EVENT:
                setattr(row, name, getattr(other, name))
    _unite(row, other)
    _join_metadata(row, other)
    row.created_at = min(one.created_at or other.created_at, other.created_at or one.created_at)
    row.row_version = max(one.row_version, other.row_version)
    return settled(row)


def _prevails(name: str, tick: int, known: int | None, row: Row, other: Row) -> bool:
    """Say whether the value that ``other`` has since ``tick`` stands above the one that ``row`` has since ``known``."""
    if known is None:
        return True
    is_first = name in FIRST or name == _EVENT
    if tick != known:
        return (tick < known) is is_first
    # Only a tie is worth looking at the values, which may be long.
    mine, theirs = getattr(row, name, None), getattr(other, name, None)
    if mine is theirs:
        return False
    mine, theirs = _orderable(mine), _orderable(theirs)
    return theirs < mine if is_first else theirs > mine


def _on_whole(partial: Row, whole: Row) -> Row:
    """Lay a clocked row over a whole one, whose every value is older but whose beginnings stand."""
    row = copy.copy(whole)
    row.clock = {name: tick for name, tick in partial.clock.items() if name not in FIRST and name not in {_EVENT, "type"}}
    for name in row.clock:
        if not name.startswith(_METADATA):
            setattr(row, name, getattr(partial, name))
    _unite(row, partial)
    row.clock.update(dict.fromkeys([*FIRST, _EVENT], -_BEYOND) | {"type": _BEYOND})
    row.metadata = {**whole.metadata, **partial.metadata}
    row.row_version = max(whole.row_version, partial.row_version)
    _move_end(row)
    return row


def _unite(row: Observation | Score, other: Observation | Score) -> None:
    for name in UNITED.intersection(row.__struct_fields__):
        setattr(row, name, sorted({*getattr(row, name), *getattr(other, name)}))


def says_the_same(one: Row, other: Row) -> bool:
    """Whether the two rows differ in nothing but when they were written and how their metadata's keys are ordered."""
    return _decoded(one.metadata) == _decoded(other.metadata) and _said(one) == _said(other)


def _said(row: Row) -> Row:
    """Return what clients said of the row, without what follows from it: prices differ where two servers' prices do."""
    bare: dict[str, Any] = {"row_version": 0, "created_at": 0, "metadata": {}}
    if isinstance(row, Observation):
        bare |= {"model_id": "", "price_tier_id": "", "price_tier": "", "usage_estimated": False}
        if row.cost_source != CostSource.PROVIDED:
            bare |= {"cost": {}, "total_cost": None, "cost_source": ""}
        if row.usage_estimated:
            bare["usage"] = {}
    return msgspec.structs.replace(row, **bare)


def settled(row: Row) -> Row:
    """Fill what follows from other fields: missing beginnings, the root flag, the total cost, an end before the start."""
    first_event: Micros = row.clock.get(_EVENT, 0) >> 1
    if isinstance(row, Score):
        if "timestamp" not in row.clock:
            row.timestamp = first_event
        return row
    if "start_time" not in row.clock:
        row.start_time = first_event
    if row.type == ObservationType.TRACE:
        return row
    if "trace_id" not in row.clock:
        # The oldest SDKs send observations without a trace; each then stands in a trace of its own.
        row.trace_id = row.id
    if row.source == "ingestion":
        row.is_root = not row.parent_id
    row.total_cost = row.cost.get("total")
    _move_end(row)
    return row


def _move_end(row: Observation | Score) -> None:
    """Let an observation end no earlier than it starts, and remember the end that was sent."""
    if isinstance(row, Observation) and row.end_time is not None and row.end_time < row.start_time:
        row.clock[_SENT_END] = row.end_time
        row.end_time = row.start_time


def _as_sent(row: Row) -> Row:
    """Return the row with the end that was sent."""
    if _SENT_END not in row.clock:
        return row
    sent = copy.copy(row)
    sent.clock = {name: tick for name, tick in row.clock.items() if name != _SENT_END}
    if isinstance(sent, Observation):
        sent.end_time = row.clock[_SENT_END]
    return sent


def _orderable(value: Any) -> str:  # breaks ties between two values of one field, whatever its type
    return "" if value is None else f"{value!r}"


# Metadata: a tree of JSON objects, joined leaf by leaf.

_Path = str
_Tree = dict[str, Any]


def _decoded(metadata: dict[str, str]) -> _Tree:
    return {key: decode_value(text) for key, text in metadata.items()}


def _leaves(tree: _Tree, prefix: _Path = "", depth: int = 1) -> dict[_Path, Any]:
    found: dict[_Path, Any] = {}
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value and depth < _MAX_LEAF_DEPTH:
            found.update(_leaves(value, path + _PATH, depth + 1))
        else:
            found[path] = value
    return found


def _join_metadata(row: Observation | Score, other: Observation | Score) -> None:
    stem = _METADATA
    if not any(name.startswith(stem) for name in other.clock):
        return
    leaves: dict[_Path, tuple[int, str, Any]] = {}
    for source in (row, other):
        for path, value in _leaves(_decoded(source.metadata)).items():
            entry = (source.clock.get(stem + path, 0), _orderable(value), value)
            if path not in leaves or entry[:2] > leaves[path][:2]:
                leaves[path] = entry
    for path in list(leaves):
        _drop_older_relatives(leaves, path)
    row.metadata = {key: encode_value(value) for key, value in _tree(leaves).items()}
    row.clock = {name: tick for name, tick in row.clock.items() if not name.startswith(stem)}
    row.clock.update({stem + path: tick for path, (tick, _, _) in leaves.items()})


def _drop_older_relatives(leaves: dict[_Path, tuple[int, str, Any]], path: _Path) -> None:
    """A value and an object cannot stand under one key: the older of a path and its prefix goes."""
    steps = path.split(_PATH)
    for length in range(1, len(steps)):
        prefix = _PATH.join(steps[:length])
        if path in leaves and prefix in leaves:
            older = prefix if leaves[prefix][:1] <= leaves[path][:1] else path
            del leaves[older]


def _tree(leaves: dict[_Path, tuple[int, str, Any]]) -> _Tree:
    root: _Tree = {}
    for path in sorted(leaves):
        *parents, last = path.split(_PATH)
        node = root
        for step in parents:
            node = node.setdefault(step, {})
        node[last] = leaves[path][2]
    return root
