"""Deletes telemetry that is older than its project keeps it. Knows when; what is deleted, and how, is the stores' part."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.observations import Micros
from spanwise_server.services.projects import Projects

_logger = logging.getLogger("spanwise.jobs")
_DAY_MICROS = 86_400_000_000

Deletion: TypeAlias = Callable[[str, Micros], Awaitable[bool]]
"""Deletes what a project has from before a time; says whether there was any."""


class Retention:
    """One sweep over all projects that keep telemetry for a number of days."""

    def __init__(self, projects: Projects, deletions: Sequence[Deletion], *, clock: Clock) -> None:
        self._projects = projects
        self._deletions = deletions
        self._clock = clock

    async def sweep(self) -> Sequence[str]:
        """Delete what is too old; return the projects that had any."""
        swept = []
        for project in await self._projects.list_all():
            if not project.retention_days:
                continue
            before = self._clock() - project.retention_days * _DAY_MICROS
            if any([await delete(project.id, before) for delete in self._deletions]):
                swept.append(project.id)
                _logger.info("deleted old telemetry project_id=%s retention_days=%d", project.id, project.retention_days)
        return swept
