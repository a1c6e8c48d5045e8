"""The environment name of telemetry: any text a client sends becomes a valid one. Rejects nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from spanwise_server.domain.observations import DEFAULT_ENVIRONMENT

_LONGEST: Final = 40
_RESERVED_PREFIX: Final = re.compile(r"(?:langfuse[-_]?)+")
_VALID: Final = re.compile(r"[a-z0-9_-]+")


@lru_cache(maxsize=1024)
def _normalise_short(text: str) -> str:
    lowered = text.lower()
    reserved = _RESERVED_PREFIX.match(lowered)
    name = lowered[reserved.end() if reserved else 0 :][:_LONGEST]
    return name if _VALID.fullmatch(name) else DEFAULT_ENVIRONMENT


def normalise_environment(text: str) -> str:
    """Return the environment that ``text`` names, as the Langfuse API normalises it.

    Lower case; the reserved prefix ``langfuse`` with its ``-`` or ``_`` is removed however often it is repeated; at most
    40 characters. What is then not letters, digits, ``-`` and ``_`` is the default environment.
    """
    return _normalise_short(text) if len(text) <= 256 else _normalise_short.__wrapped__(text)
