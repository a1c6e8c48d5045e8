"""Telemetry to measure with: realistic in size, shape and compressibility, the same in every run, cheap to send.

A request is built once as a template; each further one is the template with fresh ids and times written over the old,
so that the load generator costs a fraction of what it measures. Must not import the server.
"""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import random
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Status

TRACES: Final = 16
SPANS: Final = 8
"""Spans of a trace: an agent, three generations, three tools, one retriever."""
INPUT_CHARACTERS: Final = 2000
OUTPUT_CHARACTERS: Final = 1000
_TEMPLATES: Final = 24
_TRACE_MARK: Final = b"\xf5TRACE"
_SPAN_MARK: Final = b"\xf5S"
_START_MARK: Final = 0xF5A1
_END_MARK: Final = 0xF5A2
_SECOND: Final = 1_000_000_000

Body = Callable[[int, int], bytes]
"""From the request's number and the time in nanoseconds to its bytes."""


_SYLLABLES: Final = tuple(
    re.findall("[a-z]+", "ka lo mi ren tus per vel dor ain est or ul ge ba so ne tri con pla ver qui mon ta re si")
)


class Vocabulary:
    """Text that compresses as prose does, 3 to 4 times: common words are common, and ids and numbers occur in it."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 -- test data, the same every time
        self._words = ["".join(self._random.choices(_SYLLABLES, k=self._random.randint(1, 4))) for _ in range(8000)]
        self._weights = list(itertools.accumulate(1 / (rank + 8) for rank in range(len(self._words))))

    def text(self, characters: int) -> str:
        """Return about so many characters."""
        words = self._random.choices(self._words, cum_weights=self._weights, k=characters // 5)
        text = ""
        for index, word in enumerate(words):
            text += word + (". " if index % 13 == 12 else " ")
            if index % 31 == 30:
                text += f"{self._random.getrandbits(40):x} "
            if len(text) >= characters:
                break
        return text

    def pick(self, prefix: str, count: int) -> str:
        """Return one of ``count`` names, early ones more often."""
        return f"{prefix}-{int(count * self._random.random() ** 2):04d}"

    def number(self, low: int, high: int) -> int:
        """Return an integer."""
        return self._random.randint(low, high)


_KINDS: Final = ("agent", "generation", "tool", "generation", "retriever", "tool", "generation", "tool")
_MODELS: Final = ("gpt-5.2", "claude-opus-4-5", "gemini-3-pro", "gpt-5-mini")


def _messages(words: Vocabulary, characters: int) -> str:
    half = characters // 2
    return json.dumps([{"role": "system", "content": words.text(half)}, {"role": "user", "content": words.text(half)}])


def _attributes(words: Vocabulary, kind: str, index: int) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "langfuse.observation.type": kind,
        "langfuse.observation.input": _messages(words, INPUT_CHARACTERS),
        "langfuse.environment": "production",
        "langfuse.release": "2026.11.2",
        "langfuse.trace.name": words.pick("workflow", 12),
        "user.id": words.pick("user", 1000),
        "session.id": words.pick("session", 5000),
        "langfuse.trace.tags": [words.pick("tag", 8), "team-a"],
        "langfuse.observation.metadata.customer": words.pick("customer", 200),
        "langfuse.observation.metadata.attempt": str(words.number(1, 3)),
        "langfuse.trace.metadata.region": "eu-west-1",
    }
    if index % 2:
        attributes["langfuse.observation.output"] = json.dumps(
            {"role": "assistant", "content": words.text(OUTPUT_CHARACTERS - 40)}
        )
    if kind == "generation":
        tokens = {"input": words.number(300, 4000), "output": words.number(20, 900)}
        attributes["langfuse.observation.model.name"] = _MODELS[words.number(0, 3)]
        attributes["langfuse.observation.model.parameters"] = '{"temperature": 0.2, "max_tokens": 1024}'
        attributes["langfuse.observation.usage_details"] = json.dumps({**tokens, "total": sum(tokens.values())})
        attributes["langfuse.observation.cost_details"] = '{"input": 0.0012, "output": 0.0031, "total": 0.0043}'
    return attributes


def _key_value(key: str, value: Any) -> KeyValue:
    pair = KeyValue(key=key)
    if isinstance(value, list):
        pair.value.array_value.values.extend(AnyValue(string_value=item) for item in value)
    else:
        pair.value.string_value = value
    return pair


def _otlp_request(words: Vocabulary) -> ExportTraceServiceRequest:
    """Build a request whose ids and times are marks."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource = {"service.name": "bench", "telemetry.sdk.language": "python", "telemetry.sdk.name": "opentelemetry"}
    resource_spans.resource.attributes.extend(_key_value(key, value) for key, value in resource.items())
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name, scope_spans.scope.version = "langfuse-sdk", "5.0.4"
    scope_spans.scope.attributes.append(_key_value("public_key", "pk-lf-bench"))
    for trace in range(TRACES):
        for index, kind in enumerate(_KINDS):
            _add_span(scope_spans, words, trace, index, kind)
    return request


def _span_mark(trace: int, index: int) -> bytes:
    return _SPAN_MARK + struct.pack(">BBI", trace, index, 0)


def _add_span(scope_spans: ScopeSpans, words: Vocabulary, trace: int, index: int, kind: str) -> None:
    span = scope_spans.spans.add()
    span.trace_id = _TRACE_MARK + struct.pack(">BBQ", trace, 0, 0)
    span.span_id = _span_mark(trace, index)
    if index:
        span.parent_span_id = _span_mark(trace, 0 if index < 4 else index - 3)
    span.name = f"{kind}-{words.number(1, 9)}"
    span.start_time_unix_nano = _START_MARK << 48 | index
    span.end_time_unix_nano = _END_MARK << 48 | index
    attributes = _attributes(words, kind, index)
    span.attributes.extend(_key_value(key, value) for key, value in attributes.items())
    if words.number(1, 50) == 1:
        span.status.code = Status.STATUS_CODE_ERROR
        span.status.message = "the tool did not answer within 30 s"


def _positions(body: bytes, mark: bytes) -> list[int]:
    found, start = [], body.find(mark)
    while start >= 0:
        found.append(start)
        start = body.find(mark, start + 1)
    return found


class OtlpTemplate:
    """One OTLP/protobuf request and where its ids and times stand."""

    def __init__(self, seed: int) -> None:
        self.body = _otlp_request(Vocabulary(seed)).SerializeToString()
        self._traces = [position + 8 for position in _positions(self.body, _TRACE_MARK)]
        self._spans = [position + 4 for position in _positions(self.body, _SPAN_MARK)]
        self._starts = self._times(_START_MARK)
        self._ends = self._times(_END_MARK)
        whole = TRACES * SPANS
        counts = [len(self._traces), len(self._spans), len(self._starts), len(self._ends)]
        if counts != [whole, 2 * whole - TRACES, whole, whole]:
            raise ValueError(f"marks occur in the text of template {seed}: {counts}")

    def _times(self, mark: int) -> list[tuple[int, int]]:
        # Fixed 64-bit fields are little-endian: the mark stands at the end.
        return [
            (at - 6, self.body[at - 6])
            for at in _positions(self.body, struct.pack("<H", mark))
            if not any(self.body[at - 5 : at])
        ]

    def fill(self, number: int, now: int) -> bytes:
        """Return the request with the ids of request ``number`` and times shortly before ``now`` (nanoseconds)."""
        body = bytearray(self.body)
        trace_part, span_part = struct.pack(">Q", number), struct.pack(">I", number)
        for at in self._traces:
            body[at : at + 8] = trace_part
        for at in self._spans:
            body[at : at + 4] = span_part
        for at, index in self._starts:
            body[at : at + 8] = struct.pack("<Q", now - _SECOND + index * 100_000_000)
        for at, index in self._ends:
            body[at : at + 8] = struct.pack("<Q", now - _SECOND + index * 100_000_000 + 90_000_000)
        return bytes(body)

    @staticmethod
    def trace_id(number: int, trace: int) -> str:
        """Return the id of a trace of request ``number``, as hex."""
        return (_TRACE_MARK + struct.pack(">BBQ", trace, 0, number)).hex()


def otlp(*, compressed: bool) -> Body:
    """Return a source of OTLP/protobuf requests of ``TRACES`` traces of ``SPANS`` spans."""
    templates = [OtlpTemplate(seed) for seed in range(_TEMPLATES)]

    def make(number: int, now: int) -> bytes:
        body = templates[number % _TEMPLATES].fill(number, now)
        return gzip.compress(body, 1) if compressed else body

    return make


# The legacy batch: every trace a trace-create event, every observation a create and, a moment later, an update.

_ID_MARK: Final = "00000000feed"
_TIME_MARK: Final = "2026-01-01T00:00:00"


def _event(kind: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    return {"id": f"{_ID_MARK}-{key}", "type": kind, "timestamp": f"{_TIME_MARK}.500000Z", "body": body}


def _batch_events(words: Vocabulary, trace: int) -> Iterator[dict[str, Any]]:
    trace_id = f"{_ID_MARK}-t{trace:02d}"
    about = {
        "name": words.pick("workflow", 12),
        "userId": words.pick("user", 1000),
        "sessionId": words.pick("session", 5000),
        "tags": [words.pick("tag", 8), "team-a"],
        "metadata": {"region": "eu-west-1"},
        "release": "2026.11.2",
    }
    yield _event("trace-create", {"id": trace_id, "timestamp": f"{_TIME_MARK}.000000Z", **about}, f"e{trace:02d}")
    for index, kind in enumerate(_KINDS):
        is_generation = kind == "generation"
        entity = "generation" if is_generation else "span"
        id_ = f"{_ID_MARK}-t{trace:02d}o{index}"
        create: dict[str, Any] = {
            "id": id_,
            "traceId": trace_id,
            "name": f"{kind}-{words.number(1, 9)}",
            "startTime": f"{_TIME_MARK}.{index}00000Z",
            "input": json.loads(_messages(words, INPUT_CHARACTERS)),
            "metadata": {"customer": words.pick("customer", 200), "attempt": words.number(1, 3)},
        }
        if index:
            create["parentObservationId"] = f"{_ID_MARK}-t{trace:02d}o0"
        update: dict[str, Any] = {"id": id_, "traceId": trace_id, "endTime": f"{_TIME_MARK}.{index}90000Z"}
        if index % 2:
            update["output"] = {"role": "assistant", "content": words.text(OUTPUT_CHARACTERS - 40)}
        if is_generation:
            create["model"] = _MODELS[words.number(0, 3)]
            create["modelParameters"] = {"temperature": 0.2, "max_tokens": 1024}
            update["usage"] = {"input": words.number(300, 4000), "output": words.number(20, 900), "unit": "TOKENS"}
        yield _event(f"{entity}-create", create, f"c{trace:02d}{index}")
        yield _event(f"{entity}-update", update, f"u{trace:02d}{index}")


EVENTS_PER_BATCH: Final = TRACES * (1 + 2 * SPANS)


def batch() -> Body:
    """Return a source of legacy batches of ``TRACES`` traces with ``SPANS`` observations each."""
    templates = []
    for seed in range(_TEMPLATES):
        words = Vocabulary(seed)
        events = [event for trace in range(TRACES) for event in _batch_events(words, trace)]
        templates.append(json.dumps({"batch": events, "metadata": {"sdk_name": "python", "sdk_version": "2.60.10"}}).encode())

    def make(number: int, now: int) -> bytes:
        moment = _iso_second(now)
        body = templates[number % _TEMPLATES].replace(_ID_MARK.encode(), f"{number:012x}".encode())
        return body.replace(_TIME_MARK.encode(), moment.encode())

    return make


def batch_trace_id(number: int, trace: int) -> str:
    """Return the id of a trace of batch ``number``."""
    return f"{number:012x}-t{trace:02d}"


def _iso_second(nanos: int) -> str:
    return dt.datetime.fromtimestamp(nanos // _SECOND, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How one kind of request goes over the wire."""

    path: str
    headers: dict[str, str]
    make: Body
    expected: int
    """Status of an acknowledgement."""
    trace_id: Callable[[int, int], str]


def wire(kind: str) -> Wire:
    """Return the workload ``otlp``, ``otlp-gzip``, ``otlp-grpc`` (the same bytes as ``otlp``) or ``batch``."""
    if kind == "batch":
        headers = {"Content-Type": "application/json"}
        return Wire(path="/api/public/ingestion", headers=headers, make=batch(), expected=207, trace_id=batch_trace_id)
    headers = {"Content-Type": "application/x-protobuf", "x-langfuse-sdk-name": "python", "x-langfuse-sdk-version": "5.0.4"}
    if kind == "otlp-gzip":
        headers["Content-Encoding"] = "gzip"
    return Wire(
        path="/api/public/otel/v1/traces",
        headers=headers,
        make=otlp(compressed=kind == "otlp-gzip"),
        expected=200,
        trace_id=OtlpTemplate.trace_id,
    )
