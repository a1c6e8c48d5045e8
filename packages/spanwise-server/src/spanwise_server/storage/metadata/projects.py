"""Rows of organizations and projects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, RowMapping, Select, delete, func, insert, select, update

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.storage.metadata.tables.accounts import organizations, projects


def has_organizations(connection: Connection) -> bool:
    """Say whether the installation has been set up."""
    return connection.execute(select(organizations.c.id).limit(1)).first() is not None


def get_organization(connection: Connection, organization_id: str) -> Organization | None:
    """Return the organization, or none."""
    row = connection.execute(select(organizations).where(organizations.c.id == organization_id)).one_or_none()
    return None if row is None else _organization(row)


def list_organizations(connection: Connection) -> list[Organization]:
    """Return every organization, oldest first."""
    statement = select(organizations).order_by(organizations.c.created_at, organizations.c.id)
    return [_organization(row) for row in connection.execute(statement)]


def first_organization(connection: Connection) -> Organization | None:
    """Return the oldest organization, or none in an empty installation."""
    row = connection.execute(select(organizations).order_by(organizations.c.created_at, organizations.c.id).limit(1)).first()
    return None if row is None else _organization(row)


def first_project(connection: Connection, organization_id: str) -> Project | None:
    """Return the oldest project of the organization, or none."""
    statement = select_projects().where(projects.c.organization_id == organization_id)
    row = connection.execute(statement.order_by(projects.c.created_at, projects.c.id).limit(1)).mappings().first()
    return None if row is None else project_of(row)


def add_organization(connection: Connection, organization: Organization) -> None:
    """Insert the organization."""
    connection.execute(
        insert(organizations).values(
            id=organization.id,
            name=organization.name,
            created_at=organization.created_at,
            metadata=dict(organization.metadata),
        )
    )


def update_organization(connection: Connection, organization: Organization) -> None:
    """Write the organization's name and metadata."""
    connection.execute(
        update(organizations)
        .where(organizations.c.id == organization.id)
        .values(name=organization.name, metadata=dict(organization.metadata))
    )


def delete_organization(connection: Connection, organization_id: str) -> None:
    """Delete the organization, its keys and memberships. Its projects must have been deleted before."""
    connection.execute(delete(organizations).where(organizations.c.id == organization_id))


def count_projects(connection: Connection, organization_id: str) -> int:
    """Return how many projects the organization has."""
    statement = select(func.count()).select_from(projects).where(projects.c.organization_id == organization_id)
    return connection.execute(statement).scalar_one()


def get_project(connection: Connection, project_id: str) -> Project | None:
    """Return the project with its organization, or none."""
    row = connection.execute(select_projects().where(projects.c.id == project_id)).mappings().one_or_none()
    return None if row is None else project_of(row)


def list_projects(connection: Connection, organization_id: str | None = None) -> list[Project]:
    """Return the projects of the organization, or of all, oldest first."""
    statement = select_projects().order_by(projects.c.created_at, projects.c.id)
    if organization_id is not None:
        statement = statement.where(projects.c.organization_id == organization_id)
    return [project_of(row) for row in connection.execute(statement).mappings()]


def list_project_ids(connection: Connection) -> list[str]:
    """Return the id of every project."""
    return list(connection.execute(select(projects.c.id).order_by(projects.c.id)).scalars())


def add_project(connection: Connection, project: Project) -> None:
    """Insert the project; its organization exists already."""
    connection.execute(
        insert(projects).values(
            id=project.id,
            organization_id=project.organization.id,
            name=project.name,
            retention_days=project.retention_days,
            metadata=dict(project.metadata),
            created_at=project.created_at,
            updated_at=project.updated_at,
        )
    )


def update_project(connection: Connection, project: Project) -> None:
    """Write the project's name, retention and metadata, and when they were changed."""
    connection.execute(
        update(projects)
        .where(projects.c.id == project.id)
        .values(
            name=project.name,
            retention_days=project.retention_days,
            metadata=dict(project.metadata),
            updated_at=project.updated_at,
        )
    )


def delete_project(connection: Connection, project_id: str) -> None:
    """Delete the project and everything in this database that belongs to it."""
    connection.execute(delete(projects).where(projects.c.id == project_id))


def select_projects() -> Select[Any]:
    """Select what ``project_of`` needs."""
    return select(
        projects,
        organizations.c.name.label("organization_name"),
        organizations.c.created_at.label("organization_created_at"),
        organizations.c.metadata.label("organization_metadata"),
    ).join(organizations, projects.c.organization_id == organizations.c.id)


def project_of(columns: RowMapping) -> Project:
    """Build the project of one row of ``select_projects``."""
    return Project(
        id=columns["id"],
        name=columns["name"],
        retention_days=columns["retention_days"],
        metadata=columns["metadata"],
        created_at=columns["created_at"],
        updated_at=columns["updated_at"],
        organization=Organization(
            id=columns["organization_id"],
            name=columns["organization_name"],
            created_at=columns["organization_created_at"],
            metadata=columns["organization_metadata"] or {},
        ),
    )


def _organization(row: Row[Any]) -> Organization:
    return Organization(id=row.id, name=row.name, created_at=row.created_at, metadata=row.metadata or {})
