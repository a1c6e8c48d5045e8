"""Log records of Claude Code, captured from sessions without tracing, and with it."""

from __future__ import annotations

from typing import Any

import pytest

from spanwise_server.domain.merging import joined, observation_of
from spanwise_server.domain.observations import Observation
from spanwise_server.ingest.conventions.dialects.claude_code_events import read_event
from spanwise_server.ingest.decode.otlp_logs import decode_logs
from spanwise_server.ingest.decoded import Decoded
from spanwise_server.ingest.spans import LogRecord
from tools.capture_golden import CONTEXT, GOLDEN


def _decoded(folder: str) -> Decoded:
    return decode_logs((GOLDEN / folder / "logs.bin").read_bytes(), is_json=False, context=CONTEXT)


def _interactions(decoded: Decoded) -> list[Observation]:
    """Join the partial updates of each interaction, last ones first: the order must not matter."""
    rows: dict[str, Observation] = {}
    for partial in reversed(decoded.partials):
        row = observation_of(partial)
        rows[row.id] = joined(rows[row.id], row) if row.id in rows else row
    return sorted(rows.values(), key=lambda row: row.start_time)


def test_a_session_is_a_trace_for_each_prompt() -> None:
    decoded = _decoded("claude-code-0.2.186-logs")
    answered, failed = _interactions(decoded)
    assert (answered.type, answered.name, answered.is_root) == ("AGENT", "claude_code.interaction", True)
    assert (answered.input, answered.output) == ("Weather in Zürich? 🌦", "Seven degrees.")
    assert answered.session_id
    assert answered.trace_id != failed.trace_id
    first, tool, second, refused = sorted(decoded.observations, key=lambda row: row.start_time)
    assert {row.parent_id for row in (first, tool, second)} == {answered.id}
    assert {row.trace_id for row in (first, tool, second)} == {answered.trace_id}
    assert answered.end_time is not None
    assert all(row.end_time is not None and row.end_time <= answered.end_time for row in (first, tool, second))
    assert (refused.level, refused.status_message, refused.parent_id) == ("ERROR", "model refused", failed.id)
    assert (tool.type, tool.name, tool.end_time or 0) > ("TOOL", "Bash", tool.start_time)


def test_a_request_has_model_tokens_and_cost() -> None:
    request = min(_decoded("claude-code-0.2.186-logs").observations, key=lambda row: row.start_time)
    assert (request.type, request.model, float(request.cost["total"])) == ("GENERATION", "claude-opus-4-5", 0.001367)
    assert request.usage == {
        "input": 36,
        "output": 40,
        "input_cached_tokens": 64,
        "input_cache_creation_5m": 12,
        "input_cache_creation_1h": 8,
        "total": 160,
    }
    assert request.completion_start_time is not None
    assert request.start_time < request.completion_start_time <= (request.end_time or 0)


def test_what_spans_tell_is_left_out() -> None:
    decoded = _decoded("claude-code-0.2.186")
    assert (decoded.observations, decoded.partials) == ([], [])


def test_the_same_record_is_the_same_observation() -> None:
    one, other = (_decoded("claude-code-0.2.186-logs") for _ in range(2))
    assert [row.id for row in one.observations] == [row.id for row in other.observations]


@pytest.mark.parametrize(
    "change",
    [{"event.name": "plugin_loaded"}, {"event.name": 7}, {"prompt.id": ""}, {"prompt.id": 3}, {"event.name": ["user_prompt"]}],
)
def test_what_is_no_part_of_an_interaction_is_left_out(change: dict[str, Any]) -> None:
    attributes = {"event.name": "user_prompt", "prompt.id": "p-1", **change}
    assert read_event(LogRecord(1, attributes, "")) is None


@pytest.mark.parametrize("prompt", ["p-1", "0" * 32, "00000000-0000-0000-0000-000000000000", "\ud800"])
def test_any_prompt_id_makes_a_trace(prompt: str) -> None:
    span = read_event(LogRecord(10, {"event.name": "api_request", "prompt.id": prompt, "duration_ms": "1e9999"}, ""))
    assert span is not None
    assert (len(span.trace_id), len(span.span_id), len(span.parent_id), span.start_time) == (32, 16, 16, 10)
    assert span.trace_id.strip("0")
