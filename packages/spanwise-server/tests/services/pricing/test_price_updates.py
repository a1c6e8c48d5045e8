"""Built-in prices from a file: what it may hold, what it changes, and that a faulty one changes nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from spanwise_server._lib.clock import system_clock
from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.services.pricing.models import Models
from spanwise_server.services.pricing.price_updates import PriceUpdates
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.schema import migrate


def content(prices: Any, match: Any = None, **model: Any) -> str:
    entry = {"id": "gpt-4o", "match": match or {"equals": "gpt-4o"}, "prices": prices, **model}
    return json.dumps([{"id": "openai", "name": "OpenAI", "api_pattern": "x", "models": [entry]}])


@pytest.fixture
async def database() -> AsyncIterator[MetadataDatabase]:
    opened = MetadataDatabase()
    migrate(opened)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "[1]",
        '[{"id":"x"}]',
        "[" * 100_000,
        content({"input_mtok": -1}),
        content({"input_mtok": "dear"}),
        content({"input_mtok": "NaN"}),
        content({"input_mtok": {"base": 1, "tiers": [{"start": 1, "price": -1}]}}),
        content({"input_mtok": 1}, {"sounds_like": "x"}),
        content({"input_mtok": 1}, price_variants=[{"when": {}, "prices": {}}]),
    ],
)
async def test_a_file_with_any_fault_changes_nothing(database: MetadataDatabase, text: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        await PriceUpdates(database, clock=system_clock).replace(text, "prices.json")

    assert refused.value.hint is not None
    models = Models(database, clock=system_clock)
    assert "genai-prices" in await models.price_source()
    models.close()


async def test_prices_keep_every_digit_and_unknown_kinds_are_named(database: MetadataDatabase) -> None:
    updates = PriceUpdates(database, clock=system_clock)

    change = await updates.replace(content({"input_mtok": 0.1234567890123, "dreams_mtok": 1}), "prices.json")

    assert (change.models, list(change.unknown_keys)) == (1, ["dreams_mtok"])
    assert "gpt-4o-mini" in change.removed
    models = Models(database, clock=system_clock)
    found = (await models.catalog()).find("", "gpt-4o")
    models.close()
    assert found is not None
    assert f"{found.definition.default_tier.prices['input']:f}" == "0.0000001234567890123"


async def test_returning_to_the_released_prices_undoes_it(database: MetadataDatabase) -> None:
    updates = PriceUpdates(database, clock=system_clock)
    await updates.replace(content({"input_mtok": 9}), "prices.json")

    change = await updates.return_to_released()
    again = await updates.return_to_released()

    assert [entry.name for entry in change.changed] == ["gpt-4o"]
    assert (again.added, again.removed, again.changed) == ([], [], [])
