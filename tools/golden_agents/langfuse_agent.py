"""A nested agent run through the Langfuse SDK, as its users write it; works with 3, 4 and 5, which differ in the trace's fields.

Run by ``tools/capture_golden.py`` in an environment of its own; LANGFUSE_* say where to send.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import langfuse

MAJOR = int(version("langfuse").split(".")[0])
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Wie ist das Wetter in Zürich? 🌦"}]
TOOL_CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Zürich"}'}}


def propagate(metadata: dict[str, Any]) -> AbstractContextManager[Any]:
    """Put user, session, tags and metadata on every span, where the SDK can."""
    if MAJOR < 4:
        return nullcontext()
    return langfuse.propagate_attributes(
        user_id="user-ü",
        session_id="session-1",
        tags=["weather", "beta"],
        version="v7",
        trace_name="weather question",
        metadata={key: str(value) for key, value in metadata.items()},
    )


def main() -> None:
    """Trace one run and one failure."""
    client: Any = langfuse.get_client()
    with (
        propagate({"tenant": "a", "numeric": "1"}),
        client.start_as_current_observation(as_type="agent", name="assistant") as agent,
    ):
        agent.update(
            input={"question": MESSAGES[1]["content"]},
            metadata={"plain": "1", "number": 1, "nested": {"x": [1, 2.5]}, "ok": True},
        )
        with client.start_as_current_observation(
            as_type="generation",
            name="plan",
            model="gpt-5.2",
            model_parameters={"temperature": 0.2, "stop": ["END"], "stream": False},
            input=MESSAGES,
        ) as plan:
            plan.update(
                output={"role": "assistant", "content": None, "tool_calls": [TOOL_CALL]},
                completion_start_time=datetime(2026, 11, 20, 7, 46, 23, 535327, UTC),
                usage_details={
                    "prompt_tokens": 120,
                    "completion_tokens": 40,
                    "total_tokens": 160,
                    "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": None},
                    "completion_tokens_details": {"reasoning_tokens": 16},
                },
                cost_details={"input": 0.0012, "output": 0.0031},
            )
        with client.start_as_current_observation(as_type="tool", name="get_weather", input={"city": "Zürich"}) as tool:
            tool.update(output="7 °C, Regen", level="WARNING", status_message="cached answer")
        client.create_event(name="cache miss", input={"key": "zürich"}, metadata={"shard": 3}, level="DEBUG")
        with client.start_as_current_observation(
            as_type="generation", name="answer", model="claude-opus-4-5", input=MESSAGES
        ) as answer:
            answer.update(
                output="Sieben Grad und Regen.",
                usage_details={
                    "input_tokens": 200,
                    "output_tokens": 12,
                    "cache_read_input_tokens": 150,
                    "cache_creation_input_tokens": 0,
                },
            )
        try:
            with client.start_as_current_observation(as_type="span", name="broken step"):
                fail()
        except ValueError:
            agent.update(output="Sieben Grad und Regen.")
        set_trace(client)
    client.flush()


def fail() -> None:
    """Raise, as a tool does that does not answer."""
    raise ValueError("the tool did not answer")


def set_trace(client: Any) -> None:
    """Say what the generation lets one say about the trace itself."""
    if MAJOR == 3:
        client.update_current_trace(
            name="weather question",
            user_id="user-ü",
            session_id="session-1",
            tags=["weather", "beta"],
            metadata={"tenant": "a", "numeric": "1"},
            version="v7",
            public=True,
            input={"trace": "in"},
            output="trace out",
        )
    else:
        client.set_current_trace_as_public()
    if MAJOR == 4:
        client.set_current_trace_io(input={"trace": "in"}, output="trace out")


if __name__ == "__main__":
    main()
