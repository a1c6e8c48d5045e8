"""Runs over datasets, whichever way a client announced them: run items or experiment attributes."""

from __future__ import annotations

from spanwise_server._lib.clock import Clock
from spanwise_server.storage.metadata.database import MetadataDatabase


class DatasetRuns:
    """Runs over datasets, whichever way a client announced them: run items or experiment attributes."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
