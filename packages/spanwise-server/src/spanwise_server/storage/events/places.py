"""Where in time the rows of known traces or observations lie, so that reads by id touch only that time.

The bounds are never too narrow for what has been acknowledged; no entry means no row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from spanwise_server.storage.events.statements import statement

Read = Callable[[str, Mapping[str, Any]], Awaitable[Sequence[Sequence[Any]]]]
BETWEEN = (
    "AND start_time >= fromUnixTimestamp64Micro({first:Int64}, 'UTC') "
    "AND start_time <= fromUnixTimestamp64Micro({last:Int64}, 'UTC')"
)
"""Condition for the parameters that ``bounds`` returns."""


class Kind(Enum):
    """What the ids are ids of."""

    OBSERVATION = "'observation'"
    TRACE = "'trace'"


async def bounds(read: Read, kind: Kind, project_id: str, ids: Sequence[str]) -> dict[str, int] | None:
    """Return ``first`` and ``last`` start, in microseconds, of all rows of ``ids``, as parameters; none if there is no row."""
    rows = await read(statement("places", kind=kind.value), {"project_id": project_id, "ids": list(ids)})
    first, last, count = rows[0]
    return {"first": first, "last": last} if count else None
