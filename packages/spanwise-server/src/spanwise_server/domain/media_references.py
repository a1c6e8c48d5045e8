"""References to media files inside payloads: found, and where. No I/O.

The token is spelled as clients of the Langfuse API write it: ``@@@langfuseMedia:type=…|id=…|source=…@@@``, a JSON string of
its own. A token within longer text is text: whoever replaced it would lose the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from spanwise_server.domain.payloads import decode_value

_START: Final = "@@@langfuseMedia:"
_TOKEN: Final = re.compile(r"@@@langfuseMedia:type=[^|@]+\|id=([A-Za-z0-9_-]{1,64})\|source=[^|@]+@@@")


class MediaReference(msgspec.Struct, frozen=True):
    """One token, whole, with the file's id and the place of the token (a normalized JSONPath, RFC 9535 §2.7)."""

    token: str
    media_id: str
    path: str


def find_references(text: str | None) -> list[MediaReference]:
    """Return every reference in a stored payload, in no order."""
    if text is None or _START not in text:
        return []
    return list(_walk(decode_value(text)))


def _walk(value: Any) -> Iterator[MediaReference]:  # any JSON value
    pending: list[tuple[str, Any]] = [("$", value)]
    while pending:
        path, part = pending.pop()
        if isinstance(part, str):
            found = _TOKEN.fullmatch(part)
            if found is not None:
                yield MediaReference(part, found[1], path)
        elif isinstance(part, dict):
            # Keys stand as they are: the clients that read these paths know no escapes.
            pending.extend((f"{path}['{key}']", child) for key, child in part.items())
        elif isinstance(part, list):
            pending.extend((f"{path}[{index}]", child) for index, child in enumerate(part))
