"""Datasets and their items, with every version of each."""

from __future__ import annotations

from spanwise_server._lib.clock import Clock
from spanwise_server.storage.metadata.database import MetadataDatabase


class Datasets:
    """Datasets and their items, with every version of each."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
