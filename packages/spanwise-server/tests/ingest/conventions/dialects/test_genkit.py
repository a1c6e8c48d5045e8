"""Genkit: flows, models, tools."""

from __future__ import annotations

import json

import pytest

from tests.golden_requests import content, named, observations_of, parent_of
from tests.otlp_requests import observe_attributes

_FOLDER = "genkit-1.42.0"


def test_a_flow() -> None:
    types = {row["name"]: row["type"] for row in observations_of(_FOLDER)}
    assert types == {
        "weatherReport": "CHAIN",
        "generate": "SPAN",
        "openai/gpt-5.2": "GENERATION",
        "get_weather": "TOOL",
        "openai/text-embedding-3-small": "EMBEDDING",
        "openai/refused": "GENERATION",
    }
    call = named(_FOLDER, "openai/gpt-5.2")[0]
    assert (parent_of(_FOLDER, call), call["model"]) == ("generate", "openai/gpt-5.2")
    assert [message["role"] for message in content(call, "input")["messages"]] == ["system", "user"]
    assert (call["tool_names"], call["called_tool_names"]) == (["get_weather"], ["get_weather"])
    assert content(call, "output")["role"] == "model"
    assert json.loads(call["model_parameters"]) == {"temperature": 0.2}
    (flow,) = named(_FOLDER, "weatherReport")
    assert (content(flow, "input"), content(flow, "output")) == ("Weather in Zürich? 🌦", "Seven degrees.")


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (
            {"inputTokens": 120, "outputTokens": 24, "thoughtsTokens": 16, "cachedContentTokens": 64, "totalTokens": 160},
            {"input": 56, "output": 24, "input_cached_tokens": 64, "output_reasoning_tokens": 16, "total": 160},
        ),
        (
            {"inputTokens": 120, "outputTokens": 40, "thoughtsTokens": 16, "totalTokens": 160},
            {"input": 120, "output": 24, "output_reasoning_tokens": 16, "total": 160},
        ),
        ({"inputTokens": 3, "outputTokens": 4}, {"input": 3, "output": 4, "total": 7}),
        ({"inputImages": 3}, {}),
    ],
)
def test_thoughts_count_once(usage: dict[str, int], expected: dict[str, int]) -> None:
    attributes = {"genkit:metadata:subtype": "model", "genkit:output": json.dumps({"usage": usage})}
    assert observe_attributes(attributes).usage == expected


def test_an_answer_among_candidates() -> None:
    response = {"candidates": [{"message": {"role": "model", "content": [{"text": "hi"}]}}]}
    row = observe_attributes({"genkit:metadata:subtype": "model", "genkit:output": json.dumps(response)})
    assert json.loads(row.output)["content"] == [{"text": "hi"}]
