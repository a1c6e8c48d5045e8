"""Rows of connections to providers. Credentials are sealed bytes here; what opens them stands in ``services``."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.llm_connections import LlmAdapter, LlmConnection, LlmConnectionSettings
from spanwise_server.storage.metadata.tables.llm_connections import llm_connections


def get_llm_connection(connection: Connection, project_id: str, provider: str) -> tuple[LlmConnection, bytes] | None:
    """Return the project's connection to ``provider`` with its sealed credentials, or none."""
    of_provider = (llm_connections.c.project_id == project_id, llm_connections.c.provider == provider)
    row = connection.execute(select(llm_connections).where(*of_provider)).one_or_none()
    return None if row is None else (_connection_of(row), bytes(row.sealed_credentials))


def find_llm_connections(connection: Connection, project_id: str, *, limit: int, offset: int) -> list[LlmConnection]:
    """Return a page of the project's connections, oldest first."""
    statement = select(llm_connections).where(llm_connections.c.project_id == project_id)
    ordered = statement.order_by(llm_connections.c.created_at, llm_connections.c.id).limit(limit).offset(offset)
    return [_connection_of(row) for row in connection.execute(ordered)]


def count_llm_connections(connection: Connection, project_id: str) -> int:
    """Return how many connections the project has."""
    of_project = llm_connections.c.project_id == project_id
    return connection.execute(select(func.count()).select_from(llm_connections).where(of_project)).scalar_one()


def add_llm_connection(connection: Connection, new: LlmConnection, sealed: bytes) -> None:
    """Insert the connection; its project exists already.

    Raises:
        ConflictError: Another request has just made one to the same provider.
    """
    values = {"id": new.id, "project_id": new.project_id, "created_at": new.created_at, **_values(new, sealed)}
    try:
        connection.execute(insert(llm_connections).values(**values))
    except IntegrityError as error:
        raise ConflictError(
            "The connection was made by another request just now.", hint="Send the request again to change it."
        ) from error


def replace_llm_connection(connection: Connection, changed: LlmConnection, sealed: bytes) -> None:
    """Give the connection with this id everything that ``changed`` says, and other credentials."""
    connection.execute(update(llm_connections).where(llm_connections.c.id == changed.id).values(**_values(changed, sealed)))


def delete_llm_connection(connection: Connection, project_id: str, connection_id: str) -> bool:
    """Delete the connection; say whether there was one."""
    this = (llm_connections.c.project_id == project_id, llm_connections.c.id == connection_id)
    return connection.execute(delete(llm_connections).where(*this)).rowcount > 0


def sealed_credentials(connection: Connection) -> list[tuple[str, str, bytes]]:
    """Return project, id and sealed credentials of every connection of the installation."""
    columns = (llm_connections.c.project_id, llm_connections.c.id, llm_connections.c.sealed_credentials)
    return [(row.project_id, row.id, bytes(row.sealed_credentials)) for row in connection.execute(select(*columns))]


def replace_sealed_credentials(connection: Connection, connection_id: str, sealed: bytes, *, was: bytes) -> None:
    """Give the connection the same credentials under another seal, unless they have been changed meanwhile."""
    this = (llm_connections.c.id == connection_id, llm_connections.c.sealed_credentials == was)
    connection.execute(update(llm_connections).where(*this).values(sealed_credentials=sealed))


def _values(shown: LlmConnection, sealed: bytes) -> dict[str, Any]:
    settings = shown.settings
    return {
        "provider": settings.provider,
        "adapter": settings.adapter.value,
        "display_secret": shown.display_secret,
        "sealed_credentials": sealed,
        "base_url": settings.base_url,
        "custom_models": list(settings.custom_models),
        "with_default_models": settings.with_default_models,
        "extra_header_names": list(shown.extra_header_names),
        "config": None if settings.config is None else msgspec.json.encode(settings.config).decode(),
        "updated_at": shown.updated_at,
    }


def _connection_of(row: Row[Any]) -> LlmConnection:
    return LlmConnection(
        id=row.id,
        project_id=row.project_id,
        settings=LlmConnectionSettings(
            provider=row.provider,
            adapter=LlmAdapter(row.adapter),
            base_url=row.base_url,
            custom_models=row.custom_models,
            with_default_models=row.with_default_models,
            config=None if row.config is None else msgspec.json.decode(row.config),
        ),
        display_secret=row.display_secret,
        extra_header_names=row.extra_header_names,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
