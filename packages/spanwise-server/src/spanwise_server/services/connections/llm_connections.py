"""Connections to model providers; keys are encrypted at rest and never read back."""

from __future__ import annotations

import logging
import uuid

import msgspec

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.errors import ConfigurationError, NotFoundError
from spanwise_server.domain.llm_connections import LlmConnection, LlmConnectionSettings, LlmCredentials, display_secret
from spanwise_server.services.installation_keys import Sealing
from spanwise_server.storage.metadata import llm_connections as rows
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

_logger = logging.getLogger("spanwise.connections")


class LlmConnections:
    """The connections of all projects. Credentials go in, and come out only for a call to the provider."""

    def __init__(self, database: MetadataDatabase, sealing: Sealing, *, clock: Clock) -> None:
        self._database = database
        self._sealing = sealing
        self._clock = clock

    async def find(self, project_id: str, *, limit: int, offset: int) -> tuple[list[LlmConnection], int]:
        """Return a page of the project's connections, oldest first, and how many there are."""

        def work(connection: MetadataTransaction) -> tuple[list[LlmConnection], int]:
            found = rows.find_llm_connections(connection, project_id, limit=limit, offset=offset)
            return found, rows.count_llm_connections(connection, project_id)

        return await self._database.read(work)

    async def put(
        self, project_id: str, settings: LlmConnectionSettings, credentials: LlmCredentials
    ) -> tuple[LlmConnection, bool]:
        """Make the connection to the provider, or replace everything about it; return it and whether it is new."""

        def work(connection: MetadataTransaction) -> tuple[LlmConnection, bool]:
            now = self._clock()
            found = rows.get_llm_connection(connection, project_id, settings.provider)
            stored = LlmConnection(
                id=found[0].id if found else str(uuid.uuid4()),
                project_id=project_id,
                settings=settings,
                display_secret=display_secret(credentials.secret_key),
                extra_header_names=sorted(credentials.extra_headers),
                created_at=found[0].created_at if found else now,
                updated_at=now,
            )
            sealed = self._seal(stored, credentials)
            (rows.replace_llm_connection if found else rows.add_llm_connection)(connection, stored, sealed)
            return stored, found is None

        return await self._database.write(work)

    async def delete(self, project_id: str, connection_id: str) -> None:
        """Delete the connection with its credentials.

        Raises:
            NotFoundError: The project has no such connection.
        """
        if not await self._database.write(lambda connection: rows.delete_llm_connection(connection, project_id, connection_id)):
            raise NotFoundError("LLM connection not found")

    async def credentials(self, project_id: str, provider: str) -> LlmCredentials:
        """Return what a call to the provider carries. It must not go into an answer, a log or an error.

        Raises:
            NotFoundError: The project has no connection to the provider.
            ConfigurationError: The credentials were sealed by another installation, or are damaged.
        """
        found = await self._database.read(lambda connection: rows.get_llm_connection(connection, project_id, provider))
        if found is None:
            raise NotFoundError("LLM connection not found")
        plain = self._sealing.open(found[1], context=(project_id, found[0].id))
        return msgspec.json.decode(plain, type=LlmCredentials)

    async def renew_seals(self) -> None:
        """Seal with the present key what a former one has sealed. What cannot be opened stays, and is logged."""
        stored = await self._database.read(rows.sealed_credentials)
        renewed: list[tuple[str, bytes, bytes]] = []
        for project_id, connection_id, sealed in stored:
            if self._sealing.is_current(sealed):
                continue
            context = (project_id, connection_id)
            try:
                plain = self._sealing.open(sealed, context=context)
            except ConfigurationError as error:
                _logger.warning("credentials of llm connection %s cannot be opened: %s", connection_id, error.message)
            else:
                renewed.append((connection_id, self._sealing.seal(plain, context=context), sealed))

        def work(connection: MetadataTransaction) -> None:
            for connection_id, sealed, was in renewed:
                rows.replace_sealed_credentials(connection, connection_id, sealed, was=was)

        if renewed:
            await self._database.write(work)
            _logger.info("sealed the credentials of %d llm connections with the present key", len(renewed))

    def _seal(self, stored: LlmConnection, credentials: LlmCredentials) -> bytes:
        return self._sealing.seal(msgspec.json.encode(credentials), context=(stored.project_id, stored.id))
