"""Log records as updates of one observation, in requests of their own."""

from __future__ import annotations

from typing import Any

from spanwise_server.domain.observations import Micros
from spanwise_server.ingest.conventions.log_records import map_records
from spanwise_server.ingest.conventions.mapping import SpanMapper
from spanwise_server.ingest.spans import LogRecord, Resource, Scope
from tests.otlp_requests import CONTEXT

_SCOPE = Scope("com.anthropic.claude_code.events", "2.1", {})


def _map(time: Micros, **attributes: Any) -> Any:
    record = LogRecord(time, {"prompt.id": "p-1", **{key.replace("_", ".", 1): value for key, value in attributes.items()}}, "")
    return map_records([record], Resource({}), _SCOPE, SpanMapper(CONTEXT), CONTEXT)


def test_a_prompt_creates_and_what_follows_updates() -> None:
    none, (created,) = _map(1_000, event_name="user_prompt", prompt="hi")
    assert (none, created.is_update, created.fields["input"], created.fields["start_time"]) == ([], False, "hi", 1_000)
    none, (answered,) = _map(3_000, event_name="assistant_response", response="ho")
    assert (answered.id, answered.is_update, answered.fields["output"]) == (created.id, True, "ho")
    assert "start_time" not in answered.fields
    (request,), (extended,) = _map(2_000, event_name="api_request", model="m")
    assert (request.parent_id, request.type, extended.id) == (created.id, "GENERATION", created.id)
    assert extended.fields == {"trace_id": request.trace_id, "end_time": 2_000}


def test_other_records_say_nothing() -> None:
    assert _map(1_000, event_name="hook_execution_start") == ([], [])
