"""The services of datasets over a metadata database in memory, with one project and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.storage.metadata import projects, schema
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

PROJECT = "p"
NOW = 1_790_000_000_123_456


@pytest.fixture
def metadata() -> Iterator[MetadataDatabase]:
    """Yield a migrated database with a project."""
    opened = MetadataDatabase()
    schema.migrate(opened)
    organization = Organization(id="o", name="o", created_at=1)

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, organization)
        projects.add_project(connection, Project(id=PROJECT, organization=organization, name="p", created_at=1))

    opened.write_now(work)
    yield opened
    opened.close_now()
