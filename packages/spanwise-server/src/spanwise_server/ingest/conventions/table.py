"""What a convention's table is made of: which attribute says which thing about an observation.

A vendor module is mainly one or a few ``Table``s. Where it stands among the others is decided in ``precedence`` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum, auto
from typing import Any, Final

import msgspec

from spanwise_server.ingest.spans import Span


class Field(IntEnum):
    """Something that attributes say about an observation. Several attributes may say it; the first in order wins."""

    NAME = auto()
    TYPE = auto()
    LEVEL = auto()
    STATUS_MESSAGE = auto()
    INPUT = auto()
    OUTPUT = auto()
    SYSTEM_INSTRUCTIONS = auto()
    """Put before the input's messages when the input came from the same table."""
    SUMMARY = auto()
    """Means anything: model, usage and cost sum up those of children, which would then count twice."""
    MODEL = auto()
    MODEL_PARAMETERS = auto()
    """A JSON object of parameters."""
    MODEL_PARAMETER = auto()
    """One parameter, under its own name."""
    COMPLETION_START = auto()
    PROMPT_NAME = auto()
    PROMPT_VERSION = auto()
    USAGE = auto()
    """A usage report of any shape."""
    USAGE_COUNT = auto()
    """One count, under a usage key."""
    COST = auto()
    """A cost report of any shape."""
    COST_AMOUNT = auto()
    """One amount, under a cost key."""
    USER = auto()
    SESSION = auto()
    TAGS = auto()
    ENVIRONMENT = auto()
    VERSION = auto()
    RELEASE = auto()
    ROOT = auto()
    METADATA = auto()
    """A JSON object of metadata."""
    METADATA_KEY = auto()
    """One metadata value, under its own key."""
    TRACE_NAME = auto()
    TRACE_INPUT = auto()
    TRACE_OUTPUT = auto()
    TRACE_PUBLIC = auto()
    TRACE_METADATA = auto()
    TRACE_METADATA_KEY = auto()
    EXPERIMENT = auto()
    TOOLS = auto()
    """Definitions of the tools offered to the model, as a JSON list or one by one."""
    DERIVED = auto()
    """The attribute only announces what ``To.derived`` reads from the whole span."""
    LEFTOVER = auto()
    """Kept as it is in the metadata; set by ``dispatch``, never by a table."""


class Derived(msgspec.Struct, frozen=True):
    """A field that it takes more than one attribute, or the span's times, to tell."""

    field: Field
    read: Callable[[Span], Any]
    """From the span to the field's value; ``None`` means no value."""
    key: str = ""
    """For fields that are maps: the entry it fills."""
    uses: tuple[str, ...] = ()
    """Attributes that are in the value, so that they need not be kept in the metadata as well."""


class To(msgspec.Struct, frozen=True):
    """The meaning of an attribute: which field it fills, and how."""

    field: Field
    key: str = ""
    """For fields that are maps: the entry it fills. A prefix row without one uses what follows the prefix."""
    values: Mapping[str, str] | None = None
    """Only these values (compared in lower case) count, and this is what they mean."""
    constant: str = ""
    """Any non-empty value counts and means this."""
    read: Callable[[Any], Any] | None = None
    """Turns the attribute (for prefix rows: the rebuilt nested value) into the field's value; ``None`` means no value."""
    derived: tuple[Derived, ...] = ()
    """For ``Field.DERIVED``: what is read when the attribute is there; ranks as the attribute does."""


class EventTo(msgspec.Struct, frozen=True):
    """The meaning of a span event."""

    field: Field
    read: Callable[[str, Mapping[str, Any]], Any]
    """From the event's name and attributes to a value; ``None`` means none."""
    is_list: bool = False
    """All events of the row together make one list; otherwise one value stands for itself and more make a list."""


class Table(msgspec.Struct, frozen=True):
    """Rows of one convention that stand together in the order of precedence; earlier rows win over later ones."""

    name: str
    attributes: Mapping[str, To | tuple[To, ...]] = {}
    prefixes: Mapping[str, To | tuple[To, ...]] = {}
    """Attributes that begin with the key; of several that match the longest counts. End it with a dot."""
    events: Mapping[str, tuple[EventTo, ...]] = {}
    derived: tuple[Derived, ...] = ()
    """Read from every span the table applies to, before its attributes; only for tables of a scope."""
    scopes: frozenset[str] = frozenset()
    """Instrumentation scopes in which the table applies; empty: in all."""


GENERATION: Final = "GENERATION"
MODEL_IMPLIES_GENERATION: Final = To(Field.TYPE, constant=GENERATION)


def derive(*derived: Derived) -> To:
    """Make the row of an attribute whose presence says that a span has these derived fields."""
    return To(Field.DERIVED, derived=derived)
