"""Values as parts of a response: stored payload text, numbers, and texts out of a closed list.

Owns how payload text becomes a JSON value again; storing it is ``domain.payloads``'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from pydantic import Field

from spanwise_server.domain.payloads import decode_value, raw_json

Json = Any  # any JSON value; at run time mostly msgspec.Raw, which is copied into the response as it stands

PREVIEW_CHARACTERS = 200
"""Longest metadata value and payload preview in list answers, as in the Langfuse API."""


def one_of(values: Iterable[str]) -> Any:
    """Return the annotation of a text that is one of ``values``: clients' lists are closed, and any other makes them raise."""
    return Field(json_schema_extra={"enum": [str(value) for value in values]})


def payload(text: str) -> msgspec.Raw | None:
    """Return a stored input or output as JSON; ``None`` when there is none."""
    return raw_json(text) if text else None


def payload_text(text: str) -> str | None:
    """Return a stored payload as the text a client sent: JSON stays JSON text, a quoted string loses its quotes."""
    if not text or text == "null":
        return None
    if text[0] == '"':
        value = decode_value(text)
        return value if isinstance(value, str) else text
    return text


def json_object(entries: Mapping[str, str]) -> dict[str, Json]:
    """Return stored metadata with typed values."""
    return {key: raw_json(text) for key, text in entries.items()}


def object_text(text: str) -> Json:
    """Return stored JSON object text as an object, ``{}`` when there is none."""
    return msgspec.Raw(text.encode()) if text else {}


def numbers(costs: Mapping[str, Decimal]) -> dict[str, float]:
    """Return decimals as JSON numbers."""
    return {key: float(cost) for key, cost in costs.items()}


def cell(value: Json) -> Json:
    """Return a value of an aggregate table as JSON: money as a number, a count beyond 64 bits as the nearest one there is."""
    if isinstance(value, Decimal) or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        return float(value)
    return value


def number(cost: Decimal | None) -> float | None:
    """Return a decimal as a JSON number."""
    return None if cost is None else float(cost)


def dotted_object(entries: Mapping[str, str], expanded: Collection[str]) -> dict[str, Json]:
    """Return stored metadata flat: nested objects under dotted keys, long values cut.

    A value longer than ``PREVIEW_CHARACTERS`` is cut to that length (an array as its JSON text) unless ``expanded``
    names its dotted key or one of the keys above it.
    """
    flat: dict[str, Json] = {}
    for key, text in entries.items():
        if text[:1] == "{":
            value = decode_value(text)
            if isinstance(value, dict) and value:
                _flatten(key, value, expanded, flat)
                continue
        flat[key] = _cut_text(text) if len(text) > PREVIEW_CHARACTERS and key not in expanded else raw_json(text)
    return flat


def _flatten(prefix: str, value: dict[str, Json], expanded: Collection[str], into: dict[str, Json]) -> None:
    """Flatten ``value`` below ``prefix``, with a stack of its own: stored nesting may be deeper than Python's."""
    pending: list[tuple[str, Json, bool]] = [(prefix, value, prefix in expanded)]
    while pending:
        path, item, is_full = pending.pop()
        if isinstance(item, dict) and item:
            pending.extend(
                (f"{path}.{key}", child, is_full or f"{path}.{key}" in expanded) for key, child in reversed(item.items())
            )
        else:
            into[path] = item if is_full else _cut(item)


def _cut(value: Json) -> Json:
    if isinstance(value, str):
        return value[:PREVIEW_CHARACTERS]
    if isinstance(value, list):
        text = msgspec.json.encode(value).decode()
        return value if len(text) <= PREVIEW_CHARACTERS else text[:PREVIEW_CHARACTERS]
    return value


def _cut_text(text: str) -> Json:
    return _cut(decode_value(text))
