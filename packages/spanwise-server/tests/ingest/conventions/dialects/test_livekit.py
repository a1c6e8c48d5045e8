"""LiveKit Agents: one captured session, and the names of attributes before 1.8."""

from __future__ import annotations

from tests.golden_requests import content, named, observations_of, parent_of
from tests.otlp_requests import Sender, SpanSent, observe

_FOLDER = "livekit-agents-1.8.9"
_LIVEKIT = Sender(scope="livekit-agents")


def test_a_session() -> None:
    (turn,) = named(_FOLDER, "agent_turn")
    assert (turn["type"], turn["input"], turn["output"]) == ("AGENT", "Weather in Zürich? 🌦", "Seven degrees.")
    (tool,) = named(_FOLDER, "get_weather")
    assert (tool["type"], content(tool, "input"), tool["output"]) == ("TOOL", {"city": "Zürich"}, "Zürich: 7 °C")
    request = named(_FOLDER, "llm_request")[0]
    assert (request["type"], parent_of(_FOLDER, request), request["session_id"]) == ("GENERATION", "llm_node", "session-1")
    assert {row["type"] for row in observations_of(_FOLDER) if row["name"] in ("llm_node", "llm_request_run")} == {"SPAN"}


def test_machinery_is_debug() -> None:
    levels = {row["name"]: row["level"] for row in observations_of(_FOLDER)}
    assert {name for name, level in levels.items() if level == "DEBUG"} == {
        *("setup_toolsets", "on_enter", "on_exit", "session_start", "session_close", "drain_agent_activity"),
        *("agent_speaking", "llm_request_run"),
    }


def test_older_names() -> None:
    row = observe(
        SpanSent(
            name="function_tool",
            attributes={
                "lk.function_tool.name": "search",
                "lk.function_tool.output": "gone",
                "lk.function_tool.is_error": True,
            },
        ),
        _LIVEKIT,
    )
    assert (row.type, row.name, row.output, row.level) == ("TOOL", "search", "gone", "ERROR")
    row = observe(SpanSent(name="user_turn", attributes={"lk.user_transcript": "hello"}), _LIVEKIT)
    assert (row.type, row.input) == ("SPAN", "hello")
    assert observe(SpanSent(name="agent_turn"), _LIVEKIT).type == "AGENT"
    assert observe(SpanSent(name="agent_turn")).type == "SPAN"
