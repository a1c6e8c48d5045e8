"""Spans that Anthropic's SDK makes itself, captured beside those of OpenLLMetry."""

from __future__ import annotations

from tests.golden_requests import named
from tests.otlp_requests import observe_attributes

_TIER = "anthropic.usage.cache_creation.ephemeral_5m_input_tokens"


def test_the_tiers_of_the_cache() -> None:
    first, second, failed = named("openllmetry-anthropic-0.62.4", "anthropic.messages.create")
    assert first["usage"] == {
        "input": 36,
        "output": 40,
        "input_cached_tokens": 64,
        "input_cache_creation": 0,
        "input_cache_creation_5m": 12,
        "input_cache_creation_1h": 8,
        "total": 160,
    }
    assert second["completion_start_time"] > second["start_time"]
    assert (failed["level"], failed["model"], "usage" in failed) == ("ERROR", "refused", False)


def test_tiers_alone_say_nothing() -> None:
    assert observe_attributes({_TIER: 3}).usage == {}


def test_openllmetry_counts_the_same_call_in_its_own_span() -> None:
    (first, *_) = named("openllmetry-anthropic-0.62.4", "anthropic.chat")
    assert (first["usage"]["input"], first["usage"]["input_cached_tokens"], first["usage"]["total"]) == (36, 64, 160)
    assert first["called_tool_names"] == ["get_weather"]
