"""How long a span takes from OTLP bytes to an observation row: decoding and mapping, one thread, no store.

Measured in processor time of the thread, so that neighbours on the machine count less.

Usage: ``python -m benches.decode [--requests N] [--quick] [--profile]``
"""

from __future__ import annotations

import argparse
import cProfile
import platform
import pstats
import statistics
import time
from pathlib import Path

import msgspec
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from benches.workload import SPANS, TRACES, otlp
from spanwise_server.ingest.decode.otlp import decode_spans
from spanwise_server.ingest.decoded import IngestContext, IngestLimits

_SPANS_PER_REQUEST = TRACES * SPANS
_CONTEXT = IngestContext(
    project_id="bench",
    public_key="pk-lf-bench",
    sdk_name="python",
    sdk_version="5.0.4",
    received_at=1_770_000_000_000_000,
    limits=IngestLimits(
        max_decompressed_bytes=256 * 1024 * 1024,
        max_json_depth=200,
        max_attributes=1000,
        max_attribute_bytes=16 * 1024 * 1024,
        max_batch_events=20_000,
    ),
)


def main() -> None:
    """Measure both encodings and print machine, data, median and p95."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300, help="requests measured of each kind")
    parser.add_argument("--quick", action="store_true", help="a tenth of them, to see that it works")
    parser.add_argument("--profile", action="store_true", help="print where the time goes instead")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.requests = max(1, arguments.requests // 10)
    make = otlp(compressed=False)
    bodies = [make(number, 1_770_000_000_000_000_000) for number in range(24)]
    if arguments.profile:
        _profile(bodies, arguments.requests)
        return
    print(f"machine: {_processor()}, Python {platform.python_version()}")
    size = statistics.mean(map(len, bodies))
    print(f"data:    {_SPANS_PER_REQUEST} spans a request, {size / _SPANS_PER_REQUEST:,.0f} bytes a span, scope langfuse-sdk")
    _report("protobuf", bodies, arguments.requests, is_json=False)
    _report("json", [_as_json(body) for body in bodies[:6]], max(1, arguments.requests // 5), is_json=True)
    other = [_with_scope(body, "my-agent") for body in bodies[:6]]
    _report("protobuf, other scope", other, max(1, arguments.requests // 3), is_json=False)


def _report(name: str, bodies: list[bytes], requests: int, *, is_json: bool) -> None:
    per_span = sorted(_time(bodies[n % len(bodies)], is_json=is_json) for n in range(requests))
    p95 = per_span[int(len(per_span) * 0.95)]
    print(f"{name:22} median {statistics.median(per_span):6.1f} µs a span, p95 {p95:6.1f} µs, best {per_span[0]:6.1f} µs")


def _time(body: bytes, *, is_json: bool) -> float:
    start = time.thread_time_ns()
    decode_spans(body, is_json=is_json, context=_CONTEXT)
    return float(time.thread_time_ns() - start) / 1000 / _SPANS_PER_REQUEST


def _profile(bodies: list[bytes], requests: int) -> None:
    with cProfile.Profile() as profile:
        for number in range(requests):
            decode_spans(bodies[number % len(bodies)], is_json=False, context=_CONTEXT)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def _as_json(body: bytes) -> bytes:
    message = MessageToDict(ExportTraceServiceRequest.FromString(body))
    for scope_spans in message["resourceSpans"][0]["scopeSpans"]:
        for span in scope_spans["spans"]:
            for name in ("traceId", "spanId", "parentSpanId"):
                if name in span:
                    span[name] = msgspec.json.decode(f'"{span[name]}"', type=bytes).hex()
    return msgspec.json.encode(message)


def _with_scope(body: bytes, scope: str) -> bytes:
    message = ExportTraceServiceRequest.FromString(body)
    message.resource_spans[0].scope_spans[0].scope.name = scope
    return message.SerializeToString()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


if __name__ == "__main__":
    main()
