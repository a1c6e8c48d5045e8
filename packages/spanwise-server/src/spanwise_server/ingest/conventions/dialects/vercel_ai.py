"""``ai.*``: the AI SDK of Vercel, 3 to 6, and its older attributes in 7. From 7 on it sends the GenAI conventions by default.

Captured from 4, 5, 6 and 7. The outer span of a call (``ai.generateText``) sums up its steps (``ai.generateText.doGenerate``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.moments import moment_after
from spanwise_server.ingest.conventions.table import Derived, Field, Table, To, derive
from spanwise_server.ingest.spans import Span
from spanwise_server.ingest.usage import parse_units

_OPERATION: Final = "ai.operationId"
_METADATA: Final = "ai.telemetry.metadata."
_PROVIDER_METADATA: Final = "ai.response.providerMetadata"
_STEPS: Final = {
    **{f"ai.{call}": "GENERATION" for call in ("generateText.doGenerate", "streamText.doStream")},
    **{f"ai.{call}": "GENERATION" for call in ("generateObject.doGenerate", "streamObject.doStream")},
    **{f"ai.{call}.doEmbed": "EMBEDDING" for call in ("embed", "embedMany")},
    "ai.rerank.doRerank": "RETRIEVER",
    "ai.toolCall": "TOOL",
}
_CALLS: Final = {step.rpartition(".")[0]: "steps" for step in _STEPS if ".do" in step}
"""The outer spans, which sum up their steps."""
_PARAMETERS: Final = {
    "maxSteps": ("ai.settings.maxSteps",),
    "toolChoice": ("ai.prompt.toolChoice",),
    "maxTokens": ("gen_ai.request.max_tokens", "ai.settings.maxOutputTokens"),
    "finishReason": ("gen_ai.response.finish_reasons", "gen_ai.finishReason"),
    "system": ("gen_ai.system", "ai.model.provider"),
    "maxRetries": ("ai.settings.maxRetries",),
    "mode": ("ai.settings.mode",),
    "temperature": ("gen_ai.request.temperature", "ai.settings.temperature"),
    "service_tier": ("gen_ai.request.service_tier",),
}
"""Model parameters as the Langfuse API names them, and where each is."""
_NAMED: Final = frozenset({"model", "max_tokens", "temperature", "service_tier"})
_BESIDE: Final = ("anthropic", "amazon-bedrock", "vertex.anthropic")
"""Providers whose input count did not contain cached tokens up to SDK 5; from 6 on the SDK adds them itself."""


def _read_name(span: Span) -> str | None:
    operation, function = span.attributes.get(_OPERATION), span.attributes.get("ai.telemetry.functionId")
    tool = span.attributes.get("ai.toolCall.name")
    if tool:
        return str(tool)
    return f"{function}:{operation}" if function else str(operation) if operation else None


def _read_answer(span: Span) -> Any:
    """Return one assistant message when the answer is more than text, else the text."""
    attributes = span.attributes
    text = attributes.get("ai.response.text") or None
    calls = parse_nested(attributes.get("ai.response.toolCalls"))
    reasoning = attributes.get("ai.response.reasoning")
    if not isinstance(calls, list) or not calls:
        return {"role": "assistant", "content": text, "reasoning": reasoning} if text and reasoning else text
    message: dict[str, Any] = {"role": "assistant", "content": text, "tool_calls": [_call(call) for call in calls]}
    return {**message, "reasoning": reasoning} if reasoning else message


def _call(call: Any) -> Any:
    if not isinstance(call, dict) or "toolName" not in call:
        return call
    arguments = call.get("input", call.get("args"))
    if not isinstance(arguments, str):
        arguments = msgspec.json.encode(arguments).decode()
    return {"id": call.get("toolCallId"), "type": "function", "function": {"name": call["toolName"], "arguments": arguments}}


def _read_completion_start(span: Span) -> str | None:
    for key in ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"):
        moment = moment_after(span, span.attributes.get(key), 1e-3)
        if moment is not None:
            return moment
    return None


def _read_parameters(span: Span) -> dict[str, Any]:
    attributes = span.attributes
    parameters = {
        name: next((attributes[key] for key in keys if key in attributes), None) for name, keys in _PARAMETERS.items()
    }
    if parameters["service_tier"] is None:
        parameters["service_tier"] = _part(_provider_metadata(attributes), "openai").get("serviceTier")
    for key, value in attributes.items():
        if key.startswith("gen_ai.request.") and key[15:] not in _NAMED:
            parameters[key[15:]] = value
    return {name: value for name, value in parameters.items() if value is not None}


def _provider_metadata(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    text = attributes.get(_PROVIDER_METADATA)
    parsed = parse_nested(text) if text is not None else None
    return parsed if isinstance(parsed, dict) else {}


def _part(metadata: Mapping[str, Any], provider: str, inner: str = "") -> Mapping[str, Any]:
    """Return an object inside of the provider's metadata; empty when there is none."""
    part = metadata.get(provider)
    if inner and isinstance(part, dict):
        part = part.get(inner)
    return part if isinstance(part, dict) else {}


def _first(*sources: tuple[Mapping[str, Any], str]) -> int | None:
    return next((count for source, key in sources if (count := parse_units(source.get(key))) is not None), None)


def _read_usage(span: Span) -> dict[str, int] | None:
    """Make a report in which every token is counted once, whatever the provider counts inside its input."""
    a = span.attributes
    whole = _first(
        *((a, f"gen_ai.usage.{key}") for key in ("prompt_tokens", "input_tokens")),
        *((a, f"ai.usage.{key}") for key in ("inputTokens", "promptTokens", "tokens")),
    )
    output = _first(
        *((a, f"gen_ai.usage.{key}") for key in ("completion_tokens", "output_tokens")),
        *((a, f"ai.usage.{key}") for key in ("outputTokens", "completionTokens")),
    )
    if whole is None and output is None:
        return None
    metadata = _provider_metadata(a)
    anthropic, bedrock = _part(metadata, "anthropic", "usage"), _part(metadata, "bedrock", "usage")
    openai = _part(metadata, "openai")
    cached = _first(
        (a, "ai.usage.inputTokenDetails.cacheReadTokens"),
        (a, "ai.usage.cachedInputTokens"),
        (anthropic, "cache_read_input_tokens"),
        (bedrock, "cacheReadInputTokens"),
        (openai, "cachedPromptTokens"),
    )
    written = _first(
        (a, "ai.usage.inputTokenDetails.cacheWriteTokens"),
        (anthropic, "cache_creation_input_tokens"),
        (bedrock, "cacheWriteInputTokens"),
        (bedrock, "cacheCreationInputTokens"),
    )
    reasoning = _first(
        (a, "ai.usage.outputTokenDetails.reasoningTokens"), (a, "ai.usage.reasoningTokens"), (openai, "reasoningTokens")
    )
    report: dict[str, int] = {}
    if whole is not None:
        fresh = _first((a, "ai.usage.inputTokenDetails.noCacheTokens"), (anthropic, "input_tokens"))
        if fresh is None:
            is_beside = str(a.get("ai.model.provider", "")).startswith(_BESIDE)
            fresh = whole if is_beside else max(whole - (cached or 0) - (written or 0), 0)
        report["input"] = fresh
    if output is not None:
        report["output"] = max(output - (reasoning or 0), 0)
    tiers = anthropic.get("cache_creation")
    for key, tier in (("5m", "ephemeral_5m_input_tokens"), ("1h", "ephemeral_1h_input_tokens")):
        part = _first((tiers, tier)) if isinstance(tiers, dict) else None
        if part and written is not None:
            report[f"input_cache_creation_{key}"] = part
            written = max(written - part, 0)
    details = {"input_cached_tokens": cached, "input_cache_creation": written, "output_reasoning_tokens": reasoning}
    report |= {key: count for key, count in details.items() if count}
    report["total"] = sum(report.values())
    for key, name in (("acceptedPredictionTokens", "accepted"), ("rejectedPredictionTokens", "rejected")):
        count = _first((openai, key))
        if count:
            report[f"{name}_prediction_tokens"] = count
    return report


def _read_type(operation: Any) -> str | None:
    return _STEPS.get(operation.partition(" ")[0]) if isinstance(operation, str) else None


def _read_tools(tools: Any) -> Any:
    """Parse the definitions, each of which is JSON text."""
    parsed = parse_nested(tools)
    return [parse_nested(tool) for tool in parsed] if isinstance(parsed, list) else None


def _read_list(values: Any) -> Any:
    """Parse embedded values and embeddings, each of which is JSON text."""
    if not isinstance(values, list):
        return values
    try:
        return [msgspec.json.decode(value) for value in values]
    except (msgspec.DecodeError, TypeError, RecursionError):
        return values


def _read_prompt(key: str) -> Any:
    def read(prompt: Any) -> Any:
        parsed = parse_nested(prompt)
        return parsed.get(key) if isinstance(parsed, dict) else None

    return read


TABLE: Final = Table(
    "vercel ai",
    {
        _OPERATION: (
            To(Field.TYPE, read=_read_type),
            To(Field.SUMMARY, values=_CALLS),
            derive(
                Derived(Field.NAME, _read_name),
                Derived(
                    Field.OUTPUT, _read_answer, uses=("ai.response.text", "ai.response.toolCalls", "ai.response.reasoning")
                ),
                Derived(Field.COMPLETION_START, _read_completion_start),
                Derived(Field.MODEL_PARAMETERS, _read_parameters),
                Derived(Field.USAGE, _read_usage),
            ),
        ),
        "operation.name": To(Field.TYPE, read=_read_type),
        "ai.prompt.messages": To(Field.INPUT),
        "ai.prompt": To(Field.INPUT),
        "ai.toolCall.args": To(Field.INPUT),
        "ai.value": To(Field.INPUT),
        "ai.values": To(Field.INPUT, read=_read_list),
        "ai.response.text": To(Field.OUTPUT),
        "ai.result.text": To(Field.OUTPUT),
        "ai.toolCall.result": To(Field.OUTPUT),
        "ai.response.object": To(Field.OUTPUT),
        "ai.result.object": To(Field.OUTPUT),
        "ai.response.toolCalls": To(Field.OUTPUT),
        "ai.result.toolCalls": To(Field.OUTPUT),
        "ai.embedding": To(Field.OUTPUT),
        "ai.embeddings": To(Field.OUTPUT, read=_read_list),
        "ai.prompt.tools": To(Field.TOOLS, read=_read_tools),
        _METADATA + "userId": To(Field.USER),
        _METADATA + "sessionId": To(Field.SESSION),
        _METADATA + "tags": To(Field.TAGS),
        _METADATA + "langfusePrompt": (
            To(Field.PROMPT_NAME, read=_read_prompt("name")),
            To(Field.PROMPT_VERSION, read=_read_prompt("version")),
        ),
    },
    {_METADATA: To(Field.METADATA_KEY)},
)
MODEL: Final = Table("vercel ai, model", {"ai.model.id": To(Field.MODEL)})
