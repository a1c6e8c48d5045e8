"""What OpenInference says, one rule a test. Whole requests are golden files."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from spanwise_server.ingest.conventions.dialects.openinference import unwrap
from tests.golden_requests import content, named, parent_of
from tests.otlp_requests import observe_attributes


@pytest.mark.parametrize("kind", ["CHAIN", "RETRIEVER", "EMBEDDING", "AGENT", "TOOL", "GUARDRAIL", "EVALUATOR"])
def test_kinds(kind: str) -> None:
    assert observe_attributes({"openinference.span.kind": kind}).type == kind
    assert observe_attributes({"openinference.span.kind": kind.lower()}).type == kind


def test_an_llm_is_a_generation() -> None:
    assert observe_attributes({"openinference.span.kind": "LLM"}).type == "GENERATION"


def test_values_beat_flat_messages_which_stay_in_the_metadata() -> None:
    row = observe_attributes({"llm.input_messages.0.message.content": "flat", "input.value": "whole", "output.value": ""})
    assert (row.input, row.output) == ("whole", "")
    assert json.loads(row.metadata["attributes"])["llm.input_messages.0.message.content"] == "flat"


def test_token_counts_and_costs() -> None:
    row = observe_attributes(
        {
            "llm.token_count.prompt": 100,
            "llm.token_count.completion": 20,
            "llm.token_count.prompt_details.cache_read": 60,
            "llm.token_count.prompt_details.audio": 5,
            "llm.token_count.completion_details.reasoning": 8,
            "llm.token_count.unheard_of": 3,
            "llm.cost.prompt": 0.1,
            "llm.cost.total": 0.3,
        }
    )
    assert row.usage == {
        "input": 35,
        "output": 12,
        "input_cached_tokens": 60,
        "input_audio_tokens": 5,
        "output_reasoning_tokens": 8,
        "unheard_of": 3,
        "total": 120,
    }
    assert row.cost == {"input": Decimal("0.1"), "total": Decimal("0.3")}
    assert row.total_cost == Decimal("0.3")


def test_a_failed_call_has_the_model_of_its_parameters() -> None:
    row = observe_attributes({"llm.invocation_parameters": '{"model": "m", "stop": ["a"]}'})
    assert row.model == "m"
    assert json.loads(row.model_parameters) == {"model": "m", "stop": '["a"]'}
    assert observe_attributes({"llm.invocation_parameters": "broken"}).model == ""
    assert observe_attributes({"llm.invocation_parameters": '{"model": "m"}', "llm.model_name": "n"}).model == "n"


def test_single_parameters() -> None:
    assert json.loads(observe_attributes({"llm.invocation_parameters.top_p": 0.5}).model_parameters) == {"top_p": 0.5}


def test_metadata_becomes_metadata_and_not_twice() -> None:
    row = observe_attributes({"metadata": '{"region": "eu", "n": 1}', "other": "x"})
    assert (row.metadata["region"], row.metadata["n"]) == ("eu", "1")
    assert json.loads(row.metadata["attributes"]) == {"other": "x"}


def test_tools_are_put_beside_the_messages() -> None:
    row = observe_attributes(
        {
            "input.value": "hi",
            "llm.tools.0.tool.json_schema": '{"function": {"name": "a"}}',
            "llm.tools.1.tool.json_schema": {"name": "b"},
            "llm.tools.2.tool.json_schema": "broken",
        }
    )
    assert row.tool_names == ["a", "b"]
    assert json.loads(row.input) == {"messages": "hi", "tools": [{"function": {"name": "a"}}, {"name": "b"}, "broken"]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"message": {"role": "user", "tool_calls": [{"tool_call": {"id": "1"}}]}},
            {"role": "user", "tool_calls": [{"id": "1"}]},
        ),
        ({"message": "text"}, {"message": "text"}),
        ({"message": {"a": 1}, "score": 2}, {"message": {"a": 1}, "score": 2}),
        ([{"document": {"content": "x"}}], [{"content": "x"}]),
        (5, 5),
    ],
)
def test_unwrap(value: Any, expected: Any) -> None:
    assert unwrap(value) == expected


def test_smolagents_count_their_steps_once_and_send_messages() -> None:
    folder = "openinference-smolagents-0.1.43"
    (agent,) = named(folder, "forecaster.run")
    assert (agent["type"], "usage" in agent, agent["output"]) == ("AGENT", False, "Seven degrees.")
    call = named(folder, "OpenAIModel.generate")[0]
    assert (call["type"], parent_of(folder, call)) == ("GENERATION", "Step 1")
    assert content(call, "input")["messages"][0]["role"] == "system"
    assert call["called_tool_names"] == ["get_weather"]


def test_langgraph_shows_messages_in_place_of_constructors() -> None:
    folder = "langgraph-openinference-0.1.80"
    call = named(folder, "ChatOpenAI")[0]
    assert content(call, "input")["messages"][1] == {"role": "user", "content": "Weather in Zürich? 🌦"}
    assert (content(call, "output")["role"], parent_of(folder, call)) == ("assistant", "agent")


def test_the_openai_agents_sdk() -> None:
    folder = "openinference-openai-agents-2.6.0"
    call = named(folder, "response")[0]
    assert [message["role"] for message in content(call, "input")["messages"]] == ["system", "user"]
    assert (call["called_tool_names"], parent_of(folder, call)) == (["get_weather"], "turn")
    agent = named(folder, "forecaster")[0]
    assert (agent["type"], parent_of(folder, agent)) == ("AGENT", "Agent workflow")


def test_a_crew() -> None:
    folder = "openinference-crewai-1.1.21"
    (tool,) = named(folder, "get_weather.run")
    assert (tool["type"], content(tool, "input"), tool["output"]) == ("TOOL", {"city": "Zürich"}, "Zürich: 7 °C")
    call = named(folder, "ChatCompletion")[0]
    assert parent_of(folder, call) == "forecaster._execute_core"
