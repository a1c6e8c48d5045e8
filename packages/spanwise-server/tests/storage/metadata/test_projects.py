"""Projects and organizations come back as they were added."""

from __future__ import annotations

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

ORGANIZATION = Organization(id="o-1", name="First", created_at=1)
PROJECT = Project(
    id="p-1", organization=ORGANIZATION, name="Project", created_at=2, retention_days=30, metadata={"team": ["a", {"b": 1}]}
)


def _add(connection: MetadataTransaction) -> None:
    projects.add_organization(connection, ORGANIZATION)
    projects.add_project(connection, PROJECT)


def test_what_is_added_is_found_again(database: MetadataDatabase) -> None:
    assert not database.read_now(projects.has_organizations)
    database.write_now(_add)

    assert database.read_now(projects.has_organizations)
    assert database.read_now(lambda connection: projects.get_project(connection, "p-1")) == PROJECT
    assert database.read_now(lambda connection: projects.get_organization(connection, "o-1")) == ORGANIZATION
    assert database.read_now(projects.list_project_ids) == ["p-1"]


def test_what_is_not_there_is_none(database: MetadataDatabase) -> None:
    assert database.read_now(lambda connection: projects.get_project(connection, "p-1")) is None
    assert database.read_now(lambda connection: projects.get_organization(connection, "o-1")) is None
    assert database.read_now(projects.first_organization) is None
    assert database.read_now(lambda connection: projects.first_project(connection, "o-1")) is None


def test_the_oldest_comes_first(database: MetadataDatabase) -> None:
    database.write_now(_add)
    younger = Project(id="p-0", organization=ORGANIZATION, name="A", created_at=3)
    database.write_now(lambda connection: projects.add_project(connection, younger))
    database.write_now(
        lambda connection: projects.add_organization(connection, Organization(id="o-0", name="Second", created_at=9))
    )

    assert database.read_now(projects.first_organization) == ORGANIZATION
    assert database.read_now(lambda connection: projects.first_project(connection, "o-1")) == PROJECT
