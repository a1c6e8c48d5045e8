"""Model definitions, built in and of projects, and which of them a model name means."""

from __future__ import annotations

from spanwise_server._lib.clock import Clock
from spanwise_server.storage.metadata.database import MetadataDatabase


class Models:
    """Model definitions, built in and of projects, and which of them a model name means."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
