"""Model endpoints for captures of instrumentation libraries: each protocol's answers, always the same, with full usage.

A model whose name ends in ``refused`` fails. When tools are offered and none has answered yet, the first tool is called; else comes text.
The token counts say the same thing in every protocol: 120 tokens read, 64 of them from a cache, 40 written, 16 of them thought.
Anthropic and Bedrock count cached tokens beside the input, and Anthropic wrote 20 to its cache, so there 36 are plain input.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

Answer = tuple[int, str, bytes]
"""Status, content type, body."""

TEXT: Final = "Seven degrees."
CITY: Final = {"city": "Zürich"}
_ARGUMENTS: Final[dict[str, dict[str, Any]]] = {"Bash": {"command": "echo 7", "description": "Ask the thermometer"}}
"""What tools that need something else than a city are called with."""
_JSON: Final = "application/json"
_EVENTS: Final = "text/event-stream"


def answer(path: str, question: dict[str, Any]) -> Answer | None:
    """Answer a request by its path; ``None`` when no protocol has such a path."""
    for pattern, protocol in _PROTOCOLS:
        found = pattern.search(path)
        if found:
            model = found["model"] if "model" in found.groupdict() else question.get("model", "")
            if model.endswith("refused"):
                return 400, _JSON, _encode({"error": _REFUSAL, "message": _REFUSAL["message"]})
            return protocol(path, question)
    return None


_REFUSAL: Final = {"message": "model refused", "type": "invalid_request_error", "code": "model_not_found"}


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _stream(events: list[Any], *, named: bool = False, end: bytes = b"") -> Answer:
    lines = b"".join(
        (b"event: " + event["type"].encode() + b"\n" if named else b"") + b"data: " + _encode(event) + b"\n\n"
        for event in events
    )
    return 200, _EVENTS, lines + end


def _call(names: list[str], history: list[Any]) -> tuple[str, dict[str, Any]] | None:
    """Return the name and the arguments of the call to make, if one is due."""
    text = json.dumps(history)
    if not names or any(mark in text for mark in _RESULTS):
        return None
    return names[0], _ARGUMENTS.get(names[0], CITY)


_RESULTS: Final = ('"role": "tool"', '"type": "tool_result"', '"function_call_output"', '"functionResponse"', '"toolResult"')
"""What a conversation holds after a tool has answered, in each protocol."""


def _chat(_path: str, question: dict[str, Any]) -> Answer:
    names = [tool["function"]["name"] for tool in question.get("tools") or ()]
    call = _call(names, question["messages"])
    message: dict[str, Any] = {"role": "assistant", "content": TEXT}
    if call:
        function = {"name": call[0], "arguments": json.dumps(call[1], ensure_ascii=False)}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        }
    usage = {
        "prompt_tokens": 120,
        "completion_tokens": 40,
        "total_tokens": 160,
        "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 16, "audio_tokens": 0},
    }
    head = {"id": "chatcmpl-1", "created": 1770000000, "model": "gpt-5.2-2026-01-01"}
    reason = "tool_calls" if call else "stop"
    if not question.get("stream"):
        choices = [{"index": 0, "message": message, "finish_reason": reason}]
        return 200, _JSON, _encode({**head, "object": "chat.completion", "choices": choices, "usage": usage})
    delta = {**message, "tool_calls": [{"index": 0, **message["tool_calls"][0]}]} if call else message
    chunks: list[Any] = [
        {**head, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**head, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
        {**head, "object": "chat.completion.chunk", "choices": [], "usage": usage},
    ]
    return _stream(chunks, end=b"data: [DONE]\n\n")


def _responses(_path: str, question: dict[str, Any]) -> Answer:
    names = [tool["name"] for tool in question.get("tools") or () if tool["type"] == "function"]
    history = question["input"] if isinstance(question["input"], list) else []
    call = _call(names, history)
    output: list[Any] = [{"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Look it up."}]}]
    if call:
        arguments = json.dumps(call[1], ensure_ascii=False)
        output.append(
            {
                "type": "function_call",
                "id": "fc_1",
                "call_id": "call_1",
                "name": call[0],
                "arguments": arguments,
                "status": "completed",
            }
        )
    else:
        content = [{"type": "output_text", "text": TEXT, "annotations": []}]
        output.append({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content})
    response = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1770000000,
        "status": "completed",
        "model": "gpt-5.2-2026-01-01",
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": question.get("tools") or [],
        "instructions": question.get("instructions"),
        "usage": {
            "input_tokens": 120,
            "input_tokens_details": {"cached_tokens": 64},
            "output_tokens": 40,
            "output_tokens_details": {"reasoning_tokens": 16},
            "total_tokens": 160,
        },
    }
    return 200, _JSON, _encode(response)


def _anthropic(_path: str, question: dict[str, Any]) -> Answer:
    call = _call([tool["name"] for tool in question.get("tools") or ()], question["messages"])
    block = {"type": "tool_use", "id": "toolu_1", "name": call[0], "input": call[1]} if call else {"type": "text", "text": TEXT}
    usage = {
        "input_tokens": 36,
        "cache_read_input_tokens": 64,
        "cache_creation_input_tokens": 20,
        "cache_creation": {"ephemeral_5m_input_tokens": 12, "ephemeral_1h_input_tokens": 8},
        "output_tokens": 40,
    }
    reason = "tool_use" if call else "end_turn"
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": question["model"],
        "content": [block],
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": usage,
    }
    if not question.get("stream"):
        return 200, _JSON, _encode(message)
    empty = {**block, "input": {}} if call else {**block, "text": ""}
    delta = {"type": "input_json_delta", "partial_json": json.dumps(call[1])} if call else {"type": "text_delta", "text": TEXT}
    start = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    events = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": empty},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    return _stream(events, named=True)


def _count(_path: str, _question: dict[str, Any]) -> Answer:
    return 200, _JSON, _encode({"input_tokens": 120})


def _gemini(path: str, question: dict[str, Any]) -> Answer:
    names = [
        function["name"]
        for tool in question.get("tools") or ()
        for function in tool.get("functionDeclarations") or tool.get("function_declarations") or ()
    ]
    call = _call(names, question["contents"])
    part = {"functionCall": {"name": call[0], "args": call[1]}} if call else {"text": TEXT}
    usage = {
        "promptTokenCount": 120,
        "cachedContentTokenCount": 64,
        "candidatesTokenCount": 24,
        "thoughtsTokenCount": 16,
        "totalTokenCount": 160,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 120}],
    }
    body = {
        "candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": usage,
        "modelVersion": "gemini-3-pro-001",
        "responseId": "gemini-1",
    }
    return _stream([body]) if "stream" in path else (200, _JSON, _encode(body))


def _bedrock(_path: str, question: dict[str, Any]) -> Answer:
    tools = (question.get("toolConfig") or {}).get("tools") or ()
    call = _call([tool["toolSpec"]["name"] for tool in tools if "toolSpec" in tool], question["messages"])
    block = {"toolUse": {"toolUseId": "tooluse_1", "name": call[0], "input": call[1]}} if call else {"text": TEXT}
    usage = {
        "inputTokens": 56,
        "outputTokens": 40,
        "totalTokens": 160,
        "cacheReadInputTokens": 64,
        "cacheWriteInputTokens": 0,
    }
    body = {
        "output": {"message": {"role": "assistant", "content": [block]}},
        "stopReason": "tool_use" if call else "end_turn",
        "usage": usage,
        "metrics": {"latencyMs": 7},
    }
    return 200, _JSON, _encode(body)


def _embeddings(_path: str, question: dict[str, Any]) -> Answer:
    texts = [question["input"]] if isinstance(question["input"], str) else question["input"]
    data = [{"object": "embedding", "index": index, "embedding": [0.25, 0.5, -0.125]} for index in range(len(texts))]
    usage = {"prompt_tokens": 7, "total_tokens": 7}
    return 200, _JSON, _encode({"object": "list", "model": question["model"], "data": data, "usage": usage})


_PROTOCOLS: Final[tuple[tuple[re.Pattern[str], Callable[[str, dict[str, Any]], Answer]], ...]] = (
    (re.compile(r"/chat/completions$"), _chat),
    (re.compile(r"/responses$"), _responses),
    (re.compile(r"/embeddings$"), _embeddings),
    (re.compile(r"/messages/count_tokens"), _count),
    (re.compile(r"/messages(\?|$)"), _anthropic),
    (re.compile(r"/models/(?P<model>[^/:]+):(stream)?[gG]enerateContent"), _gemini),
    (re.compile(r"/model/(?P<model>[^/]+)/converse$"), _bedrock),
)
