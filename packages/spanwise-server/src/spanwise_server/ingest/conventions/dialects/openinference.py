"""OpenInference: ``openinference.span.kind``, ``input.value``/``output.value``, ``llm.*`` and their relatives.

Written against openinference-semantic-conventions; its instrumentations of OpenAI, LangChain, LlamaIndex… all follow it.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.dialects.langchain import plain_messages
from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.table import MODEL_IMPLIES_GENERATION, Field, Table, To

_COUNTS: Final = "llm.token_count."
_COST: Final = "llm.cost."
_KINDS: Final = {
    "llm": "GENERATION",
    **{name: name.upper() for name in ("chain", "retriever", "embedding", "agent", "tool", "guardrail", "evaluator")},
}
_WRAPPERS: Final = frozenset({"message", "tool_call", "message_content", "tool", "document", "embedding"})
"""Objects of the flat form that hold nothing but one of these are unwrapped: their content is the ordinary shape."""


def _count(key: str, *suffixes: str) -> dict[str, To]:
    return {_COUNTS + suffix: To(Field.USAGE_COUNT, key=key) for suffix in suffixes}


def unwrap(value: Any) -> Any:
    """Take the wrappers out of a rebuilt value, so that messages have the shape that model APIs use."""
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key in _WRAPPERS and isinstance(inner, dict):
                return unwrap(inner)
        return {key: unwrap(inner) for key, inner in value.items()}
    return value


def _read_tools(value: Any) -> Any:
    tools = unwrap(value)
    if not isinstance(tools, list):
        return None
    return [parse_nested(tool.get("json_schema", tool)) if isinstance(tool, dict) else tool for tool in tools]


def _read_model(parameters: Any) -> Any:
    parsed = parse_nested(parameters)
    return parsed.get("model") if isinstance(parsed, dict) else None


_SMOLAGENTS: Final = "openinference.instrumentation.smolagents"
SUMS: Final = Table(
    "openinference, sums of steps",
    {"openinference.span.kind": To(Field.SUMMARY, values={"agent": "steps", "chain": "steps"})},
    scopes=frozenset({_SMOLAGENTS}),
)
MESSAGES: Final = Table(
    "openinference, better messages",
    # Beside them, input.value has what Python prints of the messages, or lacks the instructions.
    prefixes={
        "llm.input_messages.": To(Field.INPUT, read=unwrap),
        "llm.output_messages.": To(Field.OUTPUT, read=unwrap),
    },
    scopes=frozenset({_SMOLAGENTS, "openinference.instrumentation.openai_agents"}),
)
KIND: Final = Table("openinference, kind", {"openinference.span.kind": To(Field.TYPE, values=_KINDS)})
VALUES: Final = Table(
    "openinference",
    {
        "input.value": To(Field.INPUT, read=plain_messages),
        "output.value": To(Field.OUTPUT, read=plain_messages),
        "llm.response.model": To(Field.MODEL),
        "llm.model_name": To(Field.MODEL),
        "embedding.model_name": To(Field.MODEL),
        "reranker.model_name": To(Field.MODEL),
        # A call that failed has no llm.model_name, but the parameters name the model.
        "llm.invocation_parameters": (To(Field.MODEL_PARAMETERS), To(Field.MODEL, read=_read_model)),
        "embedding.invocation_parameters": To(Field.MODEL_PARAMETERS),
        "metadata": To(Field.METADATA),
    },
    {"llm.invocation_parameters.": To(Field.MODEL_PARAMETER), "llm.tools.": To(Field.TOOLS, read=_read_tools)},
)
TAGS: Final = Table("openinference, tags", {"tag.tags": To(Field.TAGS)})
MODEL: Final = Table("openinference, type by model", {"llm.model_name": MODEL_IMPLIES_GENERATION})
USAGE: Final = Table(
    "openinference, usage",
    {
        **_count("input", "prompt", "prompt_tokens", "input_tokens"),
        **_count("output", "completion", "completion_tokens", "output_tokens"),
        **_count("total", "total", "total_tokens"),
        **_count("input_cached_tokens", "prompt_details.cache_read"),
        **_count("input_cache_creation", "prompt_details.cache_write"),
        **_count("input_audio_tokens", "prompt_details.audio"),
        **_count("output_reasoning_tokens", "completion_details.reasoning"),
        **_count("output_audio_tokens", "completion_details.audio"),
        _COST + "total": To(Field.COST_AMOUNT, key="total"),
        _COST + "prompt": To(Field.COST_AMOUNT, key="input"),
        _COST + "completion": To(Field.COST_AMOUNT, key="output"),
    },
    {_COUNTS: To(Field.USAGE_COUNT)},
)
INDEXED: Final = Table(
    "openinference, indexed attributes",
    prefixes={
        "llm.input_messages.": To(Field.INPUT, read=unwrap),
        "llm.output_messages.": To(Field.OUTPUT, read=unwrap),
        "retrieval.documents.": To(Field.OUTPUT, read=unwrap),
        "embedding.embeddings.": To(Field.INPUT, read=unwrap),
    },
)
