"""Two Anthropic messages with a tool call between them, one streamed, and one that fails, under OpenLLMetry.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_* and ANTHROPIC_* say where spans go and the model is.
"""

from __future__ import annotations

import importlib
from typing import Any

from golden_tracing import QUESTION, SYSTEM, set_up  # type: ignore[import-not-found]  # it stands beside this script
from opentelemetry import trace

TOOL = {"name": "get_weather", "description": "Weather.", "input_schema": {"type": "object", "properties": {"city": {}}}}


def main() -> None:
    """Instrument, ask, and wait until all is sent."""
    provider = set_up()
    importlib.import_module("opentelemetry.instrumentation.anthropic").AnthropicInstrumentor().instrument(
        tracer_provider=provider
    )
    anthropic: Any = importlib.import_module("anthropic")
    client = anthropic.Anthropic(max_retries=0)
    asked: dict[str, Any] = {"model": "claude-opus-4-5", "max_tokens": 64, "system": SYSTEM}
    messages: list[Any] = [{"role": "user", "content": QUESTION}]
    with trace.get_tracer("weather-agent", "0.1").start_as_current_span("run"):
        first = client.messages.create(**asked, messages=messages, tools=[TOOL])
        call = first.content[0]
        result = {"type": "tool_result", "tool_use_id": call.id, "content": "7 °C"}
        messages += [{"role": "assistant", "content": [call.model_dump()]}, {"role": "user", "content": [result]}]
        with client.messages.stream(**asked, messages=messages) as stream:
            stream.get_final_message()
        try:
            client.messages.create(**{**asked, "model": "refused"}, messages=messages)
        except anthropic.BadRequestError:
            trace.get_current_span().add_event("gave up", {"attempt": 1})
    provider.shutdown()


if __name__ == "__main__":
    main()
