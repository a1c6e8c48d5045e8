"""Rows of who belongs to organizations and projects, as those who administer them see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table, delete, insert, select, update

from spanwise_server.domain.accounts import Member, Role
from spanwise_server.storage.metadata.tables.accounts import (
    organization_memberships,
    project_memberships,
    projects,
    users,
)


def list_organization_members(connection: Connection, organization_id: str) -> list[Member]:
    """Return the organization's members by e-mail address."""
    return _members(connection, organization_memberships, organization_memberships.c.organization_id, organization_id)


def list_project_members(connection: Connection, project_id: str) -> list[Member]:
    """Return who has a role in this project of its own, by e-mail; members of the organization alone are not among them."""
    return _members(connection, project_memberships, project_memberships.c.project_id, project_id)


def set_organization_role(connection: Connection, organization_id: str, user_id: str, role: Role) -> None:
    """Make the user a member with ``role``, or give the member that role."""
    _set_role(
        connection, organization_memberships, organization_memberships.c.organization_id, (organization_id, user_id), role
    )


def set_project_role(connection: Connection, project_id: str, user_id: str, role: Role) -> None:
    """Give the user ``role`` in the project; it wins over that in the organization."""
    _set_role(connection, project_memberships, project_memberships.c.project_id, (project_id, user_id), role)


def remove_organization_member(connection: Connection, organization_id: str, user_id: str) -> bool:
    """End the user's membership, and their roles in the organization's projects; say whether there was one."""
    own_projects = select(projects.c.id).where(projects.c.organization_id == organization_id)
    member = project_memberships.c
    connection.execute(delete(project_memberships).where(member.user_id == user_id, member.project_id.in_(own_projects)))
    return _remove(connection, organization_memberships, organization_memberships.c.organization_id, organization_id, user_id)


def remove_project_member(connection: Connection, project_id: str, user_id: str) -> bool:
    """End the user's own role in the project; say whether there was one."""
    return _remove(connection, project_memberships, project_memberships.c.project_id, project_id, user_id)


def _members(connection: Connection, table: Table, owner: Column[Any], owner_id: str) -> list[Member]:
    statement = (
        select(users.c.id, users.c.email, users.c.name, table.c.role)
        .join(table, table.c.user_id == users.c.id)
        .where(owner == owner_id)
        .order_by(users.c.email)
    )
    return [
        Member(user_id=row.id, email=row.email, name=row.name, role=Role(row.role)) for row in connection.execute(statement)
    ]


def _set_role(connection: Connection, table: Table, owner: Column[Any], member: tuple[str, str], role: Role) -> None:
    owner_id, user_id = member
    changed = update(table).where(owner == owner_id, table.c.user_id == user_id).values(role=role.value)
    if connection.execute(changed).rowcount == 0:
        connection.execute(insert(table).values({owner.name: owner_id, "user_id": user_id, "role": role.value}))


def _remove(connection: Connection, table: Table, owner: Column[Any], owner_id: str, user_id: str) -> bool:
    return connection.execute(delete(table).where(owner == owner_id, table.c.user_id == user_id)).rowcount > 0
