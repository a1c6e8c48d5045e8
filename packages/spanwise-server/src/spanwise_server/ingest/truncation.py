"""Cutting text that is longer than a limit, with a mark that a reader sees. Decides nothing about which limit applies.

A cut payload ends with the mark, which is not JSON, so cut JSON text is not mistaken for a JSON value
(``domain.payloads``): readers show it as the text it is.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.domain.payloads import encode_value

_MARK: Final = "…[truncated: kept {kept} of {total} bytes]"
_LONGEST_UTF8: Final = 4


def cut(text: str, limit_bytes: int) -> tuple[str, bool]:
    """Return ``text`` in at most ``limit_bytes`` bytes of UTF-8, and whether it had to be cut.

    Text that is cut ends with a mark saying how many bytes were kept of how many. A limit too small for the mark leaves
    the bare beginning of the text. Never splits a character. ``text`` must be encodable (no lone surrogates).
    """
    if len(text) * _LONGEST_UTF8 <= limit_bytes:
        return text, False
    if text.isascii() and len(text) <= limit_bytes:
        return text, False
    encoded = text.encode()
    total = len(encoded)
    if total <= limit_bytes:
        return text, False
    room = limit_bytes - len(_MARK.format(kept=limit_bytes, total=total).encode())
    if room < 0:
        return encoded[:limit_bytes].decode(errors="ignore"), True
    beginning = encoded[:room].decode(errors="ignore")
    return beginning + _MARK.format(kept=len(beginning.encode()), total=total), True


def encode_cut(value: Any, limit_bytes: int) -> tuple[str, bool]:  # any JSON value: this is the decoder's edge
    """Return the payload text of ``value`` in at most ``limit_bytes`` bytes, and whether it had to be cut.

    A string is cut before it is encoded, so that what is left of it reads as it was sent.
    """
    if isinstance(value, str):
        text, is_cut = cut(value, limit_bytes)
        if is_cut:
            return text, True
        value = text
    return cut(encode_value(value), limit_bytes)
