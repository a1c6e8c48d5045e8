"""A pydantic-ai agent with a tool, a structured output and a failure, each version of its instrumentation, inside a Logfire span.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_* and OPENAI_* say where spans go and the model is.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
from typing import Any

QUESTION = "Weather in Zürich? 🌦"


def main() -> None:
    """Run the agent under Logfire, which exports to the OTLP endpoint of the environment."""
    logfire: Any = importlib.import_module("logfire")
    pydantic_ai: Any = importlib.import_module("pydantic_ai")
    exceptions: Any = importlib.import_module("pydantic_ai.exceptions")
    logfire.configure(send_to_logfire=False, console=False, service_name="weather", environment="staging")
    version = os.environ.get("GOLDEN_INSTRUMENTATION_VERSION")
    logfire.instrument_pydantic_ai(**({"version": int(version)} if version else {}))
    is_older = importlib.metadata.version("pydantic-ai-slim").startswith("1.")
    prefix = "openai" if is_older else "openai-chat"
    agent = pydantic_ai.Agent(f"{prefix}:gpt-5.2", name="forecaster", instructions="Be brief.")

    @agent.tool_plain  # type: ignore[untyped-decorator]  # the library is not installed where this is checked
    def get_weather(city: str) -> str:
        """Return the current weather of a city."""
        return f"{city}: 7 °C"

    refusing = pydantic_ai.Agent(f"{prefix}:refused", name="refusing")
    with logfire.span("weather of {city}", city="Zürich", tenant="a"):
        conversation = {} if is_older else {"conversation_id": "session-1"}
        agent.run_sync(QUESTION, model_settings={"temperature": 0.2, "max_tokens": 64}, **conversation)
        logfire.info("answered {count} question", count=1)
        try:
            refusing.run_sync(QUESTION)
        except exceptions.ModelHTTPError:
            logfire.warning("gave up")
    logfire.shutdown()


if __name__ == "__main__":
    main()
