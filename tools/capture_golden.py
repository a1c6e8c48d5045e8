"""Capture real export requests of real libraries as golden files of the server's tests.

For each producer an environment is made with uv, a small agent (``golden_agents/``) runs in it against a recording server
on the loopback interface, and what it sent is written, with ids, times and paths made constant, to
``packages/spanwise-server/tests/golden/<producer>-<version>/request.bin``. The observations that the server makes of every
golden request are then written beside it: review their diff, they are what the test compares with.

Usage: ``python tools/capture_golden.py [PRODUCER-VERSION ...] [--observations-only]``
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from spanwise_server.ingest.decode.otlp import decode_spans
from spanwise_server.ingest.decoded import IngestContext, IngestLimits

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "packages" / "spanwise-server" / "tests" / "golden"
AGENTS = Path(__file__).resolve().parent / "golden_agents"
FIRST_TIME = 1_770_000_000_000_000_000
"""Nanoseconds; recorded times become this and one millisecond more for each distinct time, in order."""
INSTANCE_ATTRIBUTES = frozenset({"service.instance.id", "process.pid", "host.name"})
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")
_TRACEBACK_PATH = re.compile(r'File "[^"]*/')
_TRACEBACK_LINE = re.compile(r"\n\s+[~^]+(?=\n)")


@dataclass(frozen=True)
class Producer:
    """A library, the packages that install it, and the agent that uses it."""

    name: str
    version: str
    packages: tuple[str, ...]
    agent: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def directory(self) -> Path:
        """Where its golden files stand."""
        return GOLDEN / f"{self.name}-{self.version}"


_OTEL = ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")
_CAPTURE = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"}
PRODUCERS = (
    *(Producer("langfuse-python", v, (f"langfuse=={v}",), "langfuse_agent.py") for v in ("3.15.0", "4.18.0", "5.0.4")),
    Producer(
        "langfuse-javascript",
        "5.11.1",
        ("@langfuse/otel@5.11.1", "@langfuse/tracing@5.11.1", "@opentelemetry/sdk-node", "@opentelemetry/api"),
        "langfuse_agent.mjs",
    ),
    Producer(
        "openllmetry-openai",  # up to this line of versions it sends gen_ai.prompt.N and gen_ai.completion.N
        "0.40.14",
        ("opentelemetry-instrumentation-openai==0.40.14", "openai<2", "setuptools<80", *_OTEL),
        "openai_agent.py",
        {"GOLDEN_INSTRUMENTATION": "openllmetry"},
    ),
    Producer(
        "openinference-openai",
        "0.1.66",
        ("openinference-instrumentation-openai==0.1.66", "openai==3.51.0", *_OTEL),
        "openai_agent.py",
        {"GOLDEN_INSTRUMENTATION": "openinference"},
    ),
    Producer(
        "openinference-langchain",
        "0.1.80",
        ("openinference-instrumentation-langchain==0.1.80", "langchain-core==1.7.2", *_OTEL),
        "langchain_agent.py",
    ),
    Producer(
        "opentelemetry-openai-v2",
        "2.4b0",
        (
            "opentelemetry-instrumentation-openai-v2==2.4b0",
            "opentelemetry-util-genai==0.4b0",
            "openai==3.51.0",
            "httpx",
            *_OTEL,
        ),
        "openai_agent.py",
        {"GOLDEN_INSTRUMENTATION": "opentelemetry", **_CAPTURE},
    ),
    Producer(
        "opentelemetry-openai-v2-latest",
        "2.4b0",
        (
            "opentelemetry-instrumentation-openai-v2==2.4b0",
            "opentelemetry-util-genai==0.4b0",
            "openai==3.51.0",
            "httpx",
            *_OTEL,
        ),
        "openai_agent.py",
        {
            "GOLDEN_INSTRUMENTATION": "opentelemetry",
            "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_only",
            "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
        },
    ),
)
"""Also in ``golden/``: ``*-handwritten-*`` requests for forms that no installable library sends any more."""


def main() -> None:
    """Capture what was asked for, then write the observations of every golden request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("producers", nargs="*", help="names of golden folders; default: all that can be captured")
    parser.add_argument("--observations-only", action="store_true", help="capture nothing")
    arguments = parser.parse_args()
    for producer in PRODUCERS if not arguments.observations_only else ():
        if not arguments.producers or producer.directory.name in arguments.producers:
            capture(producer)
    for request in sorted(GOLDEN.glob("*/request.*")):
        write_observations(request.parent)


def capture(producer: Producer) -> None:
    """Run the producer's agent and write what it sent."""
    with tempfile.TemporaryDirectory() as home, Recorder() as recorder:
        environment = {"PATH": os.environ["PATH"], "HOME": home, **recorder.environment(), **producer.environment}
        prepare = prepare_node if producer.agent.endswith(".mjs") else prepare_python
        subprocess.run(prepare(producer, Path(home)), check=True, env=environment, cwd=home)
    if not recorder.bodies:
        raise SystemExit(f"{producer.directory.name} sent nothing")
    producer.directory.mkdir(parents=True, exist_ok=True)
    if recorder.bodies[0][:1] == b"{":
        if len(recorder.bodies) > 1:
            raise SystemExit(f"{producer.directory.name} sent {len(recorder.bodies)} requests; JSON cannot be merged")
        (producer.directory / "request.json").write_text(make_json_constant(recorder.bodies[0].decode()), encoding="utf-8")
    else:
        request = ExportTraceServiceRequest()
        for body in recorder.bodies:
            request.MergeFromString(body)
        make_constant(request)
        (producer.directory / "request.bin").write_bytes(request.SerializeToString())
    print(f"captured {producer.directory.name}")


def prepare_python(producer: Producer, home: Path) -> list[str]:
    """Install the producer in an environment of its own and return the command that runs its agent."""
    python = home / "venv" / "bin" / "python"
    subprocess.run(["uv", "venv", "-q", "--python", "3.11", str(python.parent.parent)], check=True)
    subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), *producer.packages], check=True)
    return [str(python), str(AGENTS / producer.agent)]


def prepare_node(producer: Producer, home: Path) -> list[str]:
    """Install the producer in a folder of its own and return the command that runs its agent."""
    shutil.copy(AGENTS / producer.agent, home / producer.agent)  # modules are looked up beside the script
    subprocess.run(["npm", "install", "--silent", "--no-audit", *producer.packages], check=True, cwd=home)
    return ["node", producer.agent]


def write_observations(directory: Path) -> None:
    """Write what the server makes of a golden request, as the test reads it."""
    (directory / "observations.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(observe(directory)), indent=1) + b"\n"
    )


def observe(directory: Path) -> list[dict[str, Any]]:
    """Decode a golden request; fields without a value are left out, and nothing depends on the time or the sender."""
    body = directory / "request.json"
    is_json = body.exists()
    decoded = decode_spans((body if is_json else directory / "request.bin").read_bytes(), is_json=is_json, context=CONTEXT)
    rows = msgspec.to_builtins(decoded.observations)
    return [{name: value for name, value in row.items() if value not in ("", None, [], {}, 0, False)} for row in rows]


CONTEXT = IngestContext(
    project_id="golden",
    public_key="pk-lf-golden",
    sdk_name="",
    sdk_version="",
    received_at=FIRST_TIME // 1000,
    limits=IngestLimits(
        max_decompressed_bytes=1 << 28,
        max_json_depth=200,
        max_attributes=1000,
        max_attribute_bytes=1 << 24,
        max_batch_events=20_000,
    ),
)


def spans_of(request: ExportTraceServiceRequest) -> Iterator[Span]:
    """Yield every span of a request."""
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            yield from scope_spans.spans


def make_constant(request: ExportTraceServiceRequest) -> None:
    """Replace what differs from run to run: ids, times, process and file names. Order and identity stay."""
    ids: dict[bytes, bytes] = {}
    moments = {span.start_time_unix_nano for span in spans_of(request)} | {
        span.end_time_unix_nano for span in spans_of(request)
    }
    moments |= {event.time_unix_nano for span in spans_of(request) for event in span.events}
    times = {moment: FIRST_TIME + index * 1_000_000 for index, moment in enumerate(sorted(moments))}
    for span in spans_of(request):
        span.start_time_unix_nano = times[span.start_time_unix_nano]
        span.end_time_unix_nano = times[span.end_time_unix_nano]
        span.trace_id = _constant_id(ids, span.trace_id)
        span.span_id = _constant_id(ids, span.span_id)
        if span.parent_span_id:
            span.parent_span_id = _constant_id(ids, span.parent_span_id)
        for event in span.events:
            event.time_unix_nano = times[event.time_unix_nano]
            _clean(event.attributes)
        _clean(span.attributes)
    for resource_spans in request.resource_spans:
        _clean(resource_spans.resource.attributes)


def make_json_constant(text: str) -> str:
    """Do the same to OTLP/JSON by replacing in the text, so that the form of every value stays the producer's."""
    spans = [
        span
        for resource_spans in msgspec.json.decode(text)["resourceSpans"]
        for scope_spans in resource_spans["scopeSpans"]
        for span in scope_spans["spans"]
    ]
    moments = {str(span[name]) for span in spans for name in ("startTimeUnixNano", "endTimeUnixNano")}
    moments |= {str(event["timeUnixNano"]) for span in spans for event in span.get("events", ())}
    for index, moment in enumerate(sorted(moments)):
        text = text.replace(moment, str(FIRST_TIME + index * 1_000_000))
    ids = dict.fromkeys(span[name] for span in spans for name in ("traceId", "spanId", "parentSpanId") if span.get(name))
    for index, original in enumerate(ids, start=1):
        text = text.replace(original, f"{index:0{len(original)}x}")
    return _UUID.sub("00000000-0000-0000-0000-000000000000", text)


def _constant_id(ids: dict[bytes, bytes], original: bytes) -> bytes:
    return ids.setdefault(original, (len(ids) + 1).to_bytes(len(original), "big"))


def _clean(attributes: Any) -> None:  # repeated KeyValue
    pair: KeyValue
    for pair in attributes:
        if pair.key in INSTANCE_ATTRIBUTES:
            pair.value.string_value = "constant"
        elif pair.value.HasField("string_value"):
            text = _UUID.sub("00000000-0000-0000-0000-000000000000", pair.value.string_value)
            pair.value.string_value = _ADDRESS.sub("127.0.0.1:1", text)
        if pair.key == "exception.stacktrace":
            pair.value.string_value = _TRACEBACK_LINE.sub("", _TRACEBACK_PATH.sub('File "', pair.value.string_value))


class Recorder:
    """An HTTP server that keeps trace exports and answers chat completions: first a tool call, then text."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            """Sorts requests by path."""

            def do_POST(self) -> None:
                """Keep or answer."""
                body = self._read()
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                if self.path.endswith("/v1/traces"):
                    recorder.bodies.append(body)
                    self._answer(200, {})
                elif self.path.endswith("/chat/completions"):
                    self._answer(*complete(msgspec.json.decode(body)))
                else:
                    self._answer(200, {"successes": [], "errors": []})

            def _read(self) -> bytes:
                if "Content-Length" in self.headers:
                    return self.rfile.read(int(self.headers["Content-Length"]))
                chunks = []
                while size := int(self.rfile.readline(), 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)

            def _answer(self, status: int, content: dict[str, Any]) -> None:
                answer = msgspec.json.encode(content)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def environment(self) -> dict[str, str]:
        """Return the variables that point libraries here."""
        url = f"http://127.0.0.1:{self._server.server_port}"
        return {
            "LANGFUSE_HOST": url,
            "LANGFUSE_BASE_URL": url,
            "LANGFUSE_PUBLIC_KEY": "pk-lf-golden",
            "LANGFUSE_SECRET_KEY": "sk-lf-golden",
            "LANGFUSE_TRACING_ENVIRONMENT": "production",
            "LANGFUSE_RELEASE": "r42",
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
            "OPENAI_BASE_URL": f"{url}/v1",
            "OPENAI_API_KEY": "sk-golden",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def complete(question: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Answer a chat completion: a model named ``refused`` fails, tools are called once, then comes text."""
    if question["model"] == "refused":
        return 400, {"error": {"message": "model refused", "type": "invalid_request_error", "code": "model_not_found"}}
    message: dict[str, Any] = {"role": "assistant", "content": "Seven degrees."}
    if question.get("tools"):
        call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Zürich"}'}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return 200, {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1770000000,
        "model": "gpt-5.2-2026-01-01",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if "tool_calls" in message else "stop"}],
        "usage": {
            "prompt_tokens": 120,
            "completion_tokens": 40,
            "total_tokens": 160,
            "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 16, "audio_tokens": 0},
        },
    }


if __name__ == "__main__":
    main()
