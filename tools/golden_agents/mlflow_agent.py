"""An MLflow trace with a chain, a retriever, a tool, a failure and autologged OpenAI calls, exported through OTLP.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and OPENAI_* say where
spans go and the model is.
"""

from __future__ import annotations

import importlib
from typing import Any

QUESTION = "Weather in Zürich? 🌦"
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {}}}}}


def main() -> None:
    """Run the chain once and wait until all is sent."""
    mlflow: Any = importlib.import_module("mlflow")
    entities: Any = importlib.import_module("mlflow.entities")
    mlflow.openai.autolog()
    openai: Any = importlib.import_module("openai")
    client = openai.OpenAI(max_retries=0)

    @mlflow.trace(span_type=entities.SpanType.TOOL)  # type: ignore[untyped-decorator]  # not installed where this is checked
    def get_weather(city: str) -> str:
        return f"{city}: 7 °C"

    @mlflow.trace(span_type=entities.SpanType.RETRIEVER)  # type: ignore[untyped-decorator]  # as above
    def look_up(query: str) -> list[Any]:
        return [entities.Document(page_content=f"about {query}", metadata={"page": 3})]

    @mlflow.trace(name="weather_report", span_type=entities.SpanType.AGENT, attributes={"tenant": "a"})  # type: ignore[untyped-decorator]  # as above
    def report(question: str) -> str:
        mlflow.update_current_trace(
            tags={"stage": "beta"}, metadata={"mlflow.trace.user": "user-ü", "mlflow.trace.session": "session-1"}
        )
        messages: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": question}]
        look_up("Zürich")
        call = client.chat.completions.create(model="gpt-5.2", messages=messages, tools=[TOOL], temperature=0.2)
        result = {"role": "tool", "tool_call_id": "call_1", "content": get_weather("Zürich")}
        messages += [call.choices[0].message.model_dump(exclude_none=True), result]
        answer = client.chat.completions.create(model="gpt-5.2", messages=messages)
        try:
            client.chat.completions.create(model="refused", messages=messages)
        except openai.BadRequestError as error:
            print(error)
        return str(answer.choices[0].message.content)

    report(QUESTION)
    mlflow.flush_trace_async_logging()
    importlib.import_module("mlflow.tracing.provider").provider.get().force_flush()


if __name__ == "__main__":
    main()
