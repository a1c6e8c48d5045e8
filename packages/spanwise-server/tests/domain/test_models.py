"""Prices of a definition in their oldest form."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spanwise_server.domain.models import FlatPrices, ModelDefinition, PricingTier, flat_prices, price_of
from spanwise_server.domain.usage_keys import UnitKind


@pytest.mark.parametrize(
    ("prices", "flat"),
    [
        ({"input": 1, "output": 2}, FlatPrices(Decimal(1), Decimal(2), None)),
        ({"input_tokens": 1, "output_tokens": 2}, FlatPrices(Decimal(1), Decimal(2), None)),
        ({"input_tokens": 1, "input": 3}, FlatPrices(Decimal(3), None, None)),
        ({"total": 5}, FlatPrices(None, None, Decimal(5))),
        ({"images": 5}, FlatPrices()),
    ],
)
def test_flat_prices_are_those_of_the_default_tier(prices: dict[str, int], flat: FlatPrices) -> None:
    tier = PricingTier("t", "Standard", {key: Decimal(price) for key, price in prices.items()})
    model = ModelDefinition(id="m", project_id=None, name="m", match_pattern="m", tiers=(tier,), created_at=0, updated_at=0)

    assert flat_prices(model) == flat
    assert model.is_built_in


def test_a_price_is_found_under_any_spelling() -> None:
    prices = {"cache_read_input_tokens": Decimal(1)}

    assert price_of(prices, UnitKind.CACHE_READ) == 1
    assert price_of(prices, UnitKind.INPUT) is None
