"""A LangChain pipeline with a scripted model, a retriever and a tool, under OpenInference's instrumentation.

Run by ``tools/capture_golden.py`` in an environment of its own; OTEL_* say where spans go.
"""

from __future__ import annotations

import importlib
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def main() -> None:
    """Instrument, run the pipeline once, and wait until all is sent."""
    provider = TracerProvider(resource=Resource({"service.name": "pipeline", "deployment.environment": "staging"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    importlib.import_module("openinference.instrumentation.langchain").LangChainInstrumentor().instrument(
        tracer_provider=provider
    )
    fakes: Any = importlib.import_module("langchain_core.language_models.fake_chat_models")
    messages: Any = importlib.import_module("langchain_core.messages")
    prompts: Any = importlib.import_module("langchain_core.prompts")
    retrievers: Any = importlib.import_module("langchain_core.retrievers")
    documents: Any = importlib.import_module("langchain_core.documents")
    runnables: Any = importlib.import_module("langchain_core.runnables")
    tools: Any = importlib.import_module("langchain_core.tools")

    class Shelf(retrievers.BaseRetriever):  # type: ignore[misc]  # the library is not installed where this is checked
        def _get_relevant_documents(self, query: str, *, run_manager: object) -> list[Any]:
            return [documents.Document(page_content=f"about {query}", metadata={"page": 3})]

    usage = {"input_tokens": 21, "output_tokens": 5, "total_tokens": 26, "input_token_details": {"cache_read": 8}}
    answer = messages.AIMessage(content="Seven degrees.", usage_metadata=usage, tool_calls=[])
    model = fakes.GenericFakeChatModel(messages=iter([answer]))
    tool = tools.StructuredTool.from_function(
        func=lambda city: f"{city}: 7 °C", name="get_weather", description="Weather of a city."
    )
    prompt = prompts.ChatPromptTemplate.from_messages([("system", "Be brief."), ("user", "Weather in {city}? {notes}")])
    look_up = runnables.RunnableLambda(
        lambda given: {
            "city": given["city"],
            "notes": tool.invoke({"city": given["city"]}),
            "found": Shelf().invoke(given["city"]),
        }
    )
    (look_up | prompt | model).invoke({"city": "Zürich"}, config={"metadata": {"session_id": "session-1"}, "tags": ["beta"]})
    provider.shutdown()


if __name__ == "__main__":
    main()
