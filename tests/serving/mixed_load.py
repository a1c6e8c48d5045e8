"""Clients of every kind that write at the same time, and a ledger of what the server acknowledged to them.

Speaks the wire formats itself, so that each request and its answer are known exactly. Must not import the server.
"""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import random
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

EPOCH = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
"""Round 0 begins here; every round has an hour of its own, so that one range of time reads back one round."""
_FILLER = "an agent asked a tool and the tool answered at length; " * 20


def hour_of(round_number: int) -> dt.datetime:
    """Return when the round's telemetry begins."""
    return EPOCH + dt.timedelta(hours=round_number)


@dataclass(kw_only=True)
class Observed:
    """What must be read back of one observation; an output is not known when its update was not acknowledged."""

    trace_id: str
    input: str
    outputs: set[str | None]


@dataclass
class Ledger:
    """What was acknowledged, and what was sent without an answer and so may or may not be there."""

    observations: dict[str, Observed] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    refused: int = 0
    acknowledged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(kw_only=True)
class Request:
    """One request and what its acknowledgement promises."""

    path: str
    content: bytes
    headers: dict[str, str]
    statuses: Sequence[int]
    observations: dict[str, Observed] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    """Outputs that updates give to observations created by earlier requests."""
    scores: dict[str, float] = field(default_factory=dict)


def _hex(size: int) -> str:
    return uuid.uuid4().hex[: 2 * size]


def otlp(round_number: int, *, is_json: bool, spans: int = 4) -> Request:
    """Return an OTLP request of one trace: protobuf with gzip, or JSON."""
    message = ExportTraceServiceRequest()
    scope = message.resource_spans.add().scope_spans.add()
    scope.scope.name = "langfuse-sdk"
    trace_id, observed = _hex(16), {}
    for index in range(spans):
        span_id = _hex(8)
        start = int((hour_of(round_number) + dt.timedelta(milliseconds=random.randrange(3_000_000))).timestamp() * 1e9)
        span = scope.spans.add()
        span.trace_id, span.span_id = bytes.fromhex(trace_id), bytes.fromhex(span_id)
        span.name, span.start_time_unix_nano, span.end_time_unix_nano = f"span {index}", start, start + 5_000_000
        values = {"input": f"{_FILLER}{span_id}", "output": f"answer {span_id}", "type": "span"}
        for key, value in values.items():
            span.attributes.add(key=f"langfuse.observation.{key}").value.string_value = value
        span.attributes.add(key="session.id").value.string_value = f"session-{trace_id}"
        span.attributes.add(key="user.id").value.string_value = f"user-{trace_id}"
        observed[span_id] = Observed(trace_id=trace_id, input=values["input"], outputs={values["output"]})
    if is_json:
        body = _otlp_json(message)
        headers = {"Content-Type": "application/json"}
    else:
        body, headers = (
            gzip.compress(message.SerializeToString(), 1),
            {"Content-Encoding": "gzip", "Content-Type": "application/x-protobuf"},
        )
    path = "/api/public/otel/v1/traces"
    return Request(path=path, content=body, headers=headers, statuses=(200,), observations=observed)


def _otlp_json(message: ExportTraceServiceRequest) -> bytes:

    body = MessageToDict(message)
    for resource in body["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span, original in zip(scope["spans"], message.resource_spans[0].scope_spans[0].spans, strict=True):
                span["traceId"], span["spanId"] = original.trace_id.hex(), original.span_id.hex()
    return json.dumps(body).encode()


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event(kind: str, moment: dt.datetime, body: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "type": kind, "timestamp": _iso(moment), "body": body}


def _batch(events: list[dict[str, Any]]) -> Request:
    content = httpx.Request("POST", "http://x", json={"batch": events, "metadata": {"sdk_name": "python"}}).content
    return Request(path="/api/public/ingestion", content=content, headers={"Content-Type": "application/json"}, statuses=(207,))


def batch_create(round_number: int, observations: int = 4) -> Request:
    """Return a legacy batch with a trace, observations and a score."""
    moment = hour_of(round_number) + dt.timedelta(milliseconds=random.randrange(3_000_000))
    trace_id = str(uuid.uuid4())
    events = [_event("trace-create", moment, {"id": trace_id, "name": "legacy", "timestamp": _iso(moment)})]
    observed = {}
    for index in range(observations):
        id_ = str(uuid.uuid4())
        text = f"{_FILLER}{id_}"
        kind = ("span-create", "generation-create")[index % 2]
        events.append(_event(kind, moment, {"id": id_, "traceId": trace_id, "startTime": _iso(moment), "input": text}))
        observed[id_] = Observed(trace_id=trace_id, input=text, outputs={None})
    score = str(uuid.uuid4())
    body = {"id": score, "traceId": trace_id, "name": f"round-{round_number}", "value": 0.25, "dataType": "NUMERIC"}
    events.append(_event("score-create", moment, body))
    request = _batch(events)
    request.observations, request.scores = observed, {score: 0.25}
    return request


def batch_update(round_number: int, created: dict[str, Observed]) -> Request:
    """Return a legacy batch that gives outputs to observations of an earlier one."""
    moment = hour_of(round_number) + dt.timedelta(minutes=55)
    outputs = {id_: f"late answer {id_} {_hex(4)}" for id_ in created}
    request = _batch(
        [
            _event(
                "span-update", moment, {"id": id_, "traceId": known.trace_id, "output": outputs[id_], "endTime": _iso(moment)}
            )
            for id_, known in created.items()
        ]
    )
    request.outputs = outputs
    return request


def scores(round_number: int, *, count: int) -> Request:
    """Return a score as an object (``count`` 0) or an array of ``count`` scores."""
    items = [
        {"id": str(uuid.uuid4()), "traceId": _hex(16), "name": f"round-{round_number}", "value": random.randrange(100) / 8}
        for _ in range(count or 1)
    ]
    content = httpx.Request("POST", "http://x", json=items if count else items[0]).content
    return Request(
        path="/api/public/scores",
        content=content,
        headers={"Content-Type": "application/json"},
        statuses=(202,) if count else (200,),
        scores={str(item["id"]): float(str(item["value"])) for item in items},
    )


def requests(round_number: int) -> Iterator[Request]:
    """Yield requests of every kind without end; every other legacy batch is updated by the next request."""
    for turn in itertools.count(random.randrange(6)):
        match turn % 6:
            case 0:
                yield otlp(round_number, is_json=False)
            case 1:
                yield otlp(round_number, is_json=True)
            case 2:
                yield scores(round_number, count=0)
            case 3:
                yield scores(round_number, count=5)
            case _:
                create = batch_create(round_number)
                yield create
                yield batch_update(round_number, create.observations)


class Client(threading.Thread):
    """Sends one request after the other until it is stopped or the server is gone; keeps the ledger."""

    def __init__(self, http: httpx.Client, ledger: Ledger, round_number: int) -> None:
        super().__init__(daemon=True)
        self._http = http
        self._ledger = ledger
        self._round = round_number
        self._is_stopped = threading.Event()
        self.unexpected: list[str] = []

    def stop(self) -> None:
        """Let the request under way be the last."""
        self._is_stopped.set()

    def run(self) -> None:
        """Send until told otherwise."""
        with self._http:
            for request in requests(self._round):
                if self._is_stopped.is_set() or not self._send(request):
                    return

    def _send(self, request: Request) -> bool:
        ids = {*request.observations, *request.scores}
        with self._ledger.lock:
            self._ledger.unanswered |= ids
            for id_, output in request.outputs.items():
                if id_ in self._ledger.observations:
                    self._ledger.observations[id_].outputs.add(output)
        try:
            answer = self._http.post(request.path, content=request.content, headers=request.headers)
        except httpx.TransportError:
            return False
        if answer.status_code == 503:
            self._ledger.refused += 1
            return True
        if answer.status_code not in request.statuses or (answer.status_code == 207 and answer.json()["errors"]):
            self.unexpected.append(f"{request.path}: {answer.status_code} {answer.text[:300]}")
            return False
        with self._ledger.lock:
            self._ledger.acknowledged += 1
            self._ledger.unanswered -= ids
            self._ledger.observations |= request.observations
            self._ledger.scores |= request.scores
            for id_, output in request.outputs.items():
                if id_ in self._ledger.observations:
                    self._ledger.observations[id_].outputs = {output}
        return True


def read_round(http: httpx.Client, round_number: int) -> list[dict[str, Any]]:
    """Read all observations of a round through the cursor list."""
    found: list[dict[str, Any]] = []
    parameters = {
        "fields": "core,io",
        "limit": "1000",
        "fromStartTime": _iso(hour_of(round_number)),
        "toStartTime": _iso(hour_of(round_number + 1)),
    }
    while True:
        answer = http.get("/api/public/v2/observations", params=parameters)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["data"]
        if not page["meta"].get("cursor"):
            return found
        parameters["cursor"] = page["meta"]["cursor"]


def read_scores(http: httpx.Client, round_number: int) -> list[dict[str, Any]]:
    """Read all scores of a round through the numbered list."""
    found: list[dict[str, Any]] = []
    for page in itertools.count(1):
        answer = http.get("/api/public/v2/scores", params={"name": f"round-{round_number}", "limit": "100", "page": str(page)})
        assert answer.status_code == 200, answer.text
        found += answer.json()["data"]
        if page >= answer.json()["meta"]["totalPages"]:
            return found
    raise AssertionError("unreachable")


def check_round(http: httpx.Client, round_number: int, ledger: Ledger) -> None:
    """Assert that everything acknowledged is there once and whole, and nothing that was never sent."""
    observations, judged = read_round(http, round_number), read_scores(http, round_number)
    ids = [item["id"] for item in observations]
    assert len(ids) == len(set(ids)), "an observation is there twice"
    assert ledger.observations.keys() - set(ids) == set(), "acknowledged observations are lost"
    assert set(ids) - ledger.observations.keys() - ledger.unanswered == set(), "there is what nobody sent"
    for item in observations:
        known = ledger.observations.get(item["id"])
        if known is not None:
            assert (item["traceId"], item["input"]) == (known.trace_id, known.input)
            assert item["output"] in known.outputs, f"{item['id']}: {item['output']!r} is none of {known.outputs}"
    score_ids = [item["id"] for item in judged]
    assert len(score_ids) == len(set(score_ids)), "a score is there twice"
    assert ledger.scores.keys() - set(score_ids) == set(), "acknowledged scores are lost"
    assert set(score_ids) - ledger.scores.keys() - ledger.unanswered == set(), "there is a score that nobody sent"
    for item in judged:
        assert item["value"] == ledger.scores.get(item["id"], item["value"])
