"""Newest-first reading in growing steps back in time, so that a page of a long history touches only its end.

A step is right when it fills the page, whatever lies before it: rows come newest first. Only a page that stays short
must look further back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spanwise_server.storage.events.statements import Read, statement

_NEWEST_ROWS = 1000
"""As in ``newest_rows.sql``."""
MINUTE = 60_000_000
"""Of the time of an observation, what is in the sort key."""
DAY = 24 * 60 * MINUTE
"""Likewise of a score."""
_GROWTH = 20
"""Each step reaches so many times further back; four steps from a minute are seven years."""
_STEPS = 4


@dataclass(frozen=True, slots=True)
class Newest:
    """Where the newest rows of a project lie, in microseconds since the epoch, to the minute."""

    end: int
    """After the newest row."""
    reach: int
    """How far before ``end`` the newest thousand rows, or all there are, begin."""
    is_everything: bool
    """There are no older rows than those."""


async def find_newest(read: Read, project_id: str, until: int | None) -> Newest | None:
    """Return where the newest rows before ``until`` lie; none when there is no row."""
    window = window_sql(None, "until" if until is not None else None)
    sql = statement("newest_rows", window=window)
    ((last, first, count),) = await read(sql, {"project_id": project_id, "until": until})
    if not count:
        return None
    # Within its minute a row may stand anywhere, so the ends are those of minutes.
    end = (last // MINUTE + 1) * MINUTE
    return Newest(end, end - first // MINUTE * MINUTE, is_everything=count < _NEWEST_ROWS)


def lower_bounds(newest: Newest, since: int | None) -> Iterator[int | None]:
    """Yield the start of each step, in microseconds since the epoch, down to ``since`` (``None``: the beginning)."""
    step = newest.reach
    for _ in range(0 if newest.is_everything else _STEPS):
        bound = newest.end - step
        if since is not None and bound <= since:
            break
        yield bound
        step *= _GROWTH
    yield since


def window_sql(
    since: str | None, until: str | None, *, column: str = "start_time", closed: bool = False, grain: int = MINUTE
) -> str:
    """Return ``AND`` conditions for bound parameters named ``since`` and ``until`` (microseconds).

    Each end is said twice. Whole grains, the part of the time that is in the sort key, choose what is read: all versions of
    a row lie in one grain, so that none is read without the one that replaced it. The exact time is compared after that, in
    a form in which the engine cannot use it to leave out parts of the table.
    """
    parts = []
    if since is not None:
        start = f"{{{since}:Int64}} - positiveModulo({{{since}:Int64}}, {grain})"
        parts.append(f"AND {column} >= fromUnixTimestamp64Micro({start}, 'UTC')")
        parts.append(f"AND {exact_time(column)} >= {{{since}:Int64}}")
    if until is not None:
        end = f"{{{until}:Int64}} - positiveModulo({{{until}:Int64}}, {grain}) + {grain}"
        parts.append(f"AND {column} < fromUnixTimestamp64Micro({end}, 'UTC')")
        parts.append(f"AND {exact_time(column)} {'<=' if closed else '<'} {{{until}:Int64}}")
    return " ".join(parts)


def exact_time(column: str) -> str:
    """Return SQL for a time in microseconds that does not decide which parts of the table are read."""
    return f"reinterpretAsInt64({column})"
