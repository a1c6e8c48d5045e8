"""Google's Agent Development Kit, in its older form and in the one that follows the GenAI conventions."""

from __future__ import annotations

import json

import pytest

from tests.golden_requests import content, named, observations_of, parent_of
from tests.otlp_requests import observe_attributes


def test_the_older_form() -> None:
    folder = "google-adk-legacy-2.13.0"
    call = named(folder, "call_llm")[0]
    assert (call["type"], call["model"], call["session_id"]) == ("GENERATION", "gemini-3-pro", "session-1")
    assert (content(call, "input")["contents"][0]["role"], call["called_tool_names"]) == ("user", ["get_weather"])
    assert (call["tool_names"], parent_of(folder, call)) == (["get_weather"], "invoke_agent forecaster")
    inner = named(folder, "generate_content gemini-3-pro")[0]
    assert (parent_of(folder, inner), "usage" in inner) == ("call_llm", False)
    (tool,) = named(folder, "get_weather")
    assert (content(tool, "input"), content(tool, "output")) == ({"city": "Zürich"}, {"result": "Zürich: 7 °C"})


def test_the_newer_form() -> None:
    folder = "google-adk-2.13.0"
    call = named(folder, "generate_content gemini-3-pro")[0]
    assert [message["role"] for message in content(call, "input")["messages"]] == ["system", "user"]
    assert (call["usage"]["output_reasoning_tokens"], call["called_tool_names"]) == (16, ["get_weather"])
    assert {row["type"] for row in observations_of(folder) if row.get("is_root")} == {"CHAIN"}


@pytest.mark.parametrize("nothing", ["{}", "N/A"])
def test_what_stands_for_nothing(nothing: str) -> None:
    row = observe_attributes(
        {
            "gcp.vertex.agent.llm_request": nothing,
            "gcp.vertex.agent.tool_call_args": '{"city": "Bern"}',
            "gcp.vertex.agent.llm_response": nothing,
            "gcp.vertex.agent.tool_response": nothing,
        }
    )
    assert (json.loads(row.input), row.output) == ({"city": "Bern"}, "")


def test_cached_tokens_that_only_the_response_tells() -> None:
    response = {"usage_metadata": {"prompt_token_count": 10, "cached_content_token_count": 4}}
    row = observe_attributes(
        {
            "gen_ai.request.model": "gemini-3-pro",
            "gcp.vertex.agent.llm_response": json.dumps(response),
            "gen_ai.usage.input_tokens": 10,
            "gen_ai.usage.output_tokens": 5,
        }
    )
    assert row.usage == {"input": 6, "output": 5, "input_cached_tokens": 4, "total": 15}
