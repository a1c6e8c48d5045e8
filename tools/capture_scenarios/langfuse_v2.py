"""What a langfuse 2.x application does: runs inside that SDK's own environment, against the host in ``LANGFUSE_HOST``.

The client is ``Any`` on purpose: this repository's type checker sees another major version of the SDK.
"""

from __future__ import annotations

import contextlib
import importlib
from datetime import UTC, datetime
from typing import Any

langfuse: Any = importlib.import_module("langfuse")
decorators: Any = importlib.import_module("langfuse.decorators")

STARTED = datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)
ENDED = datetime(2026, 1, 31, 12, 0, 1, 500_000, tzinfo=UTC)


def record_agent(client: Any) -> None:
    """Trace an agent by hand: nested spans, generations in every usage form, events, errors, scores, updates."""
    trace = client.trace(
        id="trace-1", name="agent run", user_id="user-1", session_id="session-1", tags=["b", "a"], version="1", release="r1",
        input={"question": "Wie heißt der Fuchs? 🦊"}, metadata={"tier": "gold", "nested": {"n": 1}}, public=True,
    )  # fmt: skip
    span = trace.span(id="span-1", name="plan", input="1", metadata=["not", "an object"], start_time=STARTED)
    generation = span.generation(
        id="generation-1", name="call model", model="gpt-4o", model_parameters={"temperature": 0.5, "stop": ["a", "b"], "n": None},
        input=[{"role": "user", "content": "Hi"}], start_time=STARTED, completion_start_time=ENDED, prompt=None,
    )  # fmt: skip
    generation.end(output={"role": "assistant", "content": "Hello"}, usage={"input": 12, "output": 3, "unit": "TOKENS"})
    span.generation(
        id="generation-2", name="details", model="o1", output="done", level="WARNING", status_message="slow",
        usage_details={"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29, "completion_tokens_details": {"reasoning_tokens": 4}},
        cost_details={"input": 0.25, "output": 0.5},
    )  # fmt: skip
    span.generation(id="generation-3", usage={"promptTokens": 5, "completionTokens": 6, "totalTokens": 11})
    span.event(id="event-1", name="tool chosen", input={}, metadata={"tool": "search"})
    span.span(id="span-2", name="fails", level="ERROR", status_message="Traceback …").end()
    span.end(output=None, end_time=ENDED)
    trace.score(id="score-1", name="quality", value=0.75, comment="fine")
    generation.score(id="score-2", name="tone", value="friendly")
    client.score(id="score-3", trace_id="trace-1", name="correct", value=1, data_type="BOOLEAN", config_id="config-1")
    trace.update(output="Der Fuchs heißt 🦊", tags=["c"], metadata={"nested": {"m": 2}})


def record_decorated() -> None:
    """Trace decorated functions: here the trace is sent last and children name a trace that is not there yet."""
    context = decorators.langfuse_context

    def answer(question: str) -> str:
        context.update_current_observation(model="claude", usage_details={"input": 7, "output": 2})
        return question.upper()

    def agent(question: str) -> Any:
        context.update_current_trace(session_id="session-2", user_id="user-2", tags=["decorated"])
        context.score_current_trace(name="ok", value=True)
        return decorators.observe(answer, as_type="generation", name="answer")(question)

    def failing() -> None:
        raise ValueError("no such tool")

    decorators.observe(agent, name="decorated agent")("why?")
    with contextlib.suppress(ValueError):
        decorators.observe(failing, name="failing agent")()
    context.flush()


if __name__ == "__main__":
    langfuse_client = langfuse.Langfuse()
    record_agent(langfuse_client)
    langfuse_client.flush()
    record_decorated()
