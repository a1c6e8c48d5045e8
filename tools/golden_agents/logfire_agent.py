"""Chat completions, the responses API, embeddings and Anthropic messages under Logfire's own instrumentations.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_*, OPENAI_* and ANTHROPIC_* say where to send.
"""

from __future__ import annotations

import importlib
from typing import Any

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather in Zürich? 🌦"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}


def main() -> None:
    """Ask in each way and wait until all is sent."""
    logfire: Any = importlib.import_module("logfire")
    logfire.configure(send_to_logfire=False, console=False, service_name="weather", environment="staging")
    logfire.instrument_openai()
    logfire.instrument_anthropic()
    openai: Any = importlib.import_module("openai")
    anthropic: Any = importlib.import_module("anthropic")
    client = openai.OpenAI(max_retries=0)
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}
    with logfire.span("run", tenant="a"):
        client.chat.completions.create(model="gpt-5.2", messages=MESSAGES, tools=[tool], temperature=0.2)
        for _ in client.chat.completions.create(model="gpt-5.2", messages=MESSAGES, stream=True):
            pass
        client.responses.create(
            model="gpt-5.2",
            instructions="Be brief.",
            input=MESSAGES[1]["content"],
            tools=[{"type": "function", "name": "get_weather", "parameters": PARAMETERS}],
        )
        client.embeddings.create(model="text-embedding-3-small", input=["Zürich"])
        anthropic.Anthropic(max_retries=0).messages.create(
            model="claude-opus-4-5", max_tokens=64, system="Be brief.", messages=MESSAGES[1:]
        )
        try:
            client.chat.completions.create(model="refused", messages=MESSAGES)
        except openai.BadRequestError:
            logfire.warning("gave up")
    logfire.shutdown()


if __name__ == "__main__":
    main()
