"""Claude Code with its own telemetry, run through the Claude Agent SDK: one prompt that uses a tool, and one that fails.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_*, CLAUDE_CODE_* and ANTHROPIC_* say where telemetry
goes and the model is.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import Any


async def ask(model: str) -> None:
    """Run one session."""
    sdk: Any = importlib.import_module("claude_agent_sdk")
    options = sdk.ClaudeAgentOptions(
        model=model,
        tools=["Bash"],
        allowed_tools=["Bash"],
        permission_mode="acceptEdits",
        setting_sources=[],
        max_turns=4,
        system_prompt="Be brief.",
    )
    async for message in sdk.query(prompt="Weather in Zürich? 🌦", options=options):
        print(type(message).__name__)


def main() -> None:
    """Run both sessions; the command flushes its telemetry when it ends."""
    asyncio.run(ask("claude-opus-4-5"))
    try:
        asyncio.run(ask("refused"))
    except Exception as error:  # noqa: BLE001  # the SDK raises a plain Exception
        print(error)


if __name__ == "__main__":
    main()
