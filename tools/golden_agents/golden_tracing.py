"""What the agents of this folder share: where spans go. Imported from beside the script, in the producer's environment."""

from __future__ import annotations

from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

SYSTEM: Final = "Be brief."
QUESTION: Final = "Weather in Zürich? 🌦"


def set_up() -> TracerProvider:
    """Make a provider that sends to where OTEL_* says, and make it the global one. The caller shuts it down."""
    attributes = {"service.name": "weather", "service.version": "1.2.3", "deployment.environment.name": "staging"}
    provider = TracerProvider(resource=Resource(attributes))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def get_weather(city: str) -> str:
    """Return the current weather of a city."""
    return f"{city}: 7 °C"
