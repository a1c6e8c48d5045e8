"""Every captured call of a model counts once: not again in the spans around it, and no cached token twice.

The endpoint of the captures reports the same to all: 120 tokens read, 64 of them from a cache, and 40 written.
"""

from __future__ import annotations

import pytest

from tests.golden_requests import CALLS, generations, observations_of

_SILENT_ABOUT_CACHE = {
    "genkit-1.42.0",
    "openinference-smolagents-0.1.43",
    "pydantic-ai-instrumentation-1-1.0.18",
    "pydantic-ai-instrumentation-2-1.0.18",
}
"""Libraries that do not pass on how much came from a cache."""
_WITHOUT_FAILURE = {
    "livekit-agents-1.8.9",
    "openinference-smolagents-0.1.43",
    "traceloop-sdk-0.62.4",
    "openinference-crewai-1.1.21",
}
_CACHED = ("input_cached_tokens", "cache_read_input_tokens", "input_cache_read")


@pytest.mark.parametrize("folder", sorted(CALLS))
def test_a_call_counts_once(folder: str) -> None:
    calls = [row for row in generations(folder) if row["type"] != "EMBEDDING"]
    assert [row["usage"]["total"] for row in calls] == [160] * CALLS[folder]
    assert {row["type"] for row in calls} == {"GENERATION"}
    assert all(row["model"] for row in calls)


@pytest.mark.parametrize("folder", sorted(CALLS.keys() - _SILENT_ABOUT_CACHE))
def test_cached_tokens_are_told_apart(folder: str) -> None:
    calls = [row for row in generations(folder) if row["type"] != "EMBEDDING"]
    cached = [next((row["usage"][key] for key in _CACHED if key in row["usage"]), 0) for row in calls]
    if folder == "vercel-ai-5.0.277":
        cached = cached[2:]  # the SDK tells it of streams alone
    assert cached == [64] * len(cached)
    for row in calls[-len(cached) :]:
        usage = row["usage"]
        assert sum(count for key, count in usage.items() if key != "total") == usage["total"]


@pytest.mark.parametrize("folder", sorted(CALLS.keys() - _WITHOUT_FAILURE))
def test_what_failed_says_so_and_has_no_usage(folder: str) -> None:
    failed = [row for row in observations_of(folder) if row["level"] == "ERROR"]
    assert failed
    assert all("refused" in row["status_message"] or "Bad Request" in row["status_message"] for row in failed)
    assert not any(row.get("usage") for row in failed)
