"""Telemetry for the pages to show, sent as an application sends it: OTLP over HTTP with a key pair.

Must not reach into the server: what the browser shows has come through the public door.
"""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.serving.server_process import ServerProcess

BATCH = 1000
"""Spans in one request."""


def _now() -> int:
    return time.time_ns()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span. ``attributes`` are the SDK's own names; times are seconds from the start of its trace."""

    name: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    parent: str = ""
    start: float = 0.0
    seconds: float = 1.0
    attributes: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[tuple[str, Mapping[str, Any]]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTrace:
    """A trace to send. ``attributes`` stand on every span, as the SDKs repeat them."""

    spans: Sequence[Span]
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    started_at: int = field(default_factory=_now)
    """Nanoseconds since the epoch."""
    attributes: Mapping[str, Any] = field(default_factory=dict)


def observation(kind: str, **values: Any) -> dict[str, Any]:
    """Return the attributes of an observation of a type; what is not a text is sent as JSON text."""
    named = {f"langfuse.observation.{key}": _text(value) for key, value in values.items()}
    return {"langfuse.observation.type": kind, **named}


def trace_facts(name: str, **values: Any) -> dict[str, Any]:
    """Return trace-level attributes: ``user``, ``session``, ``environment``, ``tags``, ``input``, ``output``."""
    names = {
        "user": "user.id",
        "session": "session.id",
        "environment": "langfuse.environment",
        "tags": "langfuse.trace.tags",
        "input": "langfuse.trace.input",
        "output": "langfuse.trace.output",
    }
    return {"langfuse.trace.name": name, **{names[key]: value for key, value in values.items()}}


def simple_trace(name: str, *, age: float = 0.0, **facts: Any) -> SentTrace:
    """Return a trace of one span that began ``age`` seconds ago."""
    shown = {"input": f"asked {name}", "output": f"answered {name}", **facts}
    attributes = observation("agent", input=shown["input"], output=shown["output"])
    return SentTrace(
        spans=[Span(name=name, attributes=attributes)],
        started_at=time.time_ns() - int(age * 1e9),
        attributes=trace_facts(name, **shown),
    )


def send(server: ServerProcess, traces: Iterable[SentTrace]) -> None:
    """Send traces and return when the server has acknowledged them."""
    spans = (_encode(trace, span) for trace in traces for span in trace.spans)
    with server.client() as client:
        for batch in _batches(spans):
            body = {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {"name": "browser-tests"}, "spans": batch}]}]}
            answer = client.post("/api/public/otel/v1/traces", json=body)
            assert answer.status_code == httpx.codes.OK, answer.text


def send_scores(server: ServerProcess, scores: Sequence[Mapping[str, Any]]) -> None:
    """Send scores one by one, as the REST API takes them."""
    with server.client() as client:
        for score in scores:
            answer = client.post("/api/public/scores", json=score)
            assert answer.status_code == httpx.codes.OK, answer.text


def _batches(spans: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(itertools.islice(spans, BATCH)):
        yield batch


def _encode(trace: SentTrace, span: Span) -> dict[str, Any]:
    start = trace.started_at + int(span.start * 1e9)
    end = start + int(span.seconds * 1e9)
    return {
        "traceId": trace.id,
        "spanId": span.id,
        **({"parentSpanId": span.parent} if span.parent else {}),
        "name": span.name,
        "kind": 1,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(end),
        "attributes": _attributes({**trace.attributes, **span.attributes}),
        "events": [
            {"name": name, "timeUnixNano": str(end), "attributes": _attributes(attributes)} for name, attributes in span.events
        ],
    }


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    return {"stringValue": str(value)}


def _text(value: Any) -> Any:
    return value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)
