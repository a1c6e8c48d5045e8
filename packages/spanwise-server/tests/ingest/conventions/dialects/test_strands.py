"""Strands Agents with both forms of its messages, on OpenAI and on Bedrock."""

from __future__ import annotations

import pytest

from tests.golden_requests import content, named, parent_of

_FOLDERS = ("strands-1.62.0", "strands-latest-1.62.0", "strands-bedrock-1.62.0")


@pytest.mark.parametrize("folder", _FOLDERS)
def test_a_run(folder: str) -> None:
    agent = named(folder, "invoke_agent forecaster")[0]
    assert (agent["type"], "usage" in agent, agent["user_id"], agent["session_id"]) == ("AGENT", False, "user-ü", "session-1")
    chat = named(folder, "chat")[0]
    assert (chat["type"], parent_of(folder, chat)) == ("GENERATION", "execute_event_loop_cycle")
    assert [message["role"] for message in content(chat, "input")] == ["system", "user"]
    assert chat["called_tool_names"] == ["get_weather"]
    (tool,) = named(folder, "get_weather")
    assert tool["type"] == "TOOL"
    assert "Zürich: 7 °C" in tool["output"]


@pytest.mark.parametrize("folder", _FOLDERS)
def test_the_first_token_is_told_in_milliseconds(folder: str) -> None:
    for chat in named(folder, "chat")[:2]:
        assert 0 < chat["completion_start_time"] - chat["start_time"] < 10_000_000


def test_messages_in_several_events_of_one_kind_are_one_list() -> None:
    cycle = named("strands-latest-1.62.0", "execute_event_loop_cycle")[0]
    assert [message["role"] for message in content(cycle, "input")] == ["user", "user"]
