"""Rows of API keys. Knows hashes only; what is hashed and how stands in ``services.api_keys``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.accounts import ApiKey
from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.observations import Micros
from spanwise_server.storage.metadata.tables.accounts import api_keys


def get_api_key(connection: Connection, public_key: str) -> ApiKey | None:
    """Return the key pair with this public half, or none."""
    row = connection.execute(select(api_keys).where(api_keys.c.public_key == public_key)).one_or_none()
    return None if row is None else _api_key(row)


def list_project_keys(connection: Connection, project_id: str) -> list[ApiKey]:
    """Return the key pairs of the project, oldest first."""
    statement = select(api_keys).where(api_keys.c.project_id == project_id)
    return [_api_key(row) for row in connection.execute(statement.order_by(api_keys.c.created_at, api_keys.c.id))]


def list_organization_keys(connection: Connection, organization_id: str) -> list[ApiKey]:
    """Return the key pairs of the organization itself, oldest first; those of its projects are not among them."""
    statement = select(api_keys).where(api_keys.c.organization_id == organization_id)
    return [_api_key(row) for row in connection.execute(statement.order_by(api_keys.c.created_at, api_keys.c.id))]


def list_api_keys(connection: Connection) -> list[ApiKey]:
    """Return every key pair of the installation, oldest first."""
    return [_api_key(row) for row in connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id))]


def count_api_keys(connection: Connection) -> int:
    """Return how many key pairs there are, over all projects and organizations."""
    return connection.execute(select(func.count()).select_from(api_keys)).scalar_one()


def add_api_key(connection: Connection, key: ApiKey) -> None:
    """Insert the key pair; its project or organization exists already.

    Raises:
        ConflictError: The public half is in use.
    """
    values = {field.name: getattr(key, field.name) for field in fields(key)}
    try:
        connection.execute(insert(api_keys).values(values))
    except IntegrityError as error:
        raise ConflictError("The public key is in use already.") from error


def replace_secret(connection: Connection, key_id: str, *, secret_hash: bytes, display_secret: str) -> None:
    """Give the key pair another secret half."""
    connection.execute(
        update(api_keys).where(api_keys.c.id == key_id).values(secret_hash=secret_hash, display_secret=display_secret)
    )


def delete_project_key(connection: Connection, project_id: str, key_id: str) -> bool:
    """Delete a key pair of this project; say whether there was one."""
    statement = delete(api_keys).where(api_keys.c.id == key_id, api_keys.c.project_id == project_id)
    return connection.execute(statement).rowcount > 0


def delete_organization_key(connection: Connection, organization_id: str, key_id: str) -> bool:
    """Delete a key pair of this organization; say whether there was one."""
    statement = delete(api_keys).where(api_keys.c.id == key_id, api_keys.c.organization_id == organization_id)
    return connection.execute(statement).rowcount > 0


def delete_keys_of_project(connection: Connection, project_id: str) -> None:
    """Delete every key pair of the project."""
    connection.execute(delete(api_keys).where(api_keys.c.project_id == project_id))


def delete_api_key(connection: Connection, id_or_public_key: str) -> ApiKey | None:
    """Delete the key pair with this id or public half, whoever owns it; return what it was."""
    matches = or_(api_keys.c.id == id_or_public_key, api_keys.c.public_key == id_or_public_key)
    row = connection.execute(select(api_keys).where(matches)).first()
    if row is None:
        return None
    connection.execute(delete(api_keys).where(api_keys.c.id == row.id))
    return _api_key(row)


def record_uses(connection: Connection, uses: Mapping[str, Micros]) -> None:
    """Note when the keys, by id, were last used; an older time than the one kept is ignored, as is a key that is gone."""
    for key_id, used_at in sorted(uses.items()):
        is_older = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < used_at)
        connection.execute(update(api_keys).where(api_keys.c.id == key_id, is_older).values(last_used_at=used_at))


def _api_key(row: Row[Any]) -> ApiKey:
    return ApiKey(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it; the columns are the fields
