"""Whatever arrives over HTTP is answered by 2xx, 4xx, or 503 when it really is too much; good neighbours are kept.

Against a real server process with small limits, through bare sockets. What the decoders and the read parameters do with
odd values is held closer to them, in the server's own tests; here it is the whole way from the wire to the store.
"""

from __future__ import annotations

import gzip
import json
import random
import socket
import time
import uuid
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from tests.hostile.raw_http import Answer, assert_decent, basic, exchange, get, post
from tests.serving.mixed_load import Request, batch_create, otlp
from tests.serving.server_process import ServerProcess

MIB = 1024 * 1024
TRACES = "/api/public/otel/v1/traces"
INGESTION = "/api/public/ingestion"
JSON = "Content-Type: application/json"
PROTOBUF = "Content-Type: application/x-protobuf"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    limits = {"SPANWISE_MAX_BODY_MIB": "2", "SPANWISE_MAX_DECOMPRESSED_MIB": "8"}
    # Leaving the context asserts that the server stops well and that nothing in its log is a traceback.
    with ServerProcess(folder=tmp_path_factory.mktemp("hostile"), settings=limits) as running:
        yield running


@pytest.fixture(autouse=True)
def _still_works(server: ServerProcess) -> Iterator[None]:
    """After every test a good request is taken and read back."""
    yield
    request = otlp(0, is_json=True, spans=2)
    assert post(server, request.path, request.content, JSON).status == 200
    assert kept(server, next(iter(request.observations.values())).trace_id) == set(request.observations)


def kept(server: ServerProcess, trace_id: str) -> set[str]:
    with server.client() as http:
        answer = http.get("/api/public/observations", params={"traceId": trace_id, "limit": 100})
        assert answer.status_code == 200, answer.text
        return {item["id"] for item in answer.json()["data"]}


SAMPLES: list[Request] = [otlp(0, is_json=True, spans=2), batch_create(0, observations=2), otlp(0, is_json=False, spans=2)]
TYPES = [JSON, PROTOBUF, "Content-Type: text/plain", "Content-Type: application/json; charset=utf-16", "X-No-Type: 1"]
ENCODINGS = ["", "gzip", "deflate", "br", "identity", "gzip, gzip", "x" * 300]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A good body with damage, or no body at all."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.binary(max_size=300))
    body = bytearray(draw(st.sampled_from(SAMPLES)).content)
    if draw(st.booleans()) and body[:2] == b"\x1f\x8b":
        body = bytearray(gzip.decompress(body))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, max(0, len(body) - 1)))
        match draw(st.integers(0, 3)):
            case 0:
                body[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case 1:
                del body[at : at + draw(st.integers(1, 50))]
            case 2:
                body[at:at] = draw(st.sampled_from([b"\xff\xfe", b"\0", b"{", b"[", b'"', b"NaN", b"\\ud800", b"9" * 30, b"-"]))
            case _:
                del body[at:]
    return bytes(body)


@settings(max_examples=250, deadline=None)
@given(
    body=mangled(),
    path=st.sampled_from([TRACES, INGESTION, "/api/public/scores"]),
    kind=st.sampled_from(TYPES),
    encoding=st.sampled_from(ENCODINGS),
)
def test_mangled_bodies_and_lying_headers(server: ServerProcess, body: bytes, path: str, kind: str, encoding: str) -> None:
    assert_decent(post(server, path, body, kind, *([f"Content-Encoding: {encoding}"] if encoding else [])))


@pytest.mark.parametrize("path", [TRACES, INGESTION])
@pytest.mark.parametrize("cut", [0, 1, 10, -9, -1])
def test_a_truncated_gzip_is_refused_whole(server: ServerProcess, path: str, cut: int) -> None:
    sample = otlp(0, is_json=True, spans=2) if path == TRACES else batch_create(0, observations=2)
    answer = post(
        server, path, gzip.compress(sample.content)[: cut or None][: -1 if cut == 0 else None], JSON, "Content-Encoding: gzip"
    )
    assert answer.status == 400, answer
    assert_decent(answer)
    assert kept(server, next(iter(sample.observations.values())).trace_id) == set()


BOMBS = {
    "gzip": ("gzip", gzip.compress(b" " * 9 * MIB)),
    "deflate": ("deflate", zlib.compress(b"[" * 9 * MIB)),
    "gzip of many members": ("gzip", gzip.compress(b" " * MIB) * 10),
    "gzip in gzip": ("gzip, gzip", gzip.compress(gzip.compress(b" " * 9 * MIB))),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("path", [TRACES, INGESTION, "/api/public/scores"])
def test_bombs(server: ServerProcess, path: str, name: str) -> None:
    encoding, bomb = BOMBS[name]
    answer = post(server, path, bomb, JSON, f"Content-Encoding: {encoding}")
    assert answer.status == (400 if "," in encoding else 413), answer
    assert_decent(answer)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("path", [TRACES, INGESTION, "/api/public/scores"])
def test_ten_thousand_levels_of_json(server: ServerProcess, path: str, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    answer = post(server, path, (opening * 10_000 + "1" + closing * 10_000).encode(), JSON)
    assert answer.status == 400, answer
    assert_decent(answer)


def test_ten_thousand_levels_of_protobuf(server: ServerProcess) -> None:
    inner = b""
    for _ in range(10_000):  # an AnyValue in an ArrayValue in an AnyValue…; field 5 is array_value, field 1 its values
        array = b"\x0a" + _varint(len(inner)) + inner
        inner = b"\x2a" + _varint(len(array)) + array
    request = _spans(1)
    attribute = request.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="deep")
    whole = request.SerializeToString()
    del attribute
    # The deep value stands in a resource of its own, by the wire format's rule that repeated fields concatenate.
    pair = b"\x0a\x01k\x12" + _varint(len(inner)) + inner
    resource = b"\x0a" + _varint(len(pair)) + pair
    spans = b"\x0a" + _varint(len(resource)) + resource
    answer = post(server, TRACES, whole + b"\x0a" + _varint(len(spans)) + spans, PROTOBUF)
    assert answer.status == 400, answer
    assert_decent(answer)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def _spans(count: int) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    trace_id = uuid.uuid4().bytes
    for index in range(count):
        scope.spans.add(
            trace_id=trace_id, span_id=random.randbytes(8), name=f"span {index}", start_time_unix_nano=1, end_time_unix_nano=2
        )
    return request


ODD_SPANS: dict[str, dict[str, Any]] = {
    "trace id of 15 bytes": {"trace_id": b"x" * 15},
    "no trace id": {"trace_id": b""},
    "trace id of zeros": {"trace_id": bytes(16)},
    "span id of 9 bytes": {"span_id": b"x" * 9},
    "no span id": {"span_id": b""},
}


@pytest.mark.parametrize("name", ODD_SPANS)
def test_a_span_with_a_wrong_id_is_rejected_alone(server: ServerProcess, name: str) -> None:
    request = _spans(3)
    spans = request.resource_spans[0].scope_spans[0].spans
    bad = spans.add(name="bad", trace_id=spans[0].trace_id, span_id=random.randbytes(8))
    for field, value in ODD_SPANS[name].items():
        setattr(bad, field, value)
    answer = post(server, TRACES, request.SerializeToString(), PROTOBUF)
    assert answer.status == 200, answer
    assert b"spans[3]" in answer.body
    assert kept(server, spans[0].trace_id.hex()) == {span.span_id.hex() for span in spans[:3]}


ODD_VALUES: list[Any] = [
    {"stringValue": "\ud800 lone"}, {"stringValue": "nul \0 inside"}, {"doubleValue": float("nan")}, {"doubleValue": "-Infinity"},
    {"intValue": str(2**63)}, {"intValue": 2**64}, {"intValue": "9" * 400}, {"bytesValue": "!!!"}, {"arrayValue": {"values": 5}},
    {"kvlistValue": [1, {"key": {}}]}, {"stringValue": {"a": [None]}}, {}, [], None, "bare", {"unknownValue": 1},
]  # fmt: skip
ODD_FIELDS: list[dict[str, Any]] = [
    {"startTimeUnixNano": str(2**63)}, {"startTimeUnixNano": 2**64 - 1}, {"startTimeUnixNano": -1}, {"endTimeUnixNano": "soon"},
    {"startTimeUnixNano": float("nan")}, {"startTimeUnixNano": {"a": 1}}, {"name": 5}, {"name": "\ud83d"}, {"name": "x" * 100_000},
    {"parentSpanId": "zz"}, {"parentSpanId": 7}, {"status": "bad"}, {"status": {"code": []}}, {"events": 5}, {"events": [None, 1, {"timeUnixNano": "x"}]},
    {"links": [{"traceId": 1}]}, {"attributes": {"a": 1}}, {"attributes": 5}, {"kind": "??"},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ODD_VALUES) + len(ODD_FIELDS)))
def test_an_odd_span_is_kept_with_its_neighbour(server: ServerProcess, number: int) -> None:
    """Ids are right here, so the span counts, however odd the rest of it is; its neighbour counts anyway."""
    trace_id = uuid.uuid4().hex
    good, odd = (
        dict[str, Any](
            {"traceId": trace_id, "spanId": random.randbytes(8).hex(), "name": "s", "startTimeUnixNano": "1700000000000000000"}
        )
        for _ in range(2)
    )
    if number < len(ODD_VALUES):
        keys = [
            "custom",
            "langfuse.observation.input",
            "langfuse.observation.usage_details",
            "gen_ai.usage.input_tokens",
            "langfuse.trace.tags",
        ]
        odd["attributes"] = [{"key": key, "value": ODD_VALUES[number]} for key in keys]
    else:
        odd |= ODD_FIELDS[number - len(ODD_VALUES)]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [odd, good]}]}]}).encode()
    answer = post(server, TRACES, body, JSON)
    assert answer.status == 200, answer
    assert kept(server, trace_id) == {good["spanId"], odd["spanId"]}
    with server.client() as http:
        for path in (
            f"/api/public/traces/{trace_id}",
            f"/api/public/v2/observations?traceId={trace_id}&fields=core,io,metadata,usage",
        ):
            assert http.get(path).status_code == 200


def test_a_bad_event_costs_only_itself(server: ServerProcess) -> None:
    good = batch_create(0, observations=3)
    envelope = json.loads(good.content)
    bad: list[Any] = [
        None,
        7,
        {"type": "span-create"},
        {**envelope["batch"][1], "body": {"id": ["x"]}},
        {**envelope["batch"][1], "timestamp": 2**63},
    ]
    for at, event in enumerate(bad):
        envelope["batch"].insert(at * 2, event)
    answer = post(server, INGESTION, json.dumps(envelope).encode(), JSON)
    assert answer.status == 207, answer
    assert len(json.loads(answer.body)["errors"]) == len(bad)
    assert kept(server, next(iter(good.observations.values())).trace_id) == set(good.observations)


def _chunked(server: ServerProcess, size: int, *, piece: int = 65536) -> Answer:
    head = f"POST {TRACES} HTTP/1.1\r\nHost: x\r\n{basic(server)}\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = f"{piece:x}\r\n".encode() + b" " * piece + b"\r\n"
    return exchange(server, [head, *([chunk] * (size // piece)), b"0\r\n\r\n"])


def test_a_chunked_body_is_bounded_while_it_arrives(server: ServerProcess) -> None:
    answer = _chunked(server, 3 * MIB)
    assert answer.status == 413, answer
    assert_decent(answer)
    assert _chunked(server, MIB).status == 400  # in bounds, but nothing in it


def test_an_announced_length_beyond_the_limit_is_refused_unread(server: ServerProcess) -> None:
    for length in (str(3 * MIB), "9" * 30):
        head = f"POST {TRACES} HTTP/1.1\r\nHost: x\r\n{basic(server)}\r\n{JSON}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        answer = exchange(server, [head.encode()])
        assert answer.status in {400, 413}, answer
        assert_decent(answer)


def test_a_slow_body_is_waited_for(server: ServerProcess) -> None:
    request = otlp(0, is_json=True, spans=1)

    def parts() -> Iterator[bytes]:
        yield f"POST {TRACES} HTTP/1.1\r\nHost: x\r\n{basic(server)}\r\n{JSON}\r\nContent-Length: {len(request.content)}\r\n\r\n".encode()
        step = max(1, len(request.content) // 20)
        for start in range(0, len(request.content), step):
            yield request.content[start : start + step]
            time.sleep(0.05)

    assert exchange(server, parts()).status == 200
    assert kept(server, next(iter(request.observations.values())).trace_id) == set(request.observations)


def test_a_client_that_hangs_up_half_way_leaves_nothing(server: ServerProcess) -> None:
    request = otlp(0, is_json=True, spans=1)
    head = f"POST {TRACES} HTTP/1.1\r\nHost: x\r\n{basic(server)}\r\n{JSON}\r\nContent-Length: {len(request.content)}\r\n\r\n".encode()
    for share in (0.0, 0.5, 0.99):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(head + request.content[: int(len(request.content) * share)])
    assert kept(server, next(iter(request.observations.values())).trace_id) == set()
    assert "Traceback" not in server.log


HEADS = {
    "one header of 200 KiB": b"X-Long: " + b"a" * 200 * 1024 + b"\r\n",
    "five thousand headers": b"".join(b"X-H%d: 1\r\n" % number for number in range(5000)),
    "bytes above ASCII": b"X-Bytes: \xff\xfe\x80\r\nX-\xc3\xa4: 1\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 7\r\n",
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "a negative length": b"Content-Length: -1\r\n",
    "an SDK name of 60 KiB": b"x-langfuse-sdk-name: " + b"s" * 60_000 + b"\r\n",
    "a folded header": b"X-Fold: a\r\n b\r\n",
    "a nul": b"X-Nul: a\0b\r\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_odd_heads(server: ServerProcess, name: str) -> None:
    head = b"POST " + TRACES.encode() + b" HTTP/1.1\r\nHost: x\r\n" + basic(server).encode() + b"\r\n" + JSON.encode() + b"\r\n"
    assert_decent(exchange(server, [head + HEADS[name] + b"\r\n", b"{}"]), allow_silence=True)


@pytest.mark.parametrize(
    "start",
    [
        b"\0\xff\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /api/public/health HTTP/9.9\r\n\r\n",
        b"A" * 100_000,
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_http(server: ServerProcess, start: bytes) -> None:
    assert_decent(exchange(server, [start, b"\r\n\r\n"]), allow_silence=True)


IDS = [
    b"%00", b"a%00b", b"..%2f..%2fetc%2fpasswd", b"%2e%2e/%2e%2e", b"%27%20OR%201=1--", b"%3Cscript%3Ealert(1)%3C/script%3E", b"x" * 8000,
    b"%F0%9F%A6%9C", b"%ff%fe", b"%ED%A0%80", b"%zz", b"%", b"\xf0\x9f\xa6\x9c", b"%7Bid:String%7D", b"%5C", b"%25s%25n", b"a;b", b"a%0d%0aX-Evil:1", b"%E2%80%AE",
]  # fmt: skip
ROUTES = [
    b"/api/public/traces/", b"/api/public/observations/", b"/api/public/sessions/", b"/api/public/scores/", b"/api/public/v2/scores/",
    b"/api/public/v2/observations?traceId=", b"/api/public/traces?sessionId=", b"/api/public/v3/scores?id=", b"/api/public/traces?tags=",
    b"/api/v1/projects/", b"/api/v1/projects/matrix-project/traces?search=", b"/api/v1/projects/matrix-project/trace?id=", b"/",
]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_hostile_ids_on_reads(server: ServerProcess, route: bytes) -> None:
    for hostile in IDS:
        answer = get(server, route + hostile)
        assert_decent(answer)
        assert b"X-Evil" not in answer.head
        assert b"<script>alert" not in answer.body or b"application/json" in answer.head


def test_hostile_ids_are_kept_and_found(server: ServerProcess) -> None:
    """Ids of legacy clients are any text: what was accepted is found under exactly that id."""
    hostile = [
        "a b",
        "a/b",
        "../../etc",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "{id:String}",
        "ünï/cödé 🦜",
        "%00",
        "x" * 700,
        "/*filters*/",
        "\\",
        "a?b#c",
    ]
    for text in hostile:
        unique = f"{uuid.uuid4()} {text}"
        event = {
            "id": str(uuid.uuid4()),
            "type": "trace-create",
            "timestamp": "2026-02-01T00:00:00Z",
            "body": {"id": unique, "name": text, "sessionId": unique},
        }
        answer = post(server, INGESTION, json.dumps({"batch": [event]}).encode(), JSON)
        assert json.loads(answer.body)["errors"] == [], text
        with server.client() as http:
            found = http.get("/api/public/traces", params={"sessionId": unique}).json()["data"]
            assert [(item["id"], item["name"]) for item in found] == [(unique, text)]
            assert http.get(f"/api/public/traces/{quote(unique, safe='')}").json()["id"] == unique


def test_deep_values_in_a_span_are_kept_with_a_mark(server: ServerProcess) -> None:
    request = _spans(2)
    value = request.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="deep").value
    for _ in range(40):
        value = value.array_value.values.add()
    value.CopyFrom(AnyValue(string_value="bottom"))
    assert post(server, TRACES, request.SerializeToString(), PROTOBUF).status == 200
    spans = request.resource_spans[0].scope_spans[0].spans
    assert kept(server, spans[0].trace_id.hex()) == {span.span_id.hex() for span in spans}
