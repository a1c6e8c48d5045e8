"""Claude Code's own spans, captured from a run that uses a tool and one that fails."""

from __future__ import annotations

import json

from tests.golden_requests import named, observations_of, parent_of
from tests.otlp_requests import Sender, SpanSent, observe

_FOLDER = "claude-code-0.2.186"


def test_an_interaction_holds_requests_and_tools() -> None:
    types = {row["name"]: row["type"] for row in observations_of(_FOLDER)}
    assert types == {
        "claude_code.interaction": "AGENT",
        "claude_code.llm_request": "GENERATION",
        "Bash": "TOOL",
        "claude_code.tool.blocked_on_user": "SPAN",
        "claude_code.tool.execution": "SPAN",
    }
    interaction, failed = named(_FOLDER, "claude_code.interaction")
    assert (interaction["is_root"], interaction["input"]) == (True, "Weather in Zürich? 🌦")
    assert interaction["session_id"] != failed["session_id"]
    (tool,) = named(_FOLDER, "Bash")
    assert (parent_of(_FOLDER, tool), tool["input"], tool["output"]) == ("claude_code.interaction", "echo 7", "7")
    (execution,) = named(_FOLDER, "claude_code.tool.execution")
    assert parent_of(_FOLDER, execution) == "Bash"


def test_a_request_has_its_tokens_and_its_first_one() -> None:
    first, _, failed = named(_FOLDER, "claude_code.llm_request")
    assert first["usage"] == {
        "input": 36,
        "output": 40,
        "input_cached_tokens": 64,
        "input_cache_creation": 20,
        "total": 160,
    }
    assert first["model"] == "claude-opus-4-5"
    assert first["completion_start_time"] > first["start_time"]
    assert json.loads(first["model_parameters"]) == {"effort": "high", "speed": "normal"}
    assert (failed["level"], failed["status_message"], failed["model"]) == ("ERROR", "model refused", "refused")


def test_bare_names_mean_nothing_elsewhere() -> None:
    attributes = {"span.type": "llm_request", "input_tokens": 3, "output_tokens": 4, "user_prompt": "hi"}
    other = observe(SpanSent(attributes=attributes), Sender(scope="my-agent"))
    assert (other.type, other.usage, other.input) == ("SPAN", {}, "")
    own = observe(SpanSent(attributes=attributes), Sender(scope="com.anthropic.claude_code.tracing"))
    assert (own.type, own.usage["total"], own.input) == ("GENERATION", 7, "hi")
