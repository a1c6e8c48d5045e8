"""``gen_ai.*``: the GenAI conventions of OpenTelemetry, current and the deprecated forms that are still sent.

Current (1.36 and later): messages as JSON in ``gen_ai.input.messages`` and ``gen_ai.output.messages``, on the span or on a
``gen_ai.client.inference.operation.details`` event. Deprecated: one event a message (1.28 to 1.35), content events
(up to 1.27), ``prompt_tokens``/``completion_tokens``, ``gen_ai.system``, and OpenLLMetry's indexed attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.moments import moment_after
from spanwise_server.ingest.conventions.table import MODEL_IMPLIES_GENERATION, Derived, EventTo, Field, Table, To, derive
from spanwise_server.ingest.spans import Span

_SUMMARIES: Final = {"invoke_agent": "children", "agent_step": "children", "invoke_workflow": "children"}
"""Operations whose model, usage and cost sum up those of their children, which would then count twice."""

_USAGE: Final = "gen_ai.usage."
_OPERATIONS: Final = {
    **dict.fromkeys(("chat", "completion", "text_completion", "generate_content", "generate"), "GENERATION"),
    "embeddings": "EMBEDDING",
    **dict.fromkeys(("invoke_agent", "create_agent"), "AGENT"),
    "execute_tool": "TOOL",
    "retrieval": "RETRIEVER",
    "invoke_workflow": "CHAIN",
}
_REPEATED: Final = (
    *("text.input_tokens", "text.output_tokens", "input_text_tokens", "output_text_tokens"),
    *(f"{kind}.cache_read.input_tokens" for kind in ("text", "audio", "image")),
)
"""Counts by modality: they say again what input, output and cached tokens say, or what remains of them."""
_ROLES: Final = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def _count(key: str, *suffixes: str) -> dict[str, To]:
    return {_USAGE + suffix: To(Field.USAGE_COUNT, key=key) for suffix in suffixes}


def _read_message(name: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Make a chat message of an event that carries one: its role comes from the event's name unless it says otherwise."""
    message = {"role": _ROLES[name]} if name in _ROLES else {}
    for key, value in attributes.items():
        if key not in ("gen_ai.system", "gen_ai.provider.name"):
            message[key] = parse_nested(value)
    return message


def _read_key(key: str) -> Any:
    return lambda _name, attributes: attributes.get(key) or None


def _reader_of_seconds(key: str) -> Callable[[Span], str | None]:
    return lambda span: moment_after(span, span.attributes.get(key))


OPERATION: Final = Table(
    "gen_ai, operation",
    {"gen_ai.operation.name": (To(Field.TYPE, values=_OPERATIONS), To(Field.SUMMARY, values=_SUMMARIES))},
)
TOOL_NAME: Final = Table(
    "gen_ai, tool name",
    {
        "gen_ai.tool.name": (To(Field.NAME), To(Field.TYPE, constant="TOOL")),
        "gen_ai.tool.call.id": To(Field.TYPE, constant="TOOL"),
    },
)
RESPONSE: Final = Table("gen_ai, response", {"gen_ai.response.model": To(Field.MODEL)})
FIRST_CHUNK: Final = Table(
    "gen_ai, first chunk",
    {
        key: derive(Derived(Field.COMPLETION_START, _reader_of_seconds(key)))
        for key in ("gen_ai.response.time_to_first_chunk", "gen_ai.client.operation.time_to_first_chunk")
    },
)
REQUEST: Final = Table(
    "gen_ai, request",
    {
        "gen_ai.request.model": To(Field.MODEL),
        "gen_ai.conversation.id": To(Field.SESSION),
        "gen_ai.tool.definitions": To(Field.TOOLS),
    },
    {"gen_ai.request.": To(Field.MODEL_PARAMETER)},
)
MODEL: Final = Table(
    "gen_ai, type by model",
    {"gen_ai.request.model": MODEL_IMPLIES_GENERATION, "gen_ai.response.model": MODEL_IMPLIES_GENERATION},
)
USAGE: Final = Table(
    "gen_ai, usage",
    {
        **_count("input", "prompt_tokens", "input_tokens", "prompt"),
        **_count("output", "completion_tokens", "output_tokens", "completion"),
        **_count("total", "total_tokens", "total"),
        **_count(
            "input_cached_tokens",
            "cache_read.input_tokens",
            "cache_read_input_tokens",
            "cache_read_tokens",
            "details.cache_read_tokens",
            "details.cache_read_input_tokens",
            "details.cached_tokens",
            "prompt_details.cache_read",
            "input_cached_tokens",
        ),
        **_count(
            "input_cache_creation",
            "cache_creation.input_tokens",
            "cache_creation_input_tokens",
            "cache_write.input_tokens",
            "cache_write_input_tokens",
            "cache_write_tokens",
            "details.cache_write_tokens",
            "details.cache_creation_input_tokens",
            "prompt_details.cache_write",
        ),
        **_count(
            "output_reasoning_tokens",
            "reasoning.output_tokens",
            "completion_details.reasoning",
            "details.reasoning_tokens",
            "reasoning_tokens",
        ),
        **_count("input_audio_tokens", "audio.input_tokens", "input_audio_tokens", "prompt_details.audio"),
        **_count("input_image_tokens", "image.input_tokens"),
        **_count("output_audio_tokens", "audio.output_tokens", "output_audio_tokens", "completion_details.audio"),
        **dict.fromkeys((_USAGE + name for name in _REPEATED), ()),
        _USAGE + "cost": To(Field.COST_AMOUNT, key="total"),
    },
    {_USAGE: To(Field.USAGE_COUNT), _USAGE + "details.": To(Field.USAGE_COUNT)},
)
DETAIL_EVENTS: Final = Table(
    "gen_ai, operation details event",
    events={
        "gen_ai.client.inference.operation.details": (
            EventTo(Field.INPUT, _read_key("gen_ai.input.messages")),
            EventTo(Field.OUTPUT, _read_key("gen_ai.output.messages")),
            EventTo(Field.SYSTEM_INSTRUCTIONS, _read_key("gen_ai.system_instructions")),
            EventTo(Field.TOOLS, _read_key("gen_ai.tool.definitions")),
        ),
    },
)
MESSAGE_EVENTS: Final = Table(
    "gen_ai, message events",
    events={
        **{name: (EventTo(Field.INPUT, _read_message, is_list=True),) for name in _ROLES},
        "gen_ai.choice": (EventTo(Field.OUTPUT, _read_message),),
    },
)
CONTENT_EVENTS: Final = Table(
    "gen_ai, content events",
    events={
        "gen_ai.content.prompt": (EventTo(Field.INPUT, _read_key("gen_ai.prompt")),),
        "gen_ai.content.completion": (EventTo(Field.OUTPUT, _read_key("gen_ai.completion")),),
    },
)
INDEXED: Final = Table(
    "gen_ai, indexed attributes",
    prefixes={"gen_ai.prompt.": To(Field.INPUT), "gen_ai.completion.": To(Field.OUTPUT)},
)
MESSAGES: Final = Table(
    "gen_ai, messages",
    {
        "gen_ai.input.messages": To(Field.INPUT),
        "gen_ai.output.messages": To(Field.OUTPUT),
        "gen_ai.system_instructions": To(Field.SYSTEM_INSTRUCTIONS),
        "gen_ai.prompt": To(Field.INPUT),
        "gen_ai.completion": To(Field.OUTPUT),
    },
)
TOOL_CALL: Final = Table(
    "gen_ai, tool call",
    {"gen_ai.tool.call.arguments": To(Field.INPUT), "gen_ai.tool.call.result": To(Field.OUTPUT)},
)
