"""Projects as callers see them."""

from __future__ import annotations

from collections.abc import Sequence

from spanwise_server.domain.accounts import Project
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase


class Projects:
    """Looks projects up."""

    def __init__(self, database: MetadataDatabase) -> None:
        self._database = database

    async def get(self, project_id: str) -> Project:
        """Return the project.

        Raises:
            NotFoundError: It was deleted meanwhile.
        """
        project = await self._database.read(lambda connection: projects.get_project(connection, project_id))
        if project is None:
            raise NotFoundError(f"Project {project_id} does not exist.")
        return project

    async def list_all(self) -> Sequence[Project]:
        """Return every project of the installation."""
        return await self._database.read(projects.list_projects)
