"""Projects of an organization: made, changed, deleted with everything in them. Every call names the organization."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import Project
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.services.administration.organizations import existing_organization
from spanwise_server.storage.metadata import api_keys, projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

Eraser: TypeAlias = Callable[[str], Awaitable[None]]
"""Deletes everything of the project with this id that some store holds; returns when it is gone. May be called again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDraft:
    """What a project is to be; what is none stays as it is."""

    name: str
    retention_days: int | None = None
    """0: for ever."""
    metadata: Mapping[str, Any] | None = None


class ProjectAdministration:
    """Lists, makes, changes and deletes the projects of an organization."""

    def __init__(
        self, database: MetadataDatabase, *, clock: Clock, forget_keys: Callable[[], None], erasers: Sequence[Eraser]
    ) -> None:
        self._database = database
        self._clock = clock
        self._forget_keys = forget_keys
        self._erasers = erasers

    async def list(self, organization_id: str) -> Sequence[Project]:
        """Return the organization's projects, oldest first."""
        return await self._database.read(lambda connection: projects.list_projects(connection, organization_id))

    async def create(self, organization_id: str, draft: ProjectDraft) -> Project:
        """Make a project without keys.

        Raises:
            NotFoundError: The organization was deleted meanwhile.
        """

        def work(connection: MetadataTransaction) -> Project:
            project = Project(
                id=str(uuid.uuid4()),
                organization=existing_organization(connection, organization_id),
                name=draft.name,
                created_at=self._clock(),
                retention_days=draft.retention_days or None,
                metadata=draft.metadata or {},
            )
            projects.add_project(connection, project)
            return project

        return await self._database.write(work)

    async def update(self, organization_id: str, project_id: str, draft: ProjectDraft) -> Project:
        """Change the project.

        Raises:
            NotFoundError: The organization has no such project.
        """

        def work(connection: MetadataTransaction) -> Project:
            found = own_project(connection, organization_id, project_id)
            changed = replace(
                found,
                name=draft.name,
                retention_days=found.retention_days if draft.retention_days is None else draft.retention_days or None,
                metadata=found.metadata if draft.metadata is None else draft.metadata,
                updated_at=self._clock(),
            )
            projects.update_project(connection, changed)
            return changed

        return await self._database.write(work)

    async def delete(self, organization_id: str, project_id: str) -> None:
        """Delete the project and all its telemetry; nothing of it is left when this returns.

        Its keys go first, so that nothing more comes in. If a store fails on the way, the project is still there, without
        keys, and can be deleted again.

        Raises:
            NotFoundError: The organization has no such project.
            StoreUnavailableError: A store failed; call again.
        """

        def close(connection: MetadataTransaction) -> None:
            own_project(connection, organization_id, project_id)
            api_keys.delete_keys_of_project(connection, project_id)

        await self._database.write(close)
        self._forget_keys()
        for erase in self._erasers:
            await erase(project_id)
        await self._database.write(lambda connection: projects.delete_project(connection, project_id))


def own_project(connection: MetadataTransaction, organization_id: str, project_id: str) -> Project:
    """Return the project.

    Raises:
        NotFoundError: The organization has no such project; whether another one has is not said.
    """
    found = projects.get_project(connection, project_id)
    if found is None or found.organization.id != organization_id:
        raise NotFoundError("Project not found")
    return found
