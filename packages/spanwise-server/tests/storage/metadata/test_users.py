"""Users, what they may see, and their logins."""

from __future__ import annotations

import pytest

from spanwise_server.domain.accounts import LoginSession, Organization, Project, Role, User
from spanwise_server.storage.metadata import projects, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

ORGANIZATIONS = [Organization(id=f"o{number}", name=f"O{number}", created_at=number) for number in (1, 2)]
PROJECTS = [
    Project(id=f"p{number}", organization=ORGANIZATIONS[number // 3], name=name, created_at=number)
    for number, name in enumerate("bacd", start=1)
]
USER = User(id="u", email="u@x", name="U", password_hash="hash", created_at=3)


@pytest.fixture
def filled(database: MetadataDatabase) -> MetadataDatabase:
    def work(connection: MetadataTransaction) -> None:
        for organization in ORGANIZATIONS:
            projects.add_organization(connection, organization)
        for project in PROJECTS:
            projects.add_project(connection, project)
        users.add_user(connection, USER)

    database.write_now(work)
    return database


def _seen(database: MetadataDatabase, project_id: str | None = None) -> dict[str, Role]:
    found = database.read_now(lambda connection: users.list_memberships(connection, "u", project_id=project_id))
    return {membership.project.id: membership.role for membership in found}


def test_a_user_is_found_by_address(filled: MetadataDatabase) -> None:
    assert filled.read_now(lambda connection: users.find_user(connection, "u@x")) == USER
    assert filled.read_now(lambda connection: users.find_user(connection, "v@x")) is None
    assert "hash" not in repr(USER).replace("password_hash", "")


def test_a_stranger_sees_nothing(filled: MetadataDatabase) -> None:
    assert _seen(filled) == {}


def test_a_member_of_an_organization_sees_its_projects_by_name(filled: MetadataDatabase) -> None:
    filled.write_now(lambda connection: users.ensure_organization_member(connection, "o1", "u", Role.ADMIN))

    assert list(_seen(filled).items()) == [("p2", Role.ADMIN), ("p1", Role.ADMIN)]
    assert _seen(filled, "p1") == {"p1": Role.ADMIN}
    assert _seen(filled, "p3") == {}


def test_a_role_in_the_project_wins_over_the_organizations(filled: MetadataDatabase) -> None:
    filled.write_now(lambda connection: users.ensure_organization_member(connection, "o1", "u", Role.OWNER))
    filled.write_now(lambda connection: users.ensure_project_member(connection, "p1", "u", Role.VIEWER))
    filled.write_now(lambda connection: users.ensure_project_member(connection, "p3", "u", Role.MEMBER))

    assert _seen(filled) == {"p2": Role.OWNER, "p1": Role.VIEWER, "p3": Role.MEMBER}


def test_a_role_is_given_once(filled: MetadataDatabase) -> None:
    def work(connection: MetadataTransaction) -> None:
        for role in (Role.VIEWER, Role.OWNER):
            users.ensure_project_member(connection, "p1", "u", role)
            users.ensure_organization_member(connection, "o2", "u", role)

    filled.write_now(work)

    assert set(_seen(filled).values()) == {Role.VIEWER}


def _session(token_hash: bytes, *, created_at: int, expires_at: int) -> LoginSession:
    return LoginSession(token_hash=token_hash, user_id="u", created_at=created_at, expires_at=expires_at)


def test_a_login_lasts_until_it_expires(filled: MetadataDatabase) -> None:
    filled.write_now(lambda connection: users.add_login_session(connection, _session(b"t", created_at=10, expires_at=20)))

    def at(now: int) -> User | None:
        return filled.read_now(lambda connection: users.find_logged_in_user(connection, b"t", now=now))

    assert at(19) == USER
    assert at(20) is None
    assert filled.read_now(lambda connection: users.find_logged_in_user(connection, b"other", now=11)) is None


def test_a_login_that_was_ended_is_gone_and_others_stay(filled: MetadataDatabase) -> None:
    def work(connection: MetadataTransaction) -> None:
        for token_hash in (b"a", b"b"):
            users.add_login_session(connection, _session(token_hash, created_at=10, expires_at=20))
        users.delete_login_session(connection, b"a")

    filled.write_now(work)

    assert filled.read_now(lambda connection: users.find_logged_in_user(connection, b"a", now=11)) is None
    assert filled.read_now(lambda connection: users.find_logged_in_user(connection, b"b", now=11)) == USER


def test_ended_logins_are_swept_by_the_next(filled: MetadataDatabase) -> None:
    filled.write_now(lambda connection: users.add_login_session(connection, _session(b"old", created_at=0, expires_at=5)))
    filled.write_now(lambda connection: users.add_login_session(connection, _session(b"new", created_at=5, expires_at=9)))

    assert filled.read_now(lambda connection: users.find_logged_in_user(connection, b"old", now=0)) is None
