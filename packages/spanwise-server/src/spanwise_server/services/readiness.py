"""Whether the server can do its work now: both stores answer, and it is not shutting down."""

from __future__ import annotations

from dataclasses import dataclass

from spanwise_server._lib.clock import Clock
from spanwise_server._lib.expiring import ExpiringMap
from spanwise_server.domain.errors import StoreUnavailableError
from spanwise_server.query.queries import ObservationQuery
from spanwise_server.storage.interface import EventAdmin, EventReader
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.projects import has_organizations, list_project_ids

_RECENT_MICROS = 180_000_000
# Anybody may ask, and an answer takes a query a project: at most one such round in this time.
_RECENT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Ready:
    """The verdict, and for each store that failed, why."""

    is_ready: bool
    problems: tuple[str, ...] = ()


class Readiness:
    """Asks both stores a real question."""

    def __init__(self, database: MetadataDatabase, admin: EventAdmin, reader: EventReader, *, clock: Clock) -> None:
        self._database = database
        self._admin = admin
        self._reader = reader
        self._clock = clock
        self._recent: ExpiringMap[str, bool] = ExpiringMap(capacity=1, seconds=_RECENT_SECONDS)
        self.is_shutting_down = False
        """Set once, when the process has been asked to stop."""

    async def check(self) -> Ready:
        """Read from the metadata database and ask the event store for its health."""
        problems = []
        try:
            if not await self._database.read(has_organizations):
                problems.append("The metadata database has no organization.")
        except StoreUnavailableError as error:
            problems.append(error.message)
        health = await self._admin.health()
        if not health.is_ready:
            problems.append(health.detail)
        return Ready(not problems, tuple(problems))

    async def has_recent_events(self) -> bool:
        """Say whether any observation of any project started within the last three minutes."""
        remembered = self._recent.get("any")
        if remembered is not None:
            return remembered
        now = self._clock()
        # Clocks differ, so a little of the future counts as well; a date in the next century is no sign of life.
        since, until = now - _RECENT_MICROS, now + _RECENT_MICROS
        found = False
        for project_id in await self._database.read(list_project_ids):
            if await self._reader.find_observations(ObservationQuery(project_id=project_id, since=since, until=until, limit=1)):
                found = True
                break
        self._recent.put("any", found)
        return found
