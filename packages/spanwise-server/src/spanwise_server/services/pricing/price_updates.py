"""Replaces the built-in prices by those of a file, and says what that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.models import ModelDefinition, PricingTier
from spanwise_server.services.pricing.built_in import unknown_price_keys
from spanwise_server.services.pricing.matching import BuiltInModels
from spanwise_server.services.pricing.price_library import bundled_providers, bundled_version, parse_providers
from spanwise_server.storage.metadata import models as rows
from spanwise_server.storage.metadata.database import MetadataDatabase

Prices = Mapping[str, Decimal]


class PriceChange(msgspec.Struct, frozen=True):
    """A model whose prices differ; of a new one ``before`` is empty, of one that is gone ``after``."""

    name: str
    before: Prices
    after: Prices


class PriceUpdate(msgspec.Struct, frozen=True):
    """What an update changes, by model name."""

    source: str
    """Where the new prices come from."""
    models: int
    added: Sequence[str]
    removed: Sequence[str]
    changed: Sequence[PriceChange]
    """Default prices that differ, and models of which only other tiers do (``before`` and ``after`` are then equal)."""
    unknown_keys: Sequence[str]
    """Kinds of price in the file that this version does not understand and leaves out."""


class PriceUpdates:
    """Changes the built-in prices of an installation, beside its running server or without one."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def replace(self, content: str, source: str, *, dry_run: bool = False) -> PriceUpdate:
        """Use the prices of a file in the library's format from now on; all of them or, if any is wrong, none.

        Raises:
            InvalidRequestError: it is no such file; nothing has changed.
        """
        now = self._clock()
        providers = parse_providers(content)
        update = _compare(await self._current(), BuiltInModels(providers, now=now), source, unknown_price_keys(providers))
        if not dry_run:
            file = rows.PriceFile(source, content, now)
            await self._database.write(lambda connection: rows.put_price_file(connection, file))
        return update

    async def return_to_released(self, *, dry_run: bool = False) -> PriceUpdate:
        """Use the prices of this release again."""
        released = BuiltInModels(bundled_providers(), now=self._clock())
        update = _compare(await self._current(), released, bundled_version(), ())
        if not dry_run:
            await self._database.write(lambda connection: rows.put_price_file(connection, None))
        return update

    async def _current(self) -> BuiltInModels:
        file = await self._database.read(rows.get_price_file)
        providers = bundled_providers() if file is None else parse_providers(file.content)
        return BuiltInModels(providers, now=self._clock())


def _compare(old: BuiltInModels, new: BuiltInModels, source: str, unknown_keys: Sequence[str]) -> PriceUpdate:
    before = {model.definition.name: model.definition for model in old.all}
    after = {model.definition.name: model.definition for model in new.all}
    changed = [
        PriceChange(name, before[name].default_tier.prices, after[name].default_tier.prices)
        for name in sorted(before.keys() & after.keys())
        if _prices(before[name]) != _prices(after[name])
    ]
    return PriceUpdate(
        source=source,
        models=len(after),
        added=sorted(after.keys() - before.keys()),
        removed=sorted(before.keys() - after.keys()),
        changed=changed,
        unknown_keys=unknown_keys,
    )


def _prices(model: ModelDefinition) -> list[tuple[str, Prices, object]]:
    def said(tier: PricingTier) -> tuple[str, Prices, object]:
        return tier.name, tier.prices, tier.conditions

    return [said(tier) for tier in model.tiers]
