"""Reads sessions, which exist only as the traces that name them."""

from __future__ import annotations

from spanwise_server.domain.traces import Session
from spanwise_server.query.fields import SESSION_FIELDS
from spanwise_server.query.queries import SessionQuery
from spanwise_server.storage.events.compile import Compiler, Parameters
from spanwise_server.storage.events.engine import Engine
from spanwise_server.storage.events.statements import statement
from spanwise_server.storage.events.windows import window_sql

COMPILER = Compiler(SESSION_FIELDS, {})
_SESSIONS = statement("session_aggregate")


class SessionReader:
    """The session half of ``EventReader``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def find(self, query: SessionQuery) -> list[Session]:
        """Return one page, newest first."""
        parameters = Parameters({"project_id": query.project_id, "limit": query.limit, "offset": query.offset})
        sql = statement("find_sessions", sessions=_SESSIONS, filters=_filters(query, parameters))
        rows = await self._engine.read(sql, parameters.values)
        return [
            Session(project_id=query.project_id, id=row[0], created_at=row[1], environment=row[2], trace_count=row[3])
            for row in rows
        ]

    async def count(self, query: SessionQuery) -> int:
        """Return how many sessions the query matches, whatever its page."""
        parameters = Parameters({"project_id": query.project_id})
        sql = statement("count_sessions", sessions=_SESSIONS, filters=_filters(query, parameters))
        return int((await self._engine.read(sql, parameters.values))[0][0])


def _filters(query: SessionQuery, parameters: Parameters) -> str:
    parameters.values.update(
        {name: value for name, value in (("since", query.since), ("until", query.until)) if value is not None}
    )
    since, until = "since" if query.since is not None else None, "until" if query.until is not None else None
    parts = [COMPILER.compile(query.where, parameters), window_sql(since, until, column="created_at").removeprefix("AND ")]
    if query.after is not None:
        time, last = parameters.bind(query.after.time, "Int64"), parameters.bind(query.after.id, "String")
        parts.append(f"(toUnixTimestamp64Micro(created_at), id) < ({time}, {last})")
    return " AND ".join(part for part in parts if part)
