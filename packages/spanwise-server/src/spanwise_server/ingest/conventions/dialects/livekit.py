"""``lk.*``: LiveKit Agents. Its model requests follow the GenAI conventions besides.

Captured from 1.8, which puts ``pii`` into the names of attributes with content; those before it had the names without.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.moments import moment_after
from spanwise_server.ingest.conventions.table import Derived, Field, Table, To, derive
from spanwise_server.ingest.spans import Span

SCOPE: Final = "livekit-agents"
_INFERENCE: Final = frozenset({"llm_node", "llm_request_run"})
"""Spans around a model's request that name its model too; the one of the request has the usage."""
_TYPES: Final = {
    **dict.fromkeys(("agent_turn", "start_agent_activity"), "AGENT"),
    "function_tool": "TOOL",
}
_INTERNAL: Final = frozenset(
    {
        *("drain_agent_activity", "on_enter", "on_exit", "update_agent", "session_start", "session_close"),
        *("eou_detection", "eou_wait", "vad_turn", "loop_blocking", "room_connect", "job_dispatch", "track_wait"),
        *("user_speaking", "agent_speaking", "keyterm_detection", "speech_scheduling", "setup_toolsets"),
        *("llm_request_run", "tts_request_run"),
    }
)
"""Spans about the machinery of a call rather than about what was said."""


def _rows(to: To, *names: str) -> dict[str, To]:
    return {prefix + name: to for name in names for prefix in ("lk.", "lk.pii.")}


def _read_level(span: Span) -> str | None:
    return "DEBUG" if span.name in _INTERNAL and not span.is_error else None


def _read_type(span: Span) -> str | None:
    return "SPAN" if _is_around_request(span) else _TYPES.get(span.name)


def _is_around_request(span: Span) -> str | None:
    is_around = span.name in _INFERENCE and "gen_ai.usage.input_tokens" not in span.attributes
    return "llm_request" if is_around else None


def _read_is_error(value: Any) -> str | None:
    return "ERROR" if value in (True, "true") else None


TABLE: Final = Table(
    "livekit",
    {
        **_rows(To(Field.INPUT), "input_text", "user_transcript", "chat_ctx", "user_input", "function_tool.arguments"),
        **_rows(To(Field.OUTPUT), "function_tool.output", "response.text", "response.function_calls"),
        "lk.function_tool.name": To(Field.NAME),
        "lk.function_tool.is_error": To(Field.LEVEL, read=_read_is_error),
        "lk.response.ttft": derive(
            Derived(Field.COMPLETION_START, lambda span: moment_after(span, span.attributes.get("lk.response.ttft")))
        ),
    },
    derived=(
        Derived(Field.TYPE, _read_type),
        Derived(Field.LEVEL, _read_level),
        Derived(Field.SUMMARY, _is_around_request),
    ),
    scopes=frozenset({SCOPE}),
)
