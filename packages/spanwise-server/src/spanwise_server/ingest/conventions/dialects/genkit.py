"""``genkit:*``: Google's Genkit, JavaScript, Go and Python.

Captured from 1.42 (JavaScript).
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.table import GENERATION, Derived, Field, Table, To, derive
from spanwise_server.ingest.spans import Span
from spanwise_server.ingest.usage import parse_units

_KIND: Final = "genkit:metadata:subtype"
_NAME: Final = "genkit:name"
_INPUT: Final = "genkit:input"
_OUTPUT: Final = "genkit:output"
_KINDS: Final = {
    **dict.fromkeys(("model", "background-model"), GENERATION),
    "embedder": "EMBEDDING",
    **dict.fromkeys(("tool", "tool.v2"), "TOOL"),
    "retriever": "RETRIEVER",
    "evaluator": "EVALUATOR",
    "flow": "CHAIN",
}


def _object(span: Span, key: str) -> dict[str, Any]:
    parsed = parse_nested(span.attributes.get(key))
    return parsed if isinstance(parsed, dict) else {}


def _kind(span: Span) -> str | None:
    kind = span.attributes.get(_KIND)
    return _KINDS.get(kind) if isinstance(kind, str) else None


def _is_model(span: Span) -> bool:
    return _kind(span) == GENERATION


def _read_messages(span: Span) -> Any:
    """Return the messages of a model's request, beside its tools where it has any."""
    request = _object(span, _INPUT) if _is_model(span) else {}
    messages = request.get("messages")
    return {"messages": messages, "tools": request["tools"]} if messages and request.get("tools") else messages or None


def _read_message(span: Span) -> Any:
    response = _object(span, _OUTPUT) if _is_model(span) else {}
    candidates = response.get("candidates")
    first = candidates[0] if isinstance(candidates, list) and candidates and isinstance(candidates[0], dict) else {}
    return response.get("message") or first.get("message") or None


def _read_model(span: Span) -> Any:
    return span.attributes.get(_NAME) if _kind(span) in (GENERATION, "EMBEDDING") else None


def _read_parameters(span: Span) -> Any:
    return _object(span, _INPUT).get("config") or None if _is_model(span) else None


def _read_usage(span: Span) -> dict[str, int] | None:
    """Make a report in which thoughts count once: some plugins count them inside of the output, the total tells."""
    given = _object(span, _OUTPUT).get("usage") if _is_model(span) else None
    if not isinstance(given, dict):
        return None
    count = {key: units for key, value in given.items() if (units := parse_units(value)) is not None}
    if "inputTokens" not in count and "outputTokens" not in count:
        return None
    read, written = count.get("inputTokens", 0), count.get("outputTokens", 0)
    thoughts, cached = count.get("thoughtsTokens", 0), count.get("cachedContentTokens", 0)
    if thoughts and count.get("totalTokens", 0) < read + written + thoughts:
        written = max(written - thoughts, 0)
    report = {"input": max(read - cached, 0), "output": written}
    report |= {key: part for key, part in (("input_cached_tokens", cached), ("output_reasoning_tokens", thoughts)) if part}
    return report | {"total": count.get("totalTokens", sum(report.values()))}


TABLE: Final = Table(
    "genkit",
    {
        _KIND: (
            To(Field.TYPE, values=_KINDS),
            derive(
                Derived(Field.INPUT, _read_messages),
                Derived(Field.OUTPUT, _read_message, uses=(_OUTPUT,)),
                Derived(Field.MODEL_PARAMETERS, _read_parameters),
                Derived(Field.USAGE, _read_usage),
            ),
        ),
        _NAME: To(Field.NAME),
        _INPUT: To(Field.INPUT),
        _OUTPUT: To(Field.OUTPUT),
        "genkit:sessionId": To(Field.SESSION),
    },
)
MODEL: Final = Table("genkit, model", {_KIND: derive(Derived(Field.MODEL, _read_model))})
