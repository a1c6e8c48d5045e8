"""A LiveKit agent that is written to, without a room: one question that uses a tool.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_* and OPENAI_* say where spans go and the model is.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

from golden_tracing import QUESTION, SYSTEM, set_up  # type: ignore[import-not-found]  # it stands beside this script


async def ask() -> None:
    """Run one session of one question."""
    agents: Any = importlib.import_module("livekit.agents")
    openai: Any = importlib.import_module("livekit.plugins.openai")

    class Forecaster(agents.Agent):  # type: ignore[misc]  # the library is not installed where this is checked
        """An agent with one tool."""

        def __init__(self) -> None:
            super().__init__(instructions=SYSTEM)

        @agents.function_tool  # type: ignore[untyped-decorator]  # as above
        async def get_weather(self, city: str) -> str:
            """Return the current weather of a city."""
            return f"{city}: 7 °C"

    async with openai.LLM(model="gpt-5.2") as model, agents.AgentSession(llm=model) as session:
        await session.start(Forecaster())
        await session.run(user_input=QUESTION)


def main() -> None:
    """Ask once and wait until all is sent."""
    provider = set_up()
    importlib.import_module("livekit.agents.telemetry").set_tracer_provider(provider, metadata={"session.id": "session-1"})
    asyncio.run(ask())
    provider.force_flush()
    provider.shutdown()


if __name__ == "__main__":
    main()
