"""Two chat completions with a tool call between them and one that fails, under an OpenTelemetry instrumentation of openai.

Run by ``tools/capture_golden.py`` in an environment of its own. ``GOLDEN_INSTRUMENTATION`` is a key of
``MODULES``; the usual OTEL_* and OPENAI_* variables say where spans go and where the model is.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather in Zürich? 🌦"}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Current weather of a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]
MODULES = {
    "openinference": "openinference.instrumentation.openai",
    "opentelemetry": "opentelemetry.instrumentation.openai_v2",
    "openllmetry": "opentelemetry.instrumentation.openai",
}


def main() -> None:
    """Instrument, ask twice, fail once, and wait until all is sent."""
    attributes = {"service.name": "weather", "service.version": "1.2.3", "deployment.environment.name": "staging"}
    provider = TracerProvider(resource=Resource(attributes))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    importlib.import_module(MODULES[os.environ["GOLDEN_INSTRUMENTATION"]]).OpenAIInstrumentor().instrument(
        tracer_provider=provider
    )
    openai: Any = importlib.import_module("openai")
    client = openai.OpenAI(max_retries=0)
    with trace.get_tracer("weather-agent", "0.1").start_as_current_span("run") as span:
        span.set_attributes({"session.id": "session-1", "user.id": "user-ü"})
        first = client.chat.completions.create(model="gpt-5.2", messages=MESSAGES, tools=TOOLS, temperature=0.2, max_tokens=64)
        call = first.choices[0].message
        result = {"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": "7 °C"}
        client.chat.completions.create(model="gpt-5.2", messages=[*MESSAGES, call.model_dump(exclude_none=True), result])
        try:
            client.chat.completions.create(model="refused", messages=MESSAGES)
        except openai.BadRequestError:
            span.add_event("gave up", {"attempt": 1})
    provider.shutdown()


if __name__ == "__main__":
    main()
