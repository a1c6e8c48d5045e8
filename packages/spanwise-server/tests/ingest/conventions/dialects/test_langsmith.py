"""LangGraph as LangSmith's SDK exports it."""

from __future__ import annotations

from tests.golden_requests import content, named, observations_of, parent_of

_FOLDER = "langgraph-langsmith-0.14.17"


def test_a_graph() -> None:
    types = {row["name"]: row["type"] for row in observations_of(_FOLDER)}
    assert types == {
        "weather_graph": "CHAIN",
        "agent": "CHAIN",
        "tools_condition": "CHAIN",
        "tools": "CHAIN",
        "ChatOpenAI": "GENERATION",
        "get_weather": "TOOL",
    }
    call = named(_FOLDER, "ChatOpenAI")[0]
    assert (call["model"], parent_of(_FOLDER, call)) == ("gpt-5.2", "agent")
    assert content(call, "input")["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Weather in Zürich? 🌦"},
    ]
    assert (call["tool_names"], call["called_tool_names"]) == (["get_weather"], ["get_weather"])


def test_who_and_what_about() -> None:
    root = named(_FOLDER, "weather_graph")[0]
    assert (root["user_id"], root["session_id"], root["tags"]) == ("user-ü", "session-1", ["weather"])
    node = named(_FOLDER, "agent")[0]
    assert (node["metadata"]["langgraph_node"], node["tags"]) == ("agent", ["weather"])
    assert not any(key.startswith("LANGSMITH") for key in node["metadata"])
