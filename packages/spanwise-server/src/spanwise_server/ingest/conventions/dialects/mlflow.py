"""``mlflow.*``: traces of MLflow exported through OTLP, where every attribute is JSON text.

Captured from 3.17.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.table import GENERATION, Derived, Field, Table, To, derive
from spanwise_server.ingest.spans import Span
from spanwise_server.ingest.usage import parse_units

_INPUTS: Final = "mlflow.spanInputs"
_USAGE: Final = "mlflow.chat.tokenUsage"
_KINDS: Final = {
    "llm": GENERATION,
    "chat_model": GENERATION,
    "workflow": "CHAIN",
    **{kind: kind.upper() for kind in ("chain", "agent", "tool", "retriever", "embedding", "evaluator", "guardrail")},
}
_CONTENT: Final = frozenset(
    {"model", "messages", "input", "prompt", "tools", "functions", "system", "instructions", "contents"}
)
"""What a request holds besides the model's parameters."""
_LEVELS: Final = {"10": "DEBUG", "20": "DEFAULT", "30": "WARNING", "40": "ERROR", "50": "ERROR"}
_COSTS: Final = {"input_cost": "input", "output_cost": "output", "total_cost": "total"}


def _text(value: Any) -> Any:
    """Return what an attribute's JSON text holds; what is no JSON as it is."""
    if isinstance(value, str):
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return value
    return value


def _read_kind(value: Any) -> str | None:
    kind = _text(value)
    return _KINDS.get(kind.lower()) if isinstance(kind, str) else None


def _read_level(value: Any) -> str | None:
    return _LEVELS.get(str(_text(value)))


def _is_model_call(span: Span) -> bool:
    return _read_kind(span.attributes.get("mlflow.spanType")) in (GENERATION, "EMBEDDING")


def _read_model(span: Span) -> str | None:
    """Return the model of a call; one that failed names it in its request alone."""
    if not _is_model_call(span):
        return None
    request = parse_nested(span.attributes.get(_INPUTS))
    found = _text(span.attributes.get("mlflow.llm.model")) or (request.get("model") if isinstance(request, dict) else None)
    return found if isinstance(found, str) else None


def _read_parameters(span: Span) -> dict[str, Any] | None:
    request = parse_nested(span.attributes.get(_INPUTS)) if _is_model_call(span) else None
    if not isinstance(request, dict):
        return None
    return {key: value for key, value in request.items() if key not in _CONTENT} or None


def _read_usage(span: Span) -> dict[str, int] | None:
    """Make a report in which cached tokens count once.

    The input holds them since 3.17; before, it did not for every model API, which shows where they are more than the input
    or part of the total.
    """
    given = parse_nested(span.attributes.get(_USAGE))
    if not isinstance(given, dict):
        return None
    read = {key: count for key, value in given.items() if (count := parse_units(value)) is not None}
    counts = {"input": read.get("input_tokens", 0), "output": read.get("output_tokens", 0)}
    parts = {
        name: read[key]
        for name, key in (
            ("input_cached_tokens", "cache_read_input_tokens"),
            ("input_cache_creation", "cache_creation_input_tokens"),
        )
        if read.get(key)
    }
    cached = sum(parts.values())
    if cached <= counts["input"] and read.get("total_tokens", 0) <= counts["input"] + counts["output"]:
        counts["input"] -= cached
    lasting = min(read.get("cache_creation_input_tokens_above_1hr", 0), parts.get("input_cache_creation", 0))
    if lasting:
        parts |= {"input_cache_creation": parts["input_cache_creation"] - lasting, "input_cache_creation_1h": lasting}
    return {**counts, **parts} if read else None


def _read_cost(value: Any) -> Any:
    parsed = parse_nested(value)
    return {_COSTS.get(key, key): amount for key, amount in parsed.items()} if isinstance(parsed, dict) else None


TABLE: Final = Table(
    "mlflow",
    {
        "mlflow.spanType": (
            To(Field.TYPE, read=_read_kind),
            derive(Derived(Field.MODEL, _read_model), Derived(Field.MODEL_PARAMETERS, _read_parameters)),
        ),
        _INPUTS: To(Field.INPUT),
        "mlflow.spanOutputs": To(Field.OUTPUT),
        _USAGE: derive(Derived(Field.USAGE, _read_usage)),
        "mlflow.llm.cost": To(Field.COST, read=_read_cost),
        "mlflow.chat.tools": To(Field.TOOLS, read=parse_nested),
        "mlflow.spanLogLevel": To(Field.LEVEL, read=_read_level),
        "mlflow.trace.user": To(Field.USER, read=_text),
        "mlflow.trace.session": To(Field.SESSION, read=_text),
        "mlflow.user": To(Field.USER, read=_text),
    },
    {"mlflow.traceTag.": To(Field.TRACE_METADATA_KEY)},
)
