"""Usage and cost in the shapes that model APIs, gateways and careless clients report."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.ingest.usage import COST_MAX, normalise_cost, normalise_usage
from spanwise_server.ingest.usage_shapes import UNITS_MAX

_OPENAI_CHAT = {
    "prompt_tokens": 100,
    "completion_tokens": 50,
    "total_tokens": 150,
    "prompt_tokens_details": {"cached_tokens": 30, "audio_tokens": None},
    "completion_tokens_details": {"reasoning_tokens": 20},
}
_OPENAI_CHAT_UNITS = {
    "input": 70,
    "output": 30,
    "input_cached_tokens": 30,
    "output_reasoning_tokens": 20,
    "total": 150,
}
_SHAPES: list[tuple[str, Any, dict[str, int]]] = [
    ("own keys", {"input": 1, "output": 2}, {"input": 1, "output": 2, "total": 3}),
    ("own keys with a total that differs", {"input": 1, "output": 2, "total": 9}, {"input": 1, "output": 2, "total": 9}),
    ("OpenAI chat completion", _OPENAI_CHAT, _OPENAI_CHAT_UNITS),
    ("OpenAI chat completion as JSON text", json.dumps(_OPENAI_CHAT), _OPENAI_CHAT_UNITS),
    (
        "OpenAI chat completion with a provider's extra keys",
        _OPENAI_CHAT | {"cost": 0.01, "service_tier": "default", "num_sources_used": 3},
        _OPENAI_CHAT_UNITS | {"num_sources_used": 3},
    ),
    (
        "OpenAI responses",
        {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15, "input_tokens_details": {"cached_tokens": 4}},
        {"input": 6, "output": 5, "input_cached_tokens": 4, "total": 15},
    ),
    ("two counters of the responses shape", {"input_tokens": 10, "output_tokens": 5}, {"input": 10, "output": 5, "total": 15}),
    (
        "details larger than what contains them",
        {"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}},
        {"input": 0, "output": 0, "input_cached_tokens": 9, "total": 5},
    ),
    (
        "gateway that repeats the cache under Anthropic's names",
        _OPENAI_CHAT | {"cache_read_input_tokens": 30, "cache_creation_input_tokens": 20},
        _OPENAI_CHAT_UNITS | {"input": 50, "input_cache_creation": 20},
    ),
    (
        "LangChain",
        {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14, "input_token_details": {"cache_read": 3}},
        {"input": 7, "output": 4, "input_cache_read": 3, "total": 14},
    ),
    (
        "Vercel AI SDK",
        {
            "inputTokens": 10,
            "outputTokens": 4,
            "inputTokenDetails": {"noCacheTokens": 7, "cacheReadTokens": 3},
            "reasoningTokens": 1,
        },
        {"input": 7, "output": 3, "input_cache_read": 3, "output_reasoning_tokens": 1, "total": 14},
    ),
    (
        "Anthropic",
        {"input_tokens": 1, "output_tokens": 2, "cache_creation_input_tokens": 10, "cache_read_input_tokens": 4},
        {
            "input_tokens": 1,
            "output_tokens": 2,
            "cache_creation_input_tokens": 10,
            "cache_read_input_tokens": 4,
            "total": 17,
        },
    ),
    (
        "Anthropic with the cache's lifetimes",
        {
            "input_tokens": 1,
            "output_tokens": 2,
            "cache_creation_input_tokens": 10,
            "cache_read_input_tokens": 4,
            "cache_creation": {"ephemeral_5m_input_tokens": 7, "ephemeral_1h_input_tokens": 2},
            "server_tool_use": {"web_search_requests": 1},
            "service_tier": "standard",
        },
        {
            "input_tokens": 1,
            "output_tokens": 2,
            "cache_creation_input_tokens": 1,
            "cache_read_input_tokens": 4,
            "input_cache_creation_5m": 7,
            "input_cache_creation_1h": 2,
            "server_tool_use_web_search_requests": 1,
            "total": 17,
        },
    ),
    (
        "Gemini",
        {
            "promptTokenCount": 10,
            "candidatesTokenCount": 2,
            "totalTokenCount": 12,
            "cachedContentTokenCount": 4,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 10}],
        },
        {
            "promptTokenCount": 10,
            "candidatesTokenCount": 2,
            "totalTokenCount": 12,
            "cachedContentTokenCount": 4,
            "promptTokensDetails_text": 10,
            "total": 12,
        },
    ),
    (
        "Gemini without a total",
        {"prompt_token_count": 10, "candidates_token_count": 2, "cached_content_token_count": 4},
        {"prompt_token_count": 10, "candidates_token_count": 2, "cached_content_token_count": 4, "total": 12},
    ),
    ("a total alone", {"total_tokens": 5}, {"total_tokens": 5, "total": 5}),
    (
        "an unknown nested shape",
        {"billed": {"search": 2, "deep": {"er": 1}}},
        {"billed_search": 2, "billed_deep_er": 1, "total": 3},
    ),
    (
        "nested next to counted",
        {"units": 7, "detail": {"a": 3, "b": 4}},
        {"units": 7, "detail_a": 3, "detail_b": 4, "total": 7},
    ),
    ("text and integral floats", {"input": "12", "output": 3.0}, {"input": 12, "output": 3, "total": 15}),
    ("beyond 64 bits", {"input": 2**70}, {"input": UNITS_MAX, "total": UNITS_MAX}),
    ("nothing", None, {}),
    ("empty", {}, {}),
    ("empty text", "", {}),
]


@pytest.mark.parametrize(("value", "units"), [shape[1:] for shape in _SHAPES], ids=[shape[0] for shape in _SHAPES])
def test_usage_shape(value: Any, units: dict[str, int]) -> None:
    assert normalise_usage(value).units == units


def test_what_is_not_a_count_stays_visible() -> None:
    usage = normalise_usage(
        {"input": 1, "output": -2, "rate": 1.5, "ok": True, "tier": "x", "list": [1], "cost": 3, "none": None}
    )
    assert usage.units == {"input": 1, "total": 1}
    assert usage.unrecognised == {"output": -2, "rate": 1.5, "ok": True, "tier": "x", "list": [1], "cost": 3}


@pytest.mark.parametrize("value", ["{broken", "text", 5, [1], True])
def test_usage_that_is_no_map_stays_visible(value: object) -> None:
    usage = normalise_usage(value)
    assert usage.units == {}
    assert usage.unrecognised == {"value": value}


def test_numbers_that_only_python_reads_are_not_counts() -> None:
    usage = normalise_usage({"a": "1_000", "b": "٣", "c": "0x10", "d": "nan", "e": "1e999"})
    assert usage.units == {"e": UNITS_MAX, "total": UNITS_MAX}
    assert set(usage.unrecognised) == {"a", "b", "c", "d"}


def test_thousands_of_keys_do_not_become_columns() -> None:
    usage = normalise_usage({f"k{n}": 1 for n in range(5000)})
    assert len(usage.units) <= 300
    assert len(usage.units) + len(usage.unrecognised) == 5001


_COSTS: list[tuple[Any, dict[str, str], str | None]] = [
    ({"input": 0.1, "output": "0.02"}, {"input": "0.1", "output": "0.02", "total": "0.12"}, "0.12"),
    ({"input": 0.1, "total": 5}, {"input": "0.1", "total": "5"}, "5"),
    ({"total": 0}, {"total": "0"}, "0"),
    ({"cache": 0.5}, {"cache": "0.5", "total": "0.5"}, "0.5"),
    ({"a": {"b": 0.5, "c": 1}}, {"a_b": "0.5", "a_c": "1", "total": "1.5"}, "1.5"),
    ({"input": 2, "detail": {"x": 2}}, {"input": "2", "detail_x": "2", "total": "2"}, "2"),
    ('{"total": 1e-12}', {"total": "0.000000000001"}, "0.000000000001"),
    (0.25, {"total": "0.25"}, "0.25"),
    ("0.25", {"total": "0.25"}, "0.25"),
    ({"input": 1e300}, {"input": str(COST_MAX), "total": str(COST_MAX)}, str(COST_MAX)),
    (None, {}, None),
    ({"input": -1}, {}, None),
    ({"input": float("nan")}, {}, None),
]


@pytest.mark.parametrize(("value", "usd", "total"), _COSTS)
def test_cost_shape(value: Any, usd: dict[str, str], total: str | None) -> None:
    cost = normalise_cost(value)
    assert cost.usd == {key: Decimal(amount) for key, amount in usd.items()}
    assert cost.total == (None if total is None else Decimal(total))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=6),
    max_leaves=30,
)
_known_keys = st.sampled_from(
    [
        "prompt_tokens",
        "input_tokens",
        "prompt_tokens_details",
        "cached_tokens",
        "total",
        "cache_creation",
        "cost",
        "inputTokens",
    ]
)


@given(_json | st.dictionaries(_known_keys, _json | st.dictionaries(_known_keys, _json)))
def test_any_value_fits_the_columns(value: Any) -> None:
    usage = normalise_usage(value)
    assert all(type(count) is int and 0 <= count <= UNITS_MAX for count in usage.units.values())
    assert ("total" in usage.units) == bool(usage.units)
    cost = normalise_cost(value)
    assert all(0 <= amount <= COST_MAX and amount.as_tuple().exponent == -12 for amount in cost.usd.values())
    assert cost.usd.get("total") == cost.total
