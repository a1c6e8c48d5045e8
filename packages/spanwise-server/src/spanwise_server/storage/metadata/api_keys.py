"""Rows of API keys. Knows hashes only; what is hashed and how stands in ``services.api_keys``."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select, update

from spanwise_server.domain.accounts import ApiKey
from spanwise_server.storage.metadata.tables.accounts import api_keys


def get_api_key(connection: Connection, public_key: str) -> ApiKey | None:
    """Return the key pair with this public half, or none."""
    row = connection.execute(select(api_keys).where(api_keys.c.public_key == public_key)).one_or_none()
    if row is None:
        return None
    return ApiKey(
        id=row.id,
        project_id=row.project_id,
        public_key=row.public_key,
        secret_hash=row.secret_hash,
        display_secret=row.display_secret,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def count_api_keys(connection: Connection) -> int:
    """Return how many key pairs there are, over all projects."""
    return connection.execute(select(func.count()).select_from(api_keys)).scalar_one()


def add_api_key(connection: Connection, key: ApiKey) -> None:
    """Insert the key pair; its project exists already."""
    connection.execute(
        insert(api_keys).values(
            id=key.id,
            project_id=key.project_id,
            public_key=key.public_key,
            secret_hash=key.secret_hash,
            display_secret=key.display_secret,
            created_at=key.created_at,
            expires_at=key.expires_at,
        )
    )


def replace_secret(connection: Connection, key_id: str, *, secret_hash: bytes, display_secret: str) -> None:
    """Give the key pair another secret half."""
    connection.execute(
        update(api_keys).where(api_keys.c.id == key_id).values(secret_hash=secret_hash, display_secret=display_secret)
    )
