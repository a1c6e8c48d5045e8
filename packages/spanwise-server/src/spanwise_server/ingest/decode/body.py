"""From a request body to plain JSON values: decompression and parsing, both bounded. Knows no message format.

Every fault is a ``SpanwiseError`` of class 4xx. Sizes are in bytes.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Callable
from typing import Any, Final

import msgspec

from spanwise_server.domain.errors import InvalidRequestError, Issue, PayloadRejectedError, PayloadTooLargeError
from spanwise_server.ingest.decoded import IngestLimits

ACCEPTED_ENCODINGS: Final = ("gzip", "deflate", "identity")
DECOMPRESSION_FAILED: Final = "Failed to decompress request body"

_GZIP_WINDOW: Final = zlib.MAX_WBITS | 16
_CHUNK_BYTES: Final = 64 * 1024
# A stream may be a chain of members; each costs a new decompressor, and an empty one is 20 bytes.
_MAX_GZIP_MEMBERS: Final = 10_000
# A value takes up to 60 bytes of memory however short its text, so bytes alone do not bound what parsing allocates.
_MAX_JSON_VALUES: Final = 5_000_000
_LONGEST_INTEGER: Final = 4300  # digits; CPython refuses to convert more

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NOT_DELIMITERS: Final = bytes(range(256)).translate(None, b'"[{,')
_CONTAINERS: Final = (dict, list)


def read_body(raw: bytes, *, content_encoding: str, max_decompressed_bytes: int) -> bytes:
    """Return the body as the client had it before compression.

    Args:
        raw: The body as received.
        content_encoding: The ``Content-Encoding`` header (RFC 9110 §8.4), empty when there was none.
        max_decompressed_bytes: Decompression stops beyond it, so a bomb costs no more memory than this.

    Raises:
        InvalidRequestError: An encoding that is not accepted, or data that is cut short or corrupt.
        PayloadTooLargeError: The body is larger than ``max_decompressed_bytes``.
    """
    body = raw
    codings = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name not in ("", "identity")]
    if len(codings) > 1:  # each layer multiplies the work that a body can cause, and no client sends two
        raise InvalidRequestError(f"Content-Encoding names {len(codings)} compressions", hint="Send one.")
    for name in codings:
        decompress = _DECOMPRESSORS.get(name)
        if decompress is None:
            raise InvalidRequestError(
                f"Content-Encoding {name[:40]!r} is not supported", hint=f"Send one of: {', '.join(ACCEPTED_ENCODINGS)}."
            )
        try:
            body = decompress(body, max_decompressed_bytes)
        except zlib.error as error:
            raise InvalidRequestError(DECOMPRESSION_FAILED, hint=f"The body is not valid {name}: {error}.") from error
    if len(body) > max_decompressed_bytes:
        raise _too_large(max_decompressed_bytes)
    return body


def parse_json(body: bytes, limits: IngestLimits) -> Any:  # a JSON value of any type
    """Parse one JSON text (RFC 8259) into plain Python values.

    More lenient than the RFC where real clients need it: a byte order mark is skipped; ``NaN``, ``Infinity`` and numbers too
    large to compute with become the text they were written as; a lone surrogate escape becomes U+FFFD. Every string returned
    can be encoded as UTF-8. The last of duplicate keys wins.

    Raises:
        PayloadRejectedError: Nested deeper than ``limits.max_json_depth``, or made of more values than memory allows.
        InvalidRequestError: Not JSON, or not UTF-8; the message says where.
    """
    body = body.removeprefix(_BYTE_ORDER_MARK)
    openings = body.count(b"[") + body.count(b"{")
    _check_value_count(body, openings)
    try:
        value = _decode(body)
    except UnicodeDecodeError:
        raise _not_utf8(body) from None
    except RecursionError as error:
        raise _too_deep(limits.max_json_depth) from error
    if openings > limits.max_json_depth and _is_deeper_than(value, limits.max_json_depth):
        raise _too_deep(limits.max_json_depth)
    return value


def _check_value_count(body: bytes, openings: int) -> None:
    """Raise ``PayloadRejectedError`` when a JSON text holds too many values, before any of them is built."""
    if openings + body.count(b",") <= _MAX_JSON_VALUES:
        return  # commas and brackets inside strings are in this count, so it may be too high, never too low
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside_strings = b"".join(body.translate(None, _NOT_DELIMITERS).split(b'"')[::2])
    if len(outside_strings) > _MAX_JSON_VALUES:
        raise PayloadRejectedError(
            f"The body holds more than {_MAX_JSON_VALUES} JSON values", hint="Send fewer events in one request."
        )


def _is_deeper_than(value: Any, max_depth: int) -> bool:  # a JSON value of any type
    """Say whether arrays and objects nest more than ``max_depth`` levels, one level at a time and so without recursion."""
    level = [value] if value.__class__ in _CONTAINERS else []
    for _ in range(max_depth):
        if not level:
            return False
        level = [
            inner
            for outer in level
            for inner in (outer.values() if outer.__class__ is dict else outer)
            if inner.__class__ in _CONTAINERS
        ]
    return bool(level)


def _gunzip(data: bytes, limit: int) -> bytes:
    """Decompress a chain of gzip members (RFC 1952); zero padding after the last is ignored."""
    parts: list[bytes] = []
    size, members = 0, 1
    stream = zlib.decompressobj(_GZIP_WINDOW)
    is_in_member = True
    for start in range(0, len(data), _CHUNK_BYTES):
        chunk = data[start : start + _CHUNK_BYTES]
        while chunk:
            if not is_in_member:
                chunk = chunk.lstrip(b"\0")
                if not chunk:
                    break
                members += 1
                if members > _MAX_GZIP_MEMBERS:
                    raise zlib.error(f"more than {_MAX_GZIP_MEMBERS} members")
                stream, is_in_member = zlib.decompressobj(_GZIP_WINDOW), True
            parts.append(stream.decompress(chunk, limit - size + 1))
            size += len(parts[-1])
            if size > limit:
                raise _too_large(limit)
            is_in_member, chunk = not stream.eof, stream.unused_data
    if is_in_member:
        raise zlib.error("the data ends early")
    return b"".join(parts)


def _inflate(data: bytes, limit: int) -> bytes:
    """Decompress ``deflate``: zlib's format by RFC 9110, raw deflate as many clients send it."""
    is_zlib = len(data) > 1 and data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
    stream = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
    body = stream.decompress(data, limit + 1)
    if len(body) > limit:
        raise _too_large(limit)
    if not stream.eof:
        raise zlib.error("the data ends early")
    return body


_DECOMPRESSORS: Final[dict[str, Callable[[bytes, int], bytes]]] = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate}


def _decode(body: bytes) -> Any:  # a JSON value of any type
    """Parse with the fast parser; what it refuses and real clients send, with the lenient one."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        text = body.decode()
    try:
        value = json.loads(text, parse_constant=str, parse_float=_parse_float, parse_int=_parse_integer)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at line {error.lineno}, column {error.colno}" if text.strip() else "it is empty"
        message = f"Request body is not valid JSON: {reason}"
        raise InvalidRequestError(message, issues=[Issue(message, (), "invalid_json")]) from error
    return _replace_surrogates(value)


def _parse_float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _parse_integer(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_INTEGER else text


def _replace_surrogates(value: Any) -> Any:  # a JSON value of any type
    if isinstance(value, str):
        return value if value.isascii() else _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_replace_surrogates(key): _replace_surrogates(item) for key, item in value.items()}
    return value


def _too_large(limit: int) -> PayloadTooLargeError:
    return PayloadTooLargeError(
        f"The request body is larger than {limit} bytes after decompression",
        hint="Send smaller batches, or raise SPANWISE_MAX_DECOMPRESSED_MIB on the server.",
    )


def _too_deep(max_depth: int) -> PayloadRejectedError:
    return PayloadRejectedError(
        f"JSON in the request body is nested more than {max_depth} levels deep",
        hint="Flatten the value or send it as text; SPANWISE_MAX_JSON_DEPTH sets the limit.",
    )


def _not_utf8(body: bytes) -> InvalidRequestError:
    position = 0
    try:
        body.decode()
    except UnicodeDecodeError as error:
        position = error.start
    message = f"Request body is not valid UTF-8: unexpected byte 0x{body[position]:02x} at position {position}"
    return InvalidRequestError(message, issues=[Issue(message, (), "invalid_encoding")])
