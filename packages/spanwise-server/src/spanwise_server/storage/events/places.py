"""Where in time the rows of known traces or observations lie, so that reads by id touch only that time.

The bounds are never too narrow for what has been acknowledged; no entry means no row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from spanwise_server.storage.events.statements import Read, statement

_MINUTE = 60_000_000
_MOST_MINUTES = 5000
"""Beyond so many, one range is cheaper than a list. A list matters for ids that lie far apart: fifty traces of one user in
a month touch fifty minutes, not the month."""


class Kind(Enum):
    """What the ids are ids of."""

    OBSERVATION = "'observation'"
    TRACE = "'trace'"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A condition on ``start_time`` and its parameters."""

    window: str
    parameters: Mapping[str, Any]


_RANGE = (
    "AND start_time >= fromUnixTimestamp64Micro({first:Int64}, 'UTC') "
    "AND start_time <= fromUnixTimestamp64Micro({last:Int64}, 'UTC')"
)
_MINUTES = (
    " AND toStartOfMinute(start_time) IN "
    "(SELECT arrayJoin(arrayMap(minute -> toDateTime(minute, 'UTC'), {minutes:Array(Int64)})))"
)


async def bounds(read: Read, kind: Kind, project_id: str, ids: Sequence[str]) -> Bounds | None:
    """Return where all rows of ``ids`` lie; none if there is no row."""
    rows = await read(statement("places", kind=kind.value), {"project_id": project_id, "ids": list(ids)})
    if not rows:
        return None
    ends = {"first": min(row[0] for row in rows), "last": max(row[1] for row in rows)}
    minutes: set[int] = set()
    for first, last in rows:
        if len(minutes) + (last - first) // _MINUTE > _MOST_MINUTES:
            return Bounds(_RANGE, ends)
        minutes.update(range(first // _MINUTE * 60, last // _MINUTE * 60 + 1, 60))
    return Bounds(_RANGE + _MINUTES, ends | {"minutes": sorted(minutes)})
