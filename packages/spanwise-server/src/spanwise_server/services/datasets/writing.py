"""Writes that may meet another writer of the same thing. Knows no resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from spanwise_server.domain.errors import ConflictError
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

T = TypeVar("T")


async def write_with_retry(database: MetadataDatabase, work: Callable[[MetadataTransaction], T]) -> T:
    """Run ``work`` in a transaction, and once more if another writer was faster: it then finds what that one wrote.

    Raises:
        ConflictError: it lost twice.
    """
    try:
        return await database.write(work)
    except ConflictError:
        return await database.write(work)
