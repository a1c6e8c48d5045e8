"""JSON values as text: how an input, an output or a metadata value is kept in a string column and found again.

A string that is not itself JSON is kept as it is, so that search and the eye see the text the client sent. Everything
else is JSON text. A string that happens to parse as JSON ("1", "null", "[x]"…) is kept quoted, so that decoding always
returns the value that was encoded.
"""

from __future__ import annotations

from typing import Any

import msgspec

_decode = msgspec.json.decode
_encode = msgspec.json.encode
_JSON_STARTS = frozenset('{["-0123456789tfn \t\r\n')


def is_json_text(text: str) -> bool:
    """Say whether ``text`` parses as one JSON value."""
    if not text or text[0] not in _JSON_STARTS:
        return False
    try:
        _decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True


def encode_value(value: Any) -> str:  # any JSON value: this is the decoder's edge
    """Encode a JSON value (as ``msgspec`` or ``json`` decode it) as payload text; ``None`` becomes ``null``."""
    if isinstance(value, str):
        return _encode(value).decode() if is_json_text(value) else value
    return _encode(value).decode()


def decode_value(text: str) -> Any:
    """Return the value that ``encode_value`` was given; text that is not JSON is itself the value."""
    if not text or text[0] not in _JSON_STARTS:
        return text
    try:
        return _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def raw_json(text: str) -> msgspec.Raw:
    """Return ``text`` as a JSON fragment ready to be embedded in a response, without building its objects twice."""
    if text and text[0] in _JSON_STARTS:
        try:
            _decode(text)
        except (msgspec.DecodeError, RecursionError):
            return msgspec.Raw(_encode(text))
        return msgspec.Raw(text.encode())
    return msgspec.Raw(_encode(text))
