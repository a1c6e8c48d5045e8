"""Connections to model providers; keys are encrypted at rest and never read back."""

from __future__ import annotations

from spanwise_server._lib.clock import Clock
from spanwise_server.storage.metadata.database import MetadataDatabase


class LlmConnections:
    """Connections to model providers; keys are encrypted at rest and never read back."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
