"""The scripted model endpoint: both protocols, streaming, embeddings, refusals, the same answer every time."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tools.fake_model import FakeModel, Scripts, count_tokens, embed

RULES: list[dict[str, Any]] = [
    {"system": "pirate", "last": "hello", "say": "Ahoy, matey! 🏴", "cached": 3},
    {"last": "sum", "call": {"name": "add", "arguments": {"a": 1, "b": 2}}},
    {"last": "busy", "say": "done", "fail": {"status": 529, "times": 2}},
]


@pytest.fixture
def model() -> Iterator[httpx.Client]:
    with FakeModel(Scripts(RULES), pace=0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with httpx.Client(base_url=server.url) as client:
            yield client
        server.shutdown()
        thread.join()


def ask(model: httpx.Client, text: str, *, system: str = "", **more: Any) -> httpx.Response:
    messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
    return model.post("/v1/chat/completions", json={"model": "gpt-x", "messages": messages, **more})


def test_chat_completion_answers_from_the_first_matching_rule(model: httpx.Client) -> None:
    body = ask(model, "hello there", system="You are a pirate.").json()
    assert body["choices"][0]["message"] == {"role": "assistant", "content": "Ahoy, matey! 🏴"}
    prompt, written = count_tokens("You are a pirate.hello there"), count_tokens("Ahoy, matey! 🏴")
    assert body["usage"] == {
        "prompt_tokens": prompt,
        "completion_tokens": written,
        "total_tokens": prompt + written,
        "prompt_tokens_details": {"cached_tokens": 3},
    }


def test_the_same_question_has_the_same_answer(model: httpx.Client) -> None:
    assert ask(model, "a sum").json() == ask(model, "a sum").json()


def test_a_tool_call_arrives_in_the_shape_of_each_protocol(model: httpx.Client) -> None:
    [call] = ask(model, "a sum").json()["choices"][0]["message"]["tool_calls"]
    assert call["function"] == {"name": "add", "arguments": json.dumps({"a": 1, "b": 2})}
    asked = {"model": "claude-x", "system": "s", "messages": [{"role": "user", "content": "a sum"}]}
    message = model.post("/v1/messages", json=asked).json()
    assert message["content"][0] | {"id": ""} == {"type": "tool_use", "id": "", "name": "add", "input": {"a": 1, "b": 2}}
    assert message["stop_reason"] == "tool_use"


def test_anthropic_counts_cached_tokens_beside_the_input(model: httpx.Client) -> None:
    asked = {"model": "claude-x", "system": "You are a pirate.", "messages": [{"role": "user", "content": "hello"}]}
    usage = model.post("/v1/messages", json=asked).json()["usage"]
    assert usage["input_tokens"] + usage["cache_read_input_tokens"] == count_tokens("You are a pirate.hello")
    assert usage["cache_read_input_tokens"] == 3


def test_a_stream_carries_the_words_and_then_the_usage(model: httpx.Client) -> None:
    lines = [line.removeprefix("data: ") for line in ask(model, "hello", system="pirate", stream=True).text.split("\n\n")]
    assert lines[-2:] == ["[DONE]", ""]
    *words, last = [json.loads(line) for line in lines[:-2]]
    assert [word["choices"][0]["delta"]["content"] for word in words] == ["Ahoy, ", "matey! ", "🏴"]
    assert last["usage"]["completion_tokens"] == count_tokens("Ahoy, matey! 🏴")


def test_a_failing_rule_refuses_each_user_anew(model: httpx.Client) -> None:
    assert [ask(model, "busy?", user="ada").status_code for _ in range(4)] == [529, 529, 200, 200]
    assert ask(model, "busy?", user="bob").status_code == 529


def test_a_question_without_a_script_is_refused_loudly(model: httpx.Client) -> None:
    answer = ask(model, "what is love?")
    assert answer.status_code == 400
    assert "what is love?" in answer.json()["error"]["message"]


def test_an_unknown_address_is_not_found(model: httpx.Client) -> None:
    assert model.post("/v1/images", json={}).status_code == 404


def test_embeddings_are_near_for_texts_that_share_words(model: httpx.Client) -> None:
    asked = ["bees in winter", "how bees live in winter", "the crust of bread"]
    body = model.post("/v1/embeddings", json={"model": "e", "input": asked}).json()
    bees, more_bees, bread = (row["embedding"] for row in body["data"])
    assert bees == embed("bees in winter")

    def near(left: list[float], right: list[float]) -> float:
        return sum(a * b for a, b in zip(left, right, strict=True))

    assert near(bees, more_bees) > near(bees, bread)
    assert body["usage"]["prompt_tokens"] == sum(count_tokens(text) for text in asked)
