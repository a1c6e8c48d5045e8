"""A LangGraph agent with a tool, under OpenInference, OpenLLMetry or LangSmith's own OpenTelemetry export.

Run by ``tools/capture_golden.py`` in an environment of its own. ``GOLDEN_INSTRUMENTATION`` chooses; OTEL_* and OPENAI_* say
where spans go and the model is.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from golden_tracing import QUESTION, SYSTEM, get_weather, set_up  # type: ignore[import-not-found]  # it stands beside this script

MODULES = {
    "openinference": ("openinference.instrumentation.langchain", "LangChainInstrumentor"),
    "openllmetry": ("opentelemetry.instrumentation.langchain", "LangchainInstrumentor"),
}


def main() -> None:
    """Instrument, run the graph and one that fails, and wait until all is sent."""
    instrumentation = os.environ["GOLDEN_INSTRUMENTATION"]
    provider = set_up()
    if instrumentation in MODULES:
        module, name = MODULES[instrumentation]
        getattr(importlib.import_module(module), name)().instrument(tracer_provider=provider)
    graphs: Any = importlib.import_module("langgraph.graph")
    prebuilt: Any = importlib.import_module("langgraph.prebuilt")
    tools: Any = importlib.import_module("langchain_core.tools")
    openai: Any = importlib.import_module("langchain_openai")
    tool = tools.tool(get_weather)

    def make_graph(model: str) -> Any:
        chat = openai.ChatOpenAI(model=model, temperature=0.2, max_retries=0).bind_tools([tool])
        graph = graphs.StateGraph(graphs.MessagesState)
        graph.add_node("agent", lambda state: {"messages": [chat.invoke(state["messages"])]})
        graph.add_node("tools", prebuilt.ToolNode([tool]))
        graph.add_edge(graphs.START, "agent")
        graph.add_conditional_edges("agent", prebuilt.tools_condition)
        graph.add_edge("tools", "agent")
        return graph.compile(name="weather_graph")

    asked = {"messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]}
    config = {
        "tags": ["weather"],
        "metadata": {"session_id": "session-1", "user_id": "user-ü"},
        "configurable": {"thread_id": "thread-1"},
    }
    make_graph("gpt-5.2").invoke(asked, config=config)
    try:
        make_graph("refused").invoke(asked)
    except Exception as error:  # noqa: BLE001  # which one depends on the versions installed
        print(type(error).__name__)
    if instrumentation == "langsmith":
        importlib.import_module("langchain_core.tracers.langchain").wait_for_all_tracers()
    provider.force_flush()
    provider.shutdown()


if __name__ == "__main__":
    main()
