"""A smolagents agent with a tool, under OpenInference.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_* and OPENAI_* say where spans go and the model is.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from golden_tracing import QUESTION, set_up  # type: ignore[import-not-found]  # it stands beside this script


def main() -> None:
    """Instrument, run, and wait until all is sent."""
    provider = set_up()
    importlib.import_module("openinference.instrumentation.smolagents").SmolagentsInstrumentor().instrument(
        tracer_provider=provider
    )
    smolagents: Any = importlib.import_module("smolagents")

    @smolagents.tool  # type: ignore[untyped-decorator]  # the library is not installed where this is checked
    def get_weather(city: str) -> str:
        """Return the current weather of a city.

        Args:
            city: Where.
        """
        return f"{city}: 7 °C"

    model = smolagents.OpenAIServerModel(model_id="gpt-5.2", api_base=os.environ["OPENAI_BASE_URL"], temperature=0.2)
    smolagents.ToolCallingAgent(tools=[get_weather], model=model, max_steps=2, name="forecaster").run(QUESTION)
    provider.shutdown()


if __name__ == "__main__":
    main()
