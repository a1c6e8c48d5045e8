"""``langsmith.*``: LangChain and LangGraph traced by LangSmith's own SDK when it exports OpenTelemetry.

Captured from 0.14. Names of models and messages stand in the deprecated GenAI attributes, the token details in its metadata.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.dialects.langchain import plain_messages
from spanwise_server.ingest.conventions.table import GENERATION, Field, Table, To

_METADATA: Final = "langsmith.metadata."
_KINDS: Final = {
    "llm": GENERATION,
    "chain": "CHAIN",
    "tool": "TOOL",
    "retriever": "RETRIEVER",
    "embedding": "EMBEDDING",
    "prompt": "SPAN",
    "parser": "SPAN",
}
_SETTINGS: Final = ("LANGSMITH_OTEL_ENABLED", "LANGSMITH_OTEL_ONLY", "LANGSMITH_TRACING")
"""Its own environment variables, which stay where they are."""
_STEP_TAGS: Final = ("seq:step:", "graph:step:", "map:key:")
"""Tags that LangChain sets to tell its own steps apart."""


def _read_tags(value: Any) -> list[str]:
    tags = value.split(", ") if isinstance(value, str) else value if isinstance(value, list) else []
    return [tag for tag in tags if isinstance(tag, str) and not tag.startswith(_STEP_TAGS)]


TABLE: Final = Table(
    "langsmith",
    {
        "langsmith.span.kind": To(Field.TYPE, values=_KINDS),
        "langsmith.span.tags": To(Field.TAGS, read=_read_tags),
        _METADATA + "usage_metadata": To(Field.USAGE),
        _METADATA + "user_id": To(Field.USER),
        **{_METADATA + name: () for name in _SETTINGS},
        **{_METADATA + name: To(Field.SESSION) for name in ("session_id", "thread_id", "conversation_id")},
        "gen_ai.prompt": To(Field.INPUT, read=plain_messages),
        "gen_ai.completion": To(Field.OUTPUT, read=plain_messages),
    },
    {_METADATA: To(Field.METADATA_KEY)},
    scopes=frozenset({"langsmith"}),
)
