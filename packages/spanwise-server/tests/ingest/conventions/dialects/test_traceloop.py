"""Workflows of the Traceloop SDK, and LangGraph under OpenLLMetry."""

from __future__ import annotations

import json

from tests.golden_requests import content, named, observations_of, parent_of
from tests.otlp_requests import observe_attributes

_FOLDER = "traceloop-sdk-0.62.4"


def test_a_workflow() -> None:
    types = {row["name"]: (row["type"], parent_of(_FOLDER, row)) for row in observations_of(_FOLDER)}
    assert types == {
        "weather_report.workflow": ("CHAIN", ""),
        "forecaster.agent": ("AGENT", "weather_report.workflow"),
        "plan.task": ("SPAN", "forecaster.agent"),
        "get_weather": ("TOOL", "forecaster.agent"),
        "openai.chat": ("GENERATION", "forecaster.agent"),
    }
    (root,) = named(_FOLDER, "weather_report.workflow")
    assert content(root, "output") == {"answer": "Seven degrees."}
    (tool,) = named(_FOLDER, "get_weather")
    assert (content(tool, "input")["kwargs"], content(tool, "output")) == ({"city": "Zürich"}, "Zürich: 7 °C")
    assert "Zürich" in tool["output"]  # not escaped, so that a search finds it


def test_association_says_who() -> None:
    for row in observations_of(_FOLDER):
        assert (row["user_id"], row["session_id"], row["metadata"]["tenant"]) == ("user-ü", "session-1", "a")


def test_langgraph() -> None:
    folder = "langgraph-openllmetry-0.62.4"
    call = named(folder, "ChatOpenAI.chat")[0]
    assert (call["type"], call["called_tool_names"], parent_of(folder, call)) == (
        "GENERATION",
        ["get_weather"],
        "execute_task agent",
    )
    node = named(folder, "execute_task agent")[0]
    assert content(node, "input")["inputs"]["messages"][0] == {"role": "system", "content": "Be brief."}


def test_the_prompt_of_the_registry() -> None:
    row = observe_attributes({"gen_ai.request.model": "m", "traceloop.prompt.key": "weather", "traceloop.prompt.version": 2})
    assert (row.prompt_name, row.prompt_version) == ("weather", 2)


def test_an_output_that_is_json_inside_of_a_string() -> None:
    inner = json.dumps({"a": "ü"})
    assert observe_attributes({"traceloop.entity.output": json.dumps(inner)}).output == '{"a":"ü"}'
