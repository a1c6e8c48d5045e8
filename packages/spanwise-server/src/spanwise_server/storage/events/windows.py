"""Newest-first reading in growing steps back in time, so that a page of a long history touches only its end.

A step is right when it fills the page, whatever lies before it: rows come newest first. Only a page that stays short
must look further back.
"""

from __future__ import annotations

from collections.abc import Iterator

_SECOND = 1_000_000
_STEPS = (5 * 60 * _SECOND, 2 * 3600 * _SECOND, 48 * 3600 * _SECOND, 40 * 86400 * _SECOND)
"""Five minutes hold a page at any load that has one; each further step is about twenty times longer, so that a sparse
project needs at most five statements."""


def lower_bounds(newest: int, since: int | None) -> Iterator[int | None]:
    """Yield the start of each step, in microseconds since the epoch, down to ``since`` (``None``: the beginning)."""
    for step in _STEPS:
        bound = newest - step
        if since is not None and bound <= since:
            break
        yield bound
    yield since


def window_sql(since: str | None, until: str | None, *, column: str = "start_time", closed: bool = False) -> str:
    """Return ``AND`` conditions for bound parameters named ``since`` and ``until`` (microseconds)."""
    parts = []
    if since is not None:
        parts.append(f"AND {column} >= fromUnixTimestamp64Micro({{{since}:Int64}}, 'UTC')")
    if until is not None:
        parts.append(f"AND {column} {'<=' if closed else '<'} fromUnixTimestamp64Micro({{{until}:Int64}}, 'UTC')")
    return " ".join(parts)
