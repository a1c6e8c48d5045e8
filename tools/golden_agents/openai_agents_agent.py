"""An agent of the OpenAI Agents SDK with a tool, on the responses API, under OpenInference.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_* and OPENAI_* say where spans go and the model is.
"""

from __future__ import annotations

import importlib
from typing import Any

from golden_tracing import QUESTION, SYSTEM, get_weather, set_up  # type: ignore[import-not-found]  # it stands beside this script


def main() -> None:
    """Instrument, run, fail once, and wait until all is sent."""
    provider = set_up()
    importlib.import_module("openinference.instrumentation.openai_agents").OpenAIAgentsInstrumentor().instrument(
        tracer_provider=provider
    )
    agents: Any = importlib.import_module("agents")
    tools = [agents.function_tool(get_weather)]
    agents.Runner.run_sync(agents.Agent(name="forecaster", instructions=SYSTEM, model="gpt-5.2", tools=tools), QUESTION)
    try:
        agents.Runner.run_sync(agents.Agent(name="refusing", instructions=SYSTEM, model="refused"), QUESTION)
    except Exception as error:  # noqa: BLE001  # which one depends on the versions installed
        print(type(error).__name__)
    provider.shutdown()


if __name__ == "__main__":
    main()
