"""Annotation queues, their items and assignments."""

from __future__ import annotations

from spanwise_server._lib.clock import Clock
from spanwise_server.storage.metadata.database import MetadataDatabase


class AnnotationQueues:
    """Annotation queues, their items and assignments."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
