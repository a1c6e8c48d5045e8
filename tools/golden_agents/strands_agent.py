"""A Strands agent with a tool, and one that fails, against an OpenAI or a Bedrock endpoint.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_*, OPENAI_* and AWS_* say where spans go and the model is.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from golden_tracing import QUESTION, SYSTEM, get_weather, set_up  # type: ignore[import-not-found]  # it stands beside this script


def make_model(name: str) -> Any:
    """Make the model of the protocol that is asked for."""
    if os.environ["GOLDEN_PROTOCOL"] == "bedrock":
        return importlib.import_module("strands.models.bedrock").BedrockModel(model_id=name, streaming=False, temperature=0.2)
    openai: Any = importlib.import_module("strands.models.openai")
    return openai.OpenAIModel(client_args={"max_retries": 0}, model_id=name, params={"temperature": 0.2})


def main() -> None:
    """Run both and wait until all is sent."""
    provider = set_up()
    strands: Any = importlib.import_module("strands")
    attributes = {"session.id": "session-1", "user.id": "user-ü", "tenant": "a"}

    def make_agent(model: str) -> Any:
        return strands.Agent(
            name="forecaster",
            model=make_model(model),
            system_prompt=SYSTEM,
            tools=[strands.tool(get_weather)],
            trace_attributes=attributes,
            callback_handler=None,
        )

    make_agent("gpt-5.2")(QUESTION)
    try:
        make_agent("refused")(QUESTION)
    except Exception as error:  # noqa: BLE001  # which one depends on the versions installed
        print(type(error).__name__)
    provider.shutdown()


if __name__ == "__main__":
    main()
