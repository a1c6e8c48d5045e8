"""Score configs: made, changed, and looked up fast enough to check every score that comes in."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from spanwise_server._lib.clock import Clock
from spanwise_server._lib.expiring import ExpiringMap
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.domain.score_configs import ScoreCategory, ScoreConfig, checked
from spanwise_server.domain.scores import ScoreDataType
from spanwise_server.storage.metadata import score_configs
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

_REMEMBERED = 10_000
# What another server process changes takes this long to be seen here; what this one changes is seen at once.
_SECONDS = 5.0
_MOST_IDS_A_STATEMENT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreConfigDraft:
    """A config to be made."""

    name: str
    data_type: ScoreDataType
    categories: tuple[ScoreCategory, ...] | None = None
    min_value: float | None = None
    max_value: float | None = None
    description: str | None = None


class ScoreConfigs:
    """The score configs of all projects."""

    def __init__(
        self,
        database: MetadataDatabase,
        *,
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._remembered: ExpiringMap[tuple[str, str], ScoreConfig] = ExpiringMap(
            capacity=_REMEMBERED, seconds=_SECONDS, monotonic=monotonic
        )
        self._changes = 0

    async def page(self, project_id: str, *, limit: int, offset: int) -> tuple[list[ScoreConfig], int]:
        """Return a page of the project's configs, newest first, and how many there are in all."""

        def work(connection: MetadataTransaction) -> tuple[list[ScoreConfig], int]:
            found = score_configs.list_score_configs(connection, project_id, limit=limit, offset=offset)
            return found, score_configs.count_score_configs(connection, project_id)

        return await self._database.read(work)

    async def get(self, project_id: str, config_id: str) -> ScoreConfig:
        """Return the config.

        Raises:
            NotFoundError: The project has none with this id.
        """
        found = await self._database.read(lambda connection: _get(connection, project_id, config_id))
        if found is None:
            raise _unknown()
        return found

    async def create(self, project_id: str, draft: ScoreConfigDraft) -> ScoreConfig:
        """Make a config.

        Raises:
            InvalidRequestError: It makes no sense; ``issues`` say where.
        """
        now = self._clock()
        config = checked(
            ScoreConfig(
                id=self._new_id(),
                project_id=project_id,
                name=draft.name,
                data_type=draft.data_type,
                categories=draft.categories,
                min_value=draft.min_value,
                max_value=draft.max_value,
                description=draft.description,
                created_at=now,
                updated_at=now,
            )
        )
        await self._database.write(lambda connection: score_configs.add_score_config(connection, config))
        return config

    async def change(self, project_id: str, config_id: str, edit: Callable[[ScoreConfig], ScoreConfig]) -> ScoreConfig:
        """Replace the config by what ``edit`` makes of it; scores that exist already stay as they are.

        Raises:
            NotFoundError: The project has none with this id.
            InvalidRequestError: What ``edit`` makes of it makes no sense.
        """

        def work(connection: MetadataTransaction) -> ScoreConfig:
            known = _get(connection, project_id, config_id)
            if known is None:
                raise _unknown()
            config = checked(replace(edit(known), updated_at=self._clock()))
            score_configs.replace_score_config(connection, config)
            return config

        try:
            return await self._database.write(work)
        finally:
            self._changes += 1
            self._remembered.clear()

    async def find(self, project_id: str, config_ids: Collection[str]) -> Mapping[str, ScoreConfig]:
        """Return those of the configs that exist, by id; from memory for the most part."""
        found: dict[str, ScoreConfig] = {}
        for config_id in config_ids:
            remembered = self._remembered.get((project_id, config_id))
            if remembered is not None:
                found[config_id] = remembered
        missing = sorted({config_id for config_id in config_ids if config_id not in found})
        if not missing:
            return found
        changes = self._changes
        for config in await self._database.read(lambda connection: _find(connection, project_id, missing)):
            found[config.id] = config
            if changes == self._changes:  # else it may have been read before the change and would outlive it
                self._remembered.put((project_id, config.id), config)
        return found


def _get(connection: MetadataTransaction, project_id: str, config_id: str) -> ScoreConfig | None:
    # PostgreSQL takes no NUL, and no id has one.
    return None if "\0" in config_id else score_configs.get_score_config(connection, project_id, config_id)


def _find(connection: MetadataTransaction, project_id: str, config_ids: Sequence[str]) -> list[ScoreConfig]:
    return [
        config
        for start in range(0, len(config_ids), _MOST_IDS_A_STATEMENT)
        for config in score_configs.find_score_configs(
            connection, project_id, config_ids[start : start + _MOST_IDS_A_STATEMENT]
        )
    ]


def _unknown() -> NotFoundError:
    return NotFoundError("Score config not found within authorized project")
