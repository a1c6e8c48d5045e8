"""``claude_code.*`` log records: what Claude Code tells of a session while its tracing is switched off, which is the default.

Captured from 2.1. Each prompt of the user is a trace: the interaction, and in it the requests to the model (with tokens and
cost) and the calls of tools. Records that belong to a span are left out, because the span tells the same.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from spanwise_server.ingest.conventions.dialects.claude_code import read_counts
from spanwise_server.ingest.conventions.moments import moment_after
from spanwise_server.ingest.conventions.table import GENERATION, Derived, Field, Table, To, derive
from spanwise_server.ingest.spans import LogRecord, Span
from spanwise_server.ingest.usage import parse_units

SCOPE: Final = "com.anthropic.claude_code.events"
ROOT_EVENTS: Final = frozenset({"user_prompt", "assistant_response"})
"""Events about the interaction itself; all others are a part of it."""

_TYPES: Final = {"user_prompt": "AGENT", "api_request": GENERATION, "api_error": GENERATION, "tool_result": "TOOL"}
_KEPT: Final = ROOT_EVENTS | _TYPES.keys()
_UUID_HEX: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_LONGEST_MICROS: Final = 86_400_000_000

TABLE: Final = Table(
    "claude code, events",
    {
        "event.name": (
            To(Field.TYPE, values=_TYPES),
            derive(
                Derived(Field.USAGE, lambda span: read_counts(span.attributes)),
                Derived(Field.COMPLETION_START, lambda span: moment_after(span, span.attributes.get("ttft_ms"), 1e-3)),
            ),
        ),
        "prompt": To(Field.INPUT),
        "tool_input": To(Field.INPUT),
        "tool_parameters": To(Field.INPUT),
        "response": To(Field.OUTPUT),
        "tool_name": To(Field.NAME),
        "error": To(Field.STATUS_MESSAGE),
        "cost_usd": To(Field.COST_AMOUNT, key="total"),
        "effort": To(Field.MODEL_PARAMETER, key="effort"),
        "speed": To(Field.MODEL_PARAMETER, key="speed"),
    },
    scopes=frozenset({SCOPE}),
)


def read_event(record: LogRecord) -> Span | None:
    """Return the span that a record stands for; ``None`` for what is no part of an interaction."""
    attributes = record.attributes
    name, prompt = attributes.get("event.name"), attributes.get("prompt.id")
    if not isinstance(name, str) or name not in _KEPT or not isinstance(prompt, str) or not prompt or record.trace_id:
        return None
    root_id = _digest(prompt)[:16]
    is_root = name in ROOT_EVENTS
    place = [str(attributes.get(key, "")) for key in ("session.id", "event.sequence", "event.timestamp")]
    return Span(
        trace_id=_trace_id(prompt),
        span_id=root_id if is_root else _digest(prompt, name, *place)[:16],
        parent_id="" if is_root else root_id,
        name="claude_code.interaction" if is_root else f"claude_code.{name}",
        start_time=record.time - _duration(attributes.get("duration_ms")),
        end_time=record.time,
        attributes=attributes,
        is_error=name == "api_error" or attributes.get("success") in ("false", False),
    )


def _trace_id(prompt: str) -> str:
    """Return a prompt's UUID as a trace's id; of any other text a digest."""
    digits = prompt.replace("-", "").lower()
    return digits if _UUID_HEX.fullmatch(digits) and digits.strip("0") else _digest(prompt)[:32]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def _duration(milliseconds: Any) -> int:
    count = parse_units(milliseconds)
    return min(count * 1000, _LONGEST_MICROS) if count is not None else 0
