"""Reports whose details are inside: where the details overlap, and where a total says that they are beside."""

from __future__ import annotations

import pytest

from spanwise_server.ingest.usage_shapes import SHAPES, flatten

CHAT = SHAPES[0]


@pytest.mark.parametrize(
    ("units", "nested", "expected"),
    [
        (
            {"prompt_tokens": 10, "total_tokens": 10},
            {"prompt_tokens_details_text_tokens": 8, "prompt_tokens_details_cached_tokens": 6},
            {"input": 0, "input_text_tokens": 4, "input_cached_tokens": 6, "total": 10},
        ),
        (
            {"completion_tokens": 5, "prompt_tokens": 1, "total_tokens": 26},
            {"completion_tokens_details_reasoning_tokens": 20},
            {"input": 1, "output": 5, "output_reasoning_tokens": 20, "total": 26},
        ),
        (
            {"prompt_tokens": 10, "cached_tokens": 4, "cache_read_input_tokens": 4},
            {},
            {"input": 6, "input_cached_tokens": 4, "total": 10},
        ),
        (
            {"prompt_tokens": 10, "surprise": 3},
            {"deep_surprise": 2},
            {"input": 10, "total": 10, "surprise": 3, "deep_surprise": 2},
        ),
    ],
)
def test_details_come_apart(units: dict[str, int], nested: dict[str, int], expected: dict[str, int]) -> None:
    assert flatten(CHAT, units, nested) == expected
