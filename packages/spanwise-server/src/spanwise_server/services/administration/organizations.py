"""Organizations, as the holder of the admin key manages them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.domain.errors import InvalidRequestError, NotFoundError
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction


@dataclass(frozen=True, slots=True)
class OrganizationWithProjects:
    """An organization and what it owns."""

    organization: Organization
    projects: Sequence[Project]


class Organizations:
    """Lists, makes, changes and deletes organizations."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock, forget_keys: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._forget_keys = forget_keys

    async def list(self) -> Sequence[OrganizationWithProjects]:
        """Return every organization with its projects, oldest first."""

        def work(connection: MetadataTransaction) -> Sequence[OrganizationWithProjects]:
            owned: dict[str, list[Project]] = {}
            for project in projects.list_projects(connection):
                owned.setdefault(project.organization.id, []).append(project)
            return [
                OrganizationWithProjects(organization, owned.get(organization.id, ()))
                for organization in projects.list_organizations(connection)
            ]

        return await self._database.read(work)

    async def get(self, organization_id: str) -> OrganizationWithProjects:
        """Return one organization.

        Raises:
            NotFoundError: There is none with this id.
        """
        return await self._database.read(
            lambda connection: OrganizationWithProjects(
                existing_organization(connection, organization_id), projects.list_projects(connection, organization_id)
            )
        )

    async def create(self, name: str, metadata: Mapping[str, Any] | None = None) -> Organization:
        """Make an organization without projects, members and keys."""
        organization = Organization(id=str(uuid.uuid4()), name=name, created_at=self._clock(), metadata=metadata or {})
        await self._database.write(lambda connection: projects.add_organization(connection, organization))
        return organization

    async def update(self, organization_id: str, name: str, metadata: Mapping[str, Any] | None) -> OrganizationWithProjects:
        """Rename the organization; metadata that is none stays as it is.

        Raises:
            NotFoundError: There is none with this id.
        """

        def work(connection: MetadataTransaction) -> OrganizationWithProjects:
            found = existing_organization(connection, organization_id)
            changed = replace(found, name=name, metadata=found.metadata if metadata is None else metadata)
            projects.update_organization(connection, changed)
            return OrganizationWithProjects(changed, projects.list_projects(connection, organization_id))

        return await self._database.write(work)

    async def delete(self, organization_id: str) -> None:
        """Delete an organization that has no projects any more, with its keys and memberships.

        Raises:
            NotFoundError: There is none with this id.
            InvalidRequestError: It still has projects.
        """

        def work(connection: MetadataTransaction) -> None:
            existing_organization(connection, organization_id)
            count = projects.count_projects(connection, organization_id)
            if count:
                raise InvalidRequestError(
                    f"The organization still has {count} {'project' if count == 1 else 'projects'}",
                    hint="Delete its projects first; their telemetry goes with them.",
                )
            projects.delete_organization(connection, organization_id)

        await self._database.write(work)
        self._forget_keys()


def existing_organization(connection: MetadataTransaction, organization_id: str) -> Organization:
    """Return the organization.

    Raises:
        NotFoundError: There is none with this id.
    """
    found = projects.get_organization(connection, organization_id)
    if found is None:
        raise NotFoundError("Organization not found")
    return found
