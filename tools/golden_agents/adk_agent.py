"""A Google ADK agent with a tool, and one that fails, against a Gemini endpoint.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_* and GOOGLE_* say where spans go and the model is.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

from golden_tracing import QUESTION, SYSTEM, get_weather, set_up  # type: ignore[import-not-found]  # it stands beside this script


async def ask(model: str) -> None:
    """Run an agent once."""
    agents: Any = importlib.import_module("google.adk.agents")
    runners: Any = importlib.import_module("google.adk.runners")
    types: Any = importlib.import_module("google.genai.types")
    agent = agents.LlmAgent(name="forecaster", model=model, instruction=SYSTEM, tools=[get_weather])
    runner = runners.InMemoryRunner(agent=agent, app_name="weather")
    await runner.session_service.create_session(app_name="weather", user_id="user-ü", session_id="session-1")
    content = types.Content(role="user", parts=[types.Part(text=QUESTION)])
    async for _ in runner.run_async(user_id="user-ü", session_id="session-1", new_message=content):
        pass


def main() -> None:
    """Run both and wait until all is sent."""
    provider = set_up()
    asyncio.run(ask("gemini-3-pro"))
    try:
        asyncio.run(ask("gemini-refused"))
    except Exception as error:  # noqa: BLE001  # which one depends on the versions installed
        print(type(error).__name__)
    provider.shutdown()


if __name__ == "__main__":
    main()
