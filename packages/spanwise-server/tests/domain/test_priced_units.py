"""Counts that may contain each other come apart so that each unit is in exactly one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.priced_units import priced_units
from spanwise_server.domain.usage_keys import CONTAINED, KINDS
from spanwise_server.ingest.usage import normalise_usage

KEYS = st.sampled_from([*KINDS, *CONTAINED, "something_else", "images"])
USAGE = st.dictionaries(KEYS, st.integers(0, 10**9), max_size=8)


@given(USAGE)
def test_no_unit_is_counted_twice(usage: dict[str, int]) -> None:
    units = priced_units(usage)

    keys = [key for key, _, _ in units]
    assert len(keys) == len(set(keys))
    assert all(0 <= count <= usage[key] for key, _, count in units)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_contained_details_never_add_to_the_whole(whole: int, cached: int, output: int, reasoning: int) -> None:
    report = {
        "prompt_tokens": whole,
        "completion_tokens": output,
        "total_tokens": whole + output,
        "prompt_tokens_details": {"cached_tokens": min(cached, whole)},
        "completion_tokens_details": {"reasoning_tokens": min(reasoning, output)},
    }

    units = priced_units(normalise_usage(report).units)

    assert sum(count for _, _, count in units) == whole + output


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_gemini_is_counted_once(prompt: int, cached: int, candidates: int, thoughts: int) -> None:
    report = {
        "promptTokenCount": prompt,
        "cachedContentTokenCount": min(cached, prompt),
        "candidatesTokenCount": candidates,
        "thoughtsTokenCount": thoughts,
        "totalTokenCount": prompt + candidates + thoughts,
    }

    units = priced_units(normalise_usage(report).units)

    assert sum(count for _, _, count in units) == prompt + candidates + thoughts


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"input": 100, "output": 10, "input_cached_tokens": 80, "total": 110}, {"input": 20, "output": 10}),
        ({"input": 100, "output": 10, "input_cached_tokens": 80, "total": 190}, {"input": 100, "output": 10}),
        ({"input": 100, "output": 10, "input_cached_tokens": 80}, {"input": 100, "output": 10}),
        ({"input": 10, "output": 10, "input_cached_tokens": 80, "total": 20}, {"input": 10, "output": 10}),
        ({"input": 10, "output": 5, "cache_read_input_tokens": 7, "total": 15}, {"input": 10, "output": 5}),
        (
            {"input": 60, "output": 10, "input_cached_tokens": 40, "output_reasoning": 8, "total": 110},
            {"input": 60, "output": 2},
        ),
    ],
)
def test_the_total_says_what_is_inside(usage: dict[str, int], counts: dict[str, int]) -> None:
    found = {key: count for key, _, count in priced_units(usage)}

    assert {key: found[key] for key in counts} == counts
