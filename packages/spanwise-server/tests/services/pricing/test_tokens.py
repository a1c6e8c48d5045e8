"""Counting tokens: the chat format, content parts, and what bounds the work."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanwise_server.domain.observations import Observation
from spanwise_server.services.pricing.tokens import EXACT_CHARACTERS, TokenCounter


def estimate(model: str = "gpt-4o", budget: int = 1_000_000, config: Any = None, **payloads: Any) -> dict[str, int]:
    fields: dict[str, Any] = {name: json.dumps(value) for name, value in payloads.items()}
    row = Observation(project_id="p", trace_id="t", id="o", start_time=0, model=model, **fields)
    return TokenCounter(budget).estimate(row, config)


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        ("hello world", 2),
        ([{"role": "user", "content": "hello world"}], 3 + 3 + 1 + 2),
        ({"messages": [{"role": "user", "content": "hello world"}]}, 3 + 3 + 1 + 2),
        ([{"role": "user", "name": "bob", "content": "hello world"}], 3 + 3 + 1 + 2 + 1 + 1),
        ([{"role": "user", "content": [{"type": "text", "text": "hello world"}]}], 3 + 3 + 1 + 2),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:" + "x" * 9000}}]}], 3 + 3 + 1),
        ([{"role": "user", "content": None}], 3 + 3 + 1),
    ],
)
def test_what_a_model_reads_is_counted(value: Any, tokens: int) -> None:
    assert estimate(input=value) == {"input": tokens, "total": tokens}


def test_a_definition_may_say_how_messages_count() -> None:
    config = {"tokenizerModel": "gpt-4", "tokensPerMessage": 10, "tokensPerName": 5}

    assert estimate(config=config, input=[{"role": "user", "name": "bob", "content": "hi"}])["input"] == 3 + 10 + 1 + 1 + 5 + 1


def test_older_models_have_the_older_vocabulary() -> None:
    text = "Надежда умирает последней"

    assert estimate("gpt-4-0613", input=text)["input"] > estimate("gpt-4o", input=text)["input"]


def test_a_long_text_is_extrapolated_from_its_beginning() -> None:
    words = "hello " * (EXACT_CHARACTERS // 6 * 4)

    counted = estimate(input=words)["input"]

    assert abs(counted - len(words) / 6) < len(words) / 6 * 0.01


def test_beyond_the_budget_length_decides() -> None:
    assert estimate(budget=0, input="a" * 4000)["input"] == 1000


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("model", "name"), [("gpt-4o", "o200k_base"), ("gpt-4", "cl100k_base")])
def test_the_compiled_part_counts_what_the_library_encodes(model: str, name: str) -> None:
    import bpe_openai  # type: ignore[import-untyped]  # noqa: PLC0415 - no types; warns of itself

    text = "don't  stop,\n\n\t12345 Καλημέρα 👩\u200d💻 <|endoftext|> naïve_snake_case();"

    assert estimate(model, output=text)["output"] == len(bpe_openai.get_encoding(name).encode_ordinary(text))


def test_special_tokens_in_a_text_are_text() -> None:
    assert estimate(output="<|endoftext|>")["output"] > 1
