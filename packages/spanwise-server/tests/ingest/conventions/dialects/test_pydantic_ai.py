"""Runs of pydantic-ai, with each form of its instrumentation."""

from __future__ import annotations

import pytest

from tests.golden_requests import content, named, parent_of
from tests.otlp_requests import observe_attributes


@pytest.mark.parametrize(
    "folder", ["pydantic-ai-2.68.0", "pydantic-ai-instrumentation-2-1.0.18", "pydantic-ai-instrumentation-1-1.0.18"]
)
def test_a_run_and_what_it_called(folder: str) -> None:
    (run,) = named(folder, "forecaster run")
    assert (run["type"], run["output"], "usage" in run) == ("AGENT", "Seven degrees.", False)
    assert [message["role"] for message in content(run, "input")][:2] == ["system", "user"]
    chat = named(folder, "chat gpt-5.2")[0]
    assert (chat["type"], parent_of(folder, chat), chat["tool_names"]) == ("GENERATION", "forecaster run", ["get_weather"])
    assert [message["role"] for message in content(chat, "input")["messages"]] == ["system", "user"]
    assert chat["called_tool_names"] == ["get_weather"]
    (tool,) = named(folder, "get_weather")
    assert (tool["type"], content(tool, "input"), tool["output"]) == ("TOOL", {"city": "Zürich"}, "Zürich: 7 °C")


def test_parameters_without_tools_say_nothing() -> None:
    row = observe_attributes({"model_request_parameters": '{"function_tools": []}', "gen_ai.input.messages": "[]"})
    assert (row.tool_names, row.input) == ([], "[]")
