"""Organizations, projects, memberships and API keys, as administrators manage them."""

from __future__ import annotations

from spanwise_server._lib.clock import Clock
from spanwise_server.storage.metadata.database import MetadataDatabase


class Administration:
    """Organizations, projects, memberships and API keys, as administrators manage them."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
