"""Deletes what belongs to a project, all of it or what is older than a time, from every table there is.

Which tables those are is asked of the engine: one that a later migration adds cannot be forgotten here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spanwise_server.domain.observations import Micros
from spanwise_server.storage.events.engine import Engine
from spanwise_server.storage.events.statements import statement

_WAIT = {"mutations_sync": 2}
_LIGHTWEIGHT = {"lightweight_delete_mode": "alter_update", "lightweight_deletes_sync": 2}
"""A mask over the old parts, effective when the statement returns; merges free the space. Patch parts, which suit the deletion
of a few traces, hold an entry for each deleted row and would outgrow the mask."""
_MINUTE = 60_000_000


class Eraser:
    """The wholesale half of ``EventAdmin``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def delete_project(self, project_id: str) -> None:
        """Delete every row of the project, from the disk as well: nobody may find it there."""
        for table in await self._tables():
            await self._run(statement("delete_rows_of_project", table=table), {"project_id": project_id}, _WAIT)

    async def delete_before(self, project_id: str, before: Micros) -> bool:
        """Delete what began before this time, to the minute; say whether there was any."""
        # Whole minutes: they are the sort key, so no version of a row is left without the one that replaced it.
        parameters = {"project_id": project_id, "before": before // _MINUTE * _MINUTE}
        found = False
        for table, time in (await self._tables()).items():
            if time and await self._engine.read(statement("has_rows_before", table=table, time=time), parameters):
                found = True
                await self._run(statement("delete_rows_before", table=table, time=time), parameters, _LIGHTWEIGHT)
        return found

    async def _tables(self) -> Mapping[str, str]:
        """Return each table that has projects, and the column that says when a row began, if it has one."""
        return {str(table): str(time) for table, time in await self._engine.read(statement("tables_of_projects"))}

    async def _run(self, sql: str, parameters: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        await self._engine.on_writer(lambda client: client.command(sql, parameters=dict(parameters), settings=dict(settings)))
