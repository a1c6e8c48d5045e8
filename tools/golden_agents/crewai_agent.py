"""A crew of one CrewAI agent with a tool, under OpenInference.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_* and OPENAI_* say where spans go and the model is.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from golden_tracing import QUESTION, SYSTEM, set_up  # type: ignore[import-not-found]  # it stands beside this script


def main() -> None:
    """Instrument, run, and wait until all is sent."""
    provider = set_up()
    for library, name in (("crewai", "CrewAIInstrumentor"), ("openai", "OpenAIInstrumentor")):
        getattr(importlib.import_module(f"openinference.instrumentation.{library}"), name)().instrument(
            tracer_provider=provider
        )
    crewai: Any = importlib.import_module("crewai")
    tools: Any = importlib.import_module("crewai.tools")

    @tools.tool("get_weather")  # type: ignore[untyped-decorator]  # the library is not installed where this is checked
    def get_weather(city: str) -> str:
        """Return the current weather of a city."""
        return f"{city}: 7 °C"

    model = crewai.LLM(model="openai/gpt-5.2", base_url=os.environ["OPENAI_BASE_URL"])
    agent = crewai.Agent(role="forecaster", goal=SYSTEM, backstory="Looks out.", tools=[get_weather], llm=model)
    task = crewai.Task(description=QUESTION, expected_output="A sentence.", agent=agent)
    crewai.Crew(agents=[agent], tasks=[task]).kickoff()
    provider.shutdown()


if __name__ == "__main__":
    main()
