"""Times as JSON shows them. Owns formatting of stored microseconds; parsing belongs to ``api.listing``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from spanwise_server.domain.observations import Micros

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROS = 1_000_000


@lru_cache(maxsize=8192)
def _second(seconds: int) -> str:
    """Return ``2026-01-31T12:00:00``; cached, because the rows of one answer share few seconds."""
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")


def to_millis(time: Micros) -> str:
    """Return ISO 8601 UTC with milliseconds and ``Z``, the only form that every Langfuse SDK generation reads; finer digits are cut."""
    seconds, micros = divmod(time, _MICROS)
    return f"{_second(seconds)}.{micros // 1000:03d}Z"


def to_millis_or_none(time: Micros | None) -> str | None:
    """Return ``to_millis``, or ``None`` for a time that is not known."""
    if time is None:
        return None
    seconds, micros = divmod(time, _MICROS)
    return f"{_second(seconds)}.{micros // 1000:03d}Z"


def to_micros(time: Micros) -> str:
    """Return ISO 8601 UTC with microseconds and ``Z``: the native API and cursors lose nothing."""
    seconds, micros = divmod(time, _MICROS)
    return f"{_second(seconds)}.{micros:06d}Z"


def to_micros_or_none(time: Micros | None) -> str | None:
    """Return ``to_micros``, or ``None`` for a time that is not known."""
    return None if time is None else to_micros(time)


def seconds_between(start: Micros, end: Micros | None) -> float | None:
    """Return ``end - start`` in seconds, or ``None`` without an end."""
    return None if end is None else (end - start) / _MICROS
