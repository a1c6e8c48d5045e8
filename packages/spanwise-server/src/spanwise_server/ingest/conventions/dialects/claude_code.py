"""``claude_code.*``: the telemetry of Claude Code itself (interaction, llm_request, tool), sent when its tracing is switched on.

Captured from 2.1. It names its token counts without any prefix and counts cached tokens beside the input, as its API does.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.moments import moment_after
from spanwise_server.ingest.conventions.table import GENERATION, Derived, EventTo, Field, Table, To, derive
from spanwise_server.ingest.spans import Span
from spanwise_server.ingest.usage import parse_units

SCOPE: Final = "com.anthropic.claude_code.tracing"
_TYPES: Final = {
    "interaction": "AGENT",
    "llm_request": GENERATION,
    "tool": "TOOL",
    "tool.execution": "SPAN",
    "tool.blocked_on_user": "SPAN",
    "hook": "SPAN",
}
_COUNTS: Final = {
    "input": "input_tokens",
    "output": "output_tokens",
    "input_cached_tokens": "cache_read_tokens",
    "input_cache_creation": "cache_creation_tokens",
}
_TOOL_INPUTS: Final = ("tool_input", "tool_parameters", "full_command", "file_path", "bash_command")
_PARAMETERS: Final = ("effort", "speed", "fast_mode")


def read_counts(attributes: Any) -> dict[str, int] | None:
    """Read the token counts of a request; those of two cache tiers in place of their sum where both are told."""
    counts = {key: count for key, name in _COUNTS.items() if (count := parse_units(attributes.get(name))) is not None}
    tiers = {
        f"input_cache_creation_{tier}": count
        for tier in ("5m", "1h")
        if (count := parse_units(attributes.get(f"cache_creation_{tier}_tokens")))
    }
    if tiers:
        counts["input_cache_creation"] = max(counts.get("input_cache_creation", 0) - sum(tiers.values()), 0)
        counts |= tiers
    return {key: count for key, count in counts.items() if count or key in ("input", "output")} or None


def _read_parameters(span: Span) -> dict[str, Any] | None:
    return {name: span.attributes[name] for name in _PARAMETERS if name in span.attributes} or None


TABLE: Final = Table(
    "claude code",
    {
        "span.type": (
            To(Field.TYPE, values=_TYPES),
            derive(
                Derived(Field.USAGE, lambda span: read_counts(span.attributes), uses=tuple(_COUNTS.values())),
                Derived(Field.COMPLETION_START, lambda span: moment_after(span, span.attributes.get("ttft_ms"), 1e-3)),
                Derived(Field.MODEL_PARAMETERS, _read_parameters),
            ),
        ),
        "user_prompt": To(Field.INPUT),
        "new_context": To(Field.INPUT),
        "response.model_output": To(Field.OUTPUT),
        **{name: To(Field.INPUT) for name in _TOOL_INPUTS},
        "error": To(Field.STATUS_MESSAGE),
    },
    events={
        "tool.output": (
            EventTo(Field.OUTPUT, lambda _name, attributes: attributes.get("output") or attributes.get("content") or None),
        ),
    },
    scopes=frozenset({SCOPE}),
)
