"""Rows of users, their memberships and their browser logins."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select, update

from spanwise_server.domain.accounts import LoginSession, ProjectMembership, Role, User
from spanwise_server.domain.observations import Micros
from spanwise_server.storage.metadata.projects import project_of, select_projects
from spanwise_server.storage.metadata.tables.accounts import (
    login_sessions,
    organization_memberships,
    project_memberships,
    projects,
    users,
)


def find_user(connection: Connection, email: str) -> User | None:
    """Return the user with this e-mail address (lower case), or none."""
    row = connection.execute(select(users).where(users.c.email == email)).mappings().one_or_none()
    return None if row is None else _user(row)


def list_users(connection: Connection) -> list[User]:
    """Return every user, by e-mail address."""
    return [_user(row) for row in connection.execute(select(users).order_by(users.c.email)).mappings()]


def get_user(connection: Connection, user_id: str) -> User | None:
    """Return the user, or none."""
    row = connection.execute(select(users).where(users.c.id == user_id)).mappings().one_or_none()
    return None if row is None else _user(row)


def set_password_hash(connection: Connection, user_id: str, password_hash: str) -> None:
    """Give the user another password, and end their logins."""
    connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))
    connection.execute(delete(login_sessions).where(login_sessions.c.user_id == user_id))


def add_user(connection: Connection, user: User) -> None:
    """Insert the user."""
    connection.execute(
        insert(users).values(
            id=user.id, email=user.email, name=user.name, password_hash=user.password_hash, created_at=user.created_at
        )
    )


def ensure_organization_member(connection: Connection, organization_id: str, user_id: str, role: Role) -> None:
    """Make the user a member with ``role`` unless it is a member already."""
    member = organization_memberships.c
    found = select(member.role).where(member.organization_id == organization_id, member.user_id == user_id)
    if connection.execute(found).first() is None:
        connection.execute(
            insert(organization_memberships).values(organization_id=organization_id, user_id=user_id, role=role.value)
        )


def ensure_project_member(connection: Connection, project_id: str, user_id: str, role: Role) -> None:
    """Give the user ``role`` in the project unless it has one there already; it wins over that in the organization."""
    member = project_memberships.c
    found = select(member.role).where(member.project_id == project_id, member.user_id == user_id)
    if connection.execute(found).first() is None:
        connection.execute(insert(project_memberships).values(project_id=project_id, user_id=user_id, role=role.value))


def list_memberships(connection: Connection, user_id: str, *, project_id: str | None = None) -> list[ProjectMembership]:
    """Return the projects that the user may see, by name; with ``project_id`` that one at most.

    A role in the project wins over that in the organization, also when it is ``NONE``, which shows nothing.
    """
    in_organization, in_project = organization_memberships.c, project_memberships.c
    statement = (
        select_projects()
        .add_columns(in_organization.role.label("organization_role"), in_project.role.label("project_role"))
        .outerjoin(
            organization_memberships,
            and_(in_organization.organization_id == projects.c.organization_id, in_organization.user_id == user_id),
        )
        .outerjoin(project_memberships, and_(in_project.project_id == projects.c.id, in_project.user_id == user_id))
        .where(or_(in_organization.user_id.is_not(None), in_project.user_id.is_not(None)))
        .order_by(projects.c.name, projects.c.id)
    )
    if project_id is not None:
        statement = statement.where(projects.c.id == project_id)
    found = [
        ProjectMembership(project=project_of(row), role=Role(row["project_role"] or row["organization_role"]))
        for row in connection.execute(statement).mappings()
    ]
    return [membership for membership in found if membership.role is not Role.NONE]


def add_login_session(connection: Connection, session: LoginSession) -> None:
    """Insert the login, and drop those that have ended."""
    connection.execute(delete(login_sessions).where(login_sessions.c.expires_at <= session.created_at))
    connection.execute(
        insert(login_sessions).values(
            token_hash=session.token_hash,
            user_id=session.user_id,
            created_at=session.created_at,
            expires_at=session.expires_at,
        )
    )


def find_logged_in_user(connection: Connection, token_hash: bytes, *, now: Micros) -> User | None:
    """Return whom the login belongs to, unless there is no such login or it has ended."""
    session = login_sessions.c
    statement = (
        select(users)
        .join(login_sessions, session.user_id == users.c.id)
        .where(session.token_hash == token_hash, session.expires_at > now)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _user(row)


def delete_login_session(connection: Connection, token_hash: bytes) -> None:
    """End the login; one that does not exist is ended already."""
    connection.execute(delete(login_sessions).where(login_sessions.c.token_hash == token_hash))


def _user(columns: RowMapping) -> User:
    return User(
        id=columns["id"],
        email=columns["email"],
        name=columns["name"],
        password_hash=columns["password_hash"],
        created_at=columns["created_at"],
    )
