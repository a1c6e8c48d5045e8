"""From the tables to one dictionary lookup an attribute. Knows how rows are matched, not what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from spanwise_server.ingest.conventions.dialects import langfuse
from spanwise_server.ingest.conventions.precedence import TABLES
from spanwise_server.ingest.conventions.table import EventTo, Field, Table, To
from spanwise_server.ingest.spans import Span

ROWS_PER_TABLE: Final = 1000
"""Ranks of one table have the same quotient by this."""
_MAX_REMEMBERED_KEYS: Final = 4096
_MAX_REMEMBERED_LENGTH: Final = 200
_PROPAGATED: Final = frozenset({"user.id", "session.id"})
"""Attributes that the Langfuse SDKs put on every span besides their own; they have columns."""


class Target(msgspec.Struct, frozen=True, gc=False):
    """What one attribute key says: a field, and how it ranks among all that say the same."""

    field: int
    rank: int
    """Lower wins. All keys under one prefix share the rank."""
    key: str
    """Entry of a map field; for fields that are no map: the rest of the key after a prefix, to rebuild nested values."""
    attribute: str
    to: To
    uses: tuple[str, ...] = ()
    """For what is derived: the attributes in the value."""


class EventTarget(msgspec.Struct, frozen=True, gc=False):
    """What one event name says."""

    field: int
    rank: int
    to: EventTo


Candidate = tuple[Target, Any]
"""Who says it, and the attribute's value: any JSON value."""


def derived_candidates(target: Target, span: Span) -> Iterator[Candidate]:
    """Yield what can be derived from a span because it has the target's attribute."""
    for derived in target.to.derived:
        value = derived.read(span)
        if value is not None:
            yield Target(int(derived.field), target.rank, derived.key, "", To(derived.field), derived.uses), value


class Dispatch:
    """The rows that apply to spans of one scope, by attribute key and by event name."""

    def __init__(self, tables: tuple[Table, ...], is_leftover: Callable[[str, bool], bool]) -> None:
        self._tables = tables
        self._is_leftover = is_leftover
        self.targets: dict[str, tuple[Target, ...]] = {}
        """Keys seen so far; others are found by ``resolve``."""
        self.always: tuple[Target, ...] = tuple(
            Target(int(Field.DERIVED), position * ROWS_PER_TABLE - 1, "", "", To(Field.DERIVED, derived=table.derived))
            for position, table in enumerate(tables)
            if table.derived
        )
        """What is derived from every span."""
        self.events: dict[str, tuple[EventTarget, ...]] = {}
        for position, table in enumerate(tables):
            for key in table.attributes:
                self.resolve(key)
            for name, rows in table.events.items():
                # Events of one table share a rank: together they make one list of messages.
                targets = (EventTarget(int(row.field), position * ROWS_PER_TABLE, row) for row in rows)
                self.events[name] = (*self.events.get(name, ()), *targets)

    def resolve(self, attribute: str) -> tuple[Target, ...]:
        """Find what a key says, and remember it unless clients send ever new keys."""
        targets: list[Target] = []
        for position, table in enumerate(self._tables):
            base = position * ROWS_PER_TABLE
            rows = table.attributes.get(attribute)
            if rows is not None:
                rank = base + list(table.attributes).index(attribute)
                targets.extend(_make_targets(rows, rank, attribute, ""))
                continue
            prefix = max((prefix for prefix in table.prefixes if attribute.startswith(prefix)), key=len, default=None)
            if prefix is not None:
                rank = base + len(table.attributes) + list(table.prefixes).index(prefix)
                targets.extend(_make_targets(table.prefixes[prefix], rank, attribute, attribute[len(prefix) :]))
        if self._is_leftover(attribute, bool(targets)):
            targets.append(Target(int(Field.LEFTOVER), 0, attribute, attribute, _LEFTOVER))
        result = tuple(targets)
        if len(self.targets) < _MAX_REMEMBERED_KEYS and len(attribute) <= _MAX_REMEMBERED_LENGTH:
            self.targets[attribute] = result
        return result


_LEFTOVER: Final = To(Field.LEFTOVER)


def _make_targets(rows: To | tuple[To, ...], rank: int, attribute: str, rest: str) -> list[Target]:
    return [
        Target(int(row.field), rank, row.key or rest, attribute, row) for row in (rows if isinstance(rows, tuple) else (rows,))
    ]


def _is_leftover(attribute: str, is_mapped: bool) -> bool:  # noqa: FBT001  # the signature of Dispatch's parameter
    return not (is_mapped and attribute.startswith("langfuse."))


def _is_leftover_of_langfuse(attribute: str, is_mapped: bool) -> bool:  # noqa: FBT001  # as above
    return attribute not in _PROPAGATED and _is_leftover(attribute, is_mapped)


def _tables_of(scope: str) -> tuple[Table, ...]:
    return tuple(table for table in TABLES if not table.scopes or scope in table.scopes)


_DEFAULT: Final = Dispatch(_tables_of(""), _is_leftover)
_BY_SCOPE: Final = {
    langfuse.SCOPE: Dispatch(_tables_of(langfuse.SCOPE), _is_leftover_of_langfuse),
    **{scope: Dispatch(_tables_of(scope), _is_leftover) for scope in frozenset[str]().union(*(t.scopes for t in TABLES))},
}


def dispatch_for(scope: str) -> Dispatch:
    """Return the rows that apply to spans of a scope."""
    return _BY_SCOPE.get(scope, _DEFAULT)
