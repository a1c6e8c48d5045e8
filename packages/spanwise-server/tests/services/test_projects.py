"""Projects are looked up by id."""

from __future__ import annotations

import pytest

from spanwise_server.domain.errors import NotFoundError
from spanwise_server.services.projects import Projects
from spanwise_server.storage.metadata.database import MetadataDatabase


async def test_a_project_is_found_by_id(database: MetadataDatabase) -> None:
    project = await Projects(database).get("p")

    assert (project.name, project.organization.name) == ("Project", "Organization")


async def test_a_project_that_is_gone_is_not_found(database: MetadataDatabase) -> None:
    with pytest.raises(NotFoundError, match="gone"):
        await Projects(database).get("gone")
