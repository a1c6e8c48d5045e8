"""The library's prices as definitions: tiers by length and service, and prices that change with time."""

from __future__ import annotations

import json
from typing import Any

from spanwise_server.domain.observations import Observation
from spanwise_server.services.pricing.built_in import make_built_in, supplement
from spanwise_server.services.pricing.price_library import bundled_providers, parse_providers


def content(prices: Any, match: Any = None, **model: Any) -> str:
    entry = {"id": "gpt-4o", "match": match or {"equals": "gpt-4o"}, "prices": prices, **model}
    return json.dumps([{"id": "openai", "name": "OpenAI", "api_pattern": "x", "models": [entry]}])


def test_tiers_by_length_service_and_date_become_tiers() -> None:
    (provider,) = parse_providers(
        content(
            {"input_mtok": {"base": 1, "tiers": [{"start": 200000, "price": 2}]}, "output_mtok": 4},
            price_variants=[{"when": {"service_tier": "flex"}, "prices": {"output_mtok": 3}}],
        )
    )
    tiers = make_built_in(provider, provider.models[0], "gpt-4o", now=0).definition.tiers

    shown = {tier.name: {key: float(price * 1_000_000) for key, price in tier.prices.items()} for tier in tiers}
    assert shown == {
        "Standard": {"input": 1, "output": 4},
        "Flex, over 200k input": {"input": 2, "output": 3},
        "Flex": {"input": 1, "output": 3},
        "Over 200k input": {"input": 2, "output": 4},
    }


def test_a_price_holds_from_its_date_on() -> None:
    prices = [{"prices": {"input_mtok": 1}}, {"constraint": {"start_date": "1970-01-03"}, "prices": {"input_mtok": 2}}]
    (provider,) = parse_providers(content(prices))
    model = make_built_in(provider, provider.models[0], "gpt-4o", now=0).compiled

    def price_on(day: int) -> float:
        row = Observation(project_id="p", trace_id="t", id="o", start_time=day * 86_400_000_000, usage={"input": 1})
        return float(model.tier_for(row, []).tier.prices["input"] * 1_000_000)

    assert [price_on(day) for day in range(4)] == [1, 1, 2, 2]


def test_the_supplement_fills_gaps_of_models_that_the_library_has() -> None:
    known = {(provider.id, model.id) for provider in bundled_providers() for model in provider.models}

    assert supplement().keys() <= known
