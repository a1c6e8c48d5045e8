"""Metadata values as each producer writes them, as payload text. Owns the differences between SDKs, not which keys are metadata.

What a text value means depends on who wrote it:

- The Python SDK from 5 on writes JSON for every value, so ``"1"`` with quotes is the text 1 and ``1`` is the number.
- The JavaScript SDK, every version, writes text as it is and JSON for the rest; a text that reads as JSON is taken for JSON,
  as the Langfuse API does.
- The Python SDK up to 4 writes text as it is, integers and booleans natively and JSON for the rest; other OpenTelemetry
  clients do much the same. There, arrays, objects and fractions exactly as Python prints them are JSON, all else is text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from spanwise_server.domain.payloads import encode_value
from spanwise_server.ingest.conventions.dialects import langfuse
from spanwise_server.ingest.conventions.messages import unescape
from spanwise_server.ingest.spans import Resource, Scope

ToText = Callable[[Any], str]
"""From an attribute's value to payload text."""
NON_OBJECT_KEY: Final = "metadata"
"""Key under which metadata that is no object is kept."""

_encode = msgspec.json.encode
_decode = msgspec.json.decode
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_FRACTION_STARTS: Final = frozenset("-0123456789")


def text_of_json(value: Any) -> str:
    """Return payload text of a value whose producer writes JSON."""
    if value.__class__ is not str:
        return encode_value(value)
    if value[:1] == '"':
        try:
            return encode_value(_decode(value))
        except (msgspec.DecodeError, RecursionError):
            return encode_value(value)
    return unescape(value)  # JSON is payload text as it stands, and what is not JSON is text


def text_of_maybe_json(value: Any) -> str:
    """Return payload text of a value whose producer writes text as it is and JSON, and cannot tell them apart."""
    return unescape(value) if value.__class__ is str else encode_value(value)


def text_of_text(value: Any) -> str:
    """Return payload text of a value whose producer writes text as it is, and JSON for what has no attribute type."""
    if value.__class__ is not str:
        return encode_value(value)
    start = value[:1]
    if start in ("{", "[") or (start in _FRACTION_STARTS and _is_printed_fraction(value)):
        return unescape(value)
    return encode_value(value)


def reader_for(resource: Resource, scope: Scope) -> ToText:
    """Choose how text values of one scope are read."""
    if scope.name != langfuse.SCOPE:
        return text_of_text
    if resource.attributes.get("telemetry.sdk.language", "python") != "python":
        return text_of_maybe_json
    return text_of_json if langfuse.major_version(scope.version) >= 5 else text_of_text


def texts_of_object(value: Any) -> dict[str, str]:
    """Return the entries of a JSON object (a mapping or JSON text) as payload texts; what is no object under ``metadata``."""
    if isinstance(value, Mapping):
        return {str(key): encode_value(inner) for key, inner in value.items()}
    if value.__class__ is str and value[:1] == "{":
        try:
            return {key: _text_of_raw(raw) for key, raw in _decode_object(value).items()}
        except (msgspec.DecodeError, RecursionError):
            return {NON_OBJECT_KEY: value}
    if value is None or value == "":
        return {}
    return {NON_OBJECT_KEY: text_of_json(value)}


def _text_of_raw(raw: msgspec.Raw) -> str:
    text = bytes(raw).decode()
    return encode_value(_decode(text)) if text[:1] == '"' else unescape(text)


def _is_printed_fraction(text: str) -> bool:
    if "." not in text and "e" not in text:
        return False
    try:
        return repr(float(text)) == text
    except ValueError:
        return False


def encode_object(value: Mapping[str, Any]) -> str:
    """Encode a mapping as JSON text."""
    return _encode(value).decode()
