"""Memberships are rows of one owner each; what concerns one leaves the others alone."""

from __future__ import annotations

import pytest

from spanwise_server.domain.accounts import Organization, Project, Role, User
from spanwise_server.storage.metadata import memberships, projects, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction


@pytest.fixture
def filled(database: MetadataDatabase) -> MetadataDatabase:
    """Two organizations with a project each, and two people."""

    def work(connection: MetadataTransaction) -> None:
        for number in (1, 2):
            organization = Organization(id=f"o{number}", name="O", created_at=1)
            projects.add_organization(connection, organization)
            projects.add_project(connection, Project(id=f"p{number}", organization=organization, name="P", created_at=2))
        for name in ("b", "a"):
            users.add_user(connection, User(id=name, email=f"{name}@x", name=name, password_hash=None, created_at=3))

    database.write_now(work)
    return database


def _roles(database: MetadataDatabase) -> dict[str, list[tuple[str, Role]]]:
    def work(connection: MetadataTransaction) -> dict[str, list[tuple[str, Role]]]:
        found = {f"o{n}": memberships.list_organization_members(connection, f"o{n}") for n in (1, 2)}
        found |= {f"p{n}": memberships.list_project_members(connection, f"p{n}") for n in (1, 2)}
        return {owner: [(member.user_id, member.role) for member in members] for owner, members in found.items() if members}

    return database.read_now(work)


def test_a_role_is_set_and_set_again(filled: MetadataDatabase) -> None:
    def work(connection: MetadataTransaction) -> None:
        for role in (Role.VIEWER, Role.ADMIN):
            memberships.set_organization_role(connection, "o1", "b", role)
            memberships.set_project_role(connection, "p2", "b", role)
        memberships.set_organization_role(connection, "o1", "a", Role.NONE)

    filled.write_now(work)

    assert _roles(filled) == {"o1": [("a", Role.NONE), ("b", Role.ADMIN)], "p2": [("b", Role.ADMIN)]}


def test_a_member_who_leaves_loses_the_projects_of_that_organization(filled: MetadataDatabase) -> None:
    def work(connection: MetadataTransaction) -> tuple[bool, bool, bool]:
        for owner in ("1", "2"):
            for user in ("a", "b"):
                memberships.set_organization_role(connection, f"o{owner}", user, Role.MEMBER)
                memberships.set_project_role(connection, f"p{owner}", user, Role.MEMBER)
        return (
            memberships.remove_organization_member(connection, "o1", "a"),
            memberships.remove_organization_member(connection, "o1", "a"),
            memberships.remove_project_member(connection, "p2", "b"),
        )

    assert filled.write_now(work) == (True, False, True)
    member = Role.MEMBER
    assert _roles(filled) == {
        "o1": [("b", member)],
        "o2": [("a", member), ("b", member)],
        "p1": [("b", member)],
        "p2": [("a", member)],
    }
