"""A workflow with an agent, a task and a tool of the Traceloop SDK, and chat completions inside.

Run by ``tools/capture_golden.py`` in an environment of its own; TRACELOOP_BASE_URL and OPENAI_* say where spans go and
where the model is.
"""

from __future__ import annotations

import importlib
from typing import Any

QUESTION = "Weather in Zürich? 🌦"
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {}}}}}


def main() -> None:
    """Run the workflow once and wait until all is sent."""
    traceloop: Any = importlib.import_module("traceloop.sdk").Traceloop
    decorators: Any = importlib.import_module("traceloop.sdk.decorators")
    traceloop.init(app_name="weather", disable_batch=True)
    openai: Any = importlib.import_module("openai")
    client = openai.OpenAI(max_retries=0)

    @decorators.tool(name="get_weather")  # type: ignore[untyped-decorator]  # not installed where this is checked
    def get_weather(city: str) -> str:
        return f"{city}: 7 °C"

    @decorators.task(name="plan", version=2)  # type: ignore[untyped-decorator]  # as above
    def plan(messages: list[Any]) -> Any:
        return client.chat.completions.create(model="gpt-5.2", messages=messages, tools=[TOOL]).choices[0].message

    @decorators.agent(name="forecaster")  # type: ignore[untyped-decorator]  # as above
    def forecast(question: str) -> str:
        messages: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": question}]
        call = plan(messages)
        result = {"role": "tool", "tool_call_id": "call_1", "content": get_weather(city="Zürich")}
        messages += [call.model_dump(exclude_none=True), result]
        return str(client.chat.completions.create(model="gpt-5.2", messages=messages).choices[0].message.content)

    @decorators.workflow(name="weather_report")  # type: ignore[untyped-decorator]  # as above
    def report(question: str) -> dict[str, str]:
        traceloop.set_association_properties({"user_id": "user-ü", "session_id": "session-1", "tenant": "a"})
        return {"answer": forecast(question)}

    report(QUESTION)


if __name__ == "__main__":
    main()
