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
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import msgspec
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from spanwise_server.ingest.decode.otlp import decode_spans
from spanwise_server.ingest.decoded import IngestContext, IngestLimits

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, only its own folder is searched
from tools.golden_models import answer
from tools.golden_producers import PRODUCERS, Producer

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "packages" / "spanwise-server" / "tests" / "golden"
AGENTS = Path(__file__).resolve().parent / "golden_agents"
FIRST_TIME = 1_770_000_000_000_000_000
"""Nanoseconds; recorded times become this and one millisecond more for each distinct time, in order."""
INSTANCE_ATTRIBUTES = frozenset(
    {"service.instance.id", "process.pid", "host.name", "host.id", "process.command_args", "process.owner", "thread.id"}
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")
_TRACEBACK_PATH = re.compile(r'File "[^"]*/')
_TRACEBACK_LINE = re.compile(r"\n\s+[~^]+(?=\n)")


def main() -> None:
    """Capture what was asked for, then write the observations of every golden request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("producers", nargs="*", help="names of golden folders; default: all that can be captured")
    parser.add_argument("--observations-only", action="store_true", help="capture nothing")
    parser.add_argument("--keep", type=Path, help="keep the installed environments in this folder and use them again")
    arguments = parser.parse_args()
    names = {producer.folder for producer in PRODUCERS}
    if unknown := set(arguments.producers) - names:
        parser.error(f"no such producer: {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}")
    for producer in PRODUCERS if not arguments.observations_only else ():
        if not arguments.producers or producer.folder in arguments.producers:
            capture(producer, arguments.keep)
    for request in sorted(GOLDEN.glob("*/request.*")):
        if not arguments.producers or request.parent.name in arguments.producers:
            write_observations(request.parent)


def capture(producer: Producer, kept: Path | None) -> None:
    """Run the producer's agent and write what it sent."""
    with tempfile.TemporaryDirectory() as home, Recorder() as recorder:
        environment = {"PATH": os.environ["PATH"], "HOME": home, **recorder.environment()}
        environment |= {name: value.replace("{url}", recorder.url) for name, value in producer.environment.items()}
        key = hashlib.sha256("\n".join(producer.packages).encode()).hexdigest()[:16]
        installed = kept.resolve() / key if kept else Path(home) / "installed"
        prepare = prepare_node if producer.agent.endswith(".mjs") else prepare_python
        command = prepare(producer, installed)
        subprocess.run(command, check=True, env=environment, cwd=installed if producer.agent.endswith(".mjs") else home)
        scrubber = Scrubber({home: "/app", str(installed): "/app", str(AGENTS): "/app"})
    if not recorder.bodies and not recorder.logs:
        raise SystemExit(f"{producer.folder} sent nothing")
    directory = GOLDEN / producer.folder
    directory.mkdir(parents=True, exist_ok=True)
    if recorder.bodies and recorder.bodies[0][:1] == b"{":
        text = make_json_constant(merge_json(recorder.bodies))
        (directory / "request.json").write_text(scrubber.clean(text), encoding="utf-8")
    elif recorder.bodies:
        request = ExportTraceServiceRequest()
        for body in recorder.bodies:
            request.MergeFromString(body)
        make_constant(request, scrubber)
        (directory / "request.bin").write_bytes(request.SerializeToString())
    if recorder.logs:
        logs = ExportLogsServiceRequest()
        for body in recorder.logs:
            logs.MergeFromString(body)
        make_logs_constant(logs, scrubber)
        (directory / "logs.bin").write_bytes(logs.SerializeToString())
    print(f"captured {producer.folder}: {len(recorder.bodies)} trace and {len(recorder.logs)} log requests", flush=True)


def merge_json(bodies: list[bytes]) -> str:
    """Make one OTLP/JSON request of several; the form of every value stays the producer's."""
    parts = [part for body in bodies for part in msgspec.json.decode(body)["resourceSpans"]]
    return msgspec.json.encode({"resourceSpans": parts}).decode()


class Scrubber:
    """Replaces what belongs to one machine and one run: paths, ports, and random ids by numbers in order."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        self._paths = sorted(paths.items(), key=lambda item: -len(item[0]))
        self._ids: dict[str, str] = {}

    def clean(self, text: str) -> str:
        """Return the text without them."""
        for path, constant in self._paths:
            text = text.replace(path, constant)
        text = _UUID.sub(lambda found: self._number(found[0], "00000000-0000-0000-0000-{:012x}"), text)
        text = _DIGEST.sub(lambda found: self._number(found[0], "{:064x}"), text)
        return _ADDRESS.sub("127.0.0.1:1", text)

    def _number(self, identity: str, form: str) -> str:
        return self._ids.setdefault(identity, form.format(len(self._ids) + 1))


def prepare_python(producer: Producer, installed: Path) -> list[str]:
    """Install the producer in an environment of its own and return the command that runs its agent."""
    python = installed / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "-q", "--python", "3.11", str(installed)], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), *producer.packages], check=True)
    return [str(python), str(AGENTS / producer.agent)]


def prepare_node(producer: Producer, installed: Path) -> list[str]:
    """Install the producer in a folder of its own and return the command that runs its agent."""
    installed.mkdir(parents=True, exist_ok=True)
    shutil.copy(AGENTS / producer.agent, installed / producer.agent)  # modules are looked up beside the script
    if not (installed / "node_modules").exists():
        subprocess.run(["npm", "install", "--silent", "--no-audit", *producer.packages], check=True, cwd=installed)
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


def make_constant(request: ExportTraceServiceRequest, scrubber: Scrubber) -> None:
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
            _clean(event.attributes, scrubber)
        _clean(span.attributes, scrubber)
        span.status.message = scrubber.clean(span.status.message)
    for resource_spans in request.resource_spans:
        _clean(resource_spans.resource.attributes, scrubber)


def make_logs_constant(request: ExportLogsServiceRequest, scrubber: Scrubber) -> None:
    """Do the same to log records, whose ids stay those of the sessions and spans that they belong to."""
    for resource_logs in request.resource_logs:
        _clean(resource_logs.resource.attributes, scrubber)
        for record in (record for scope_logs in resource_logs.scope_logs for record in scope_logs.log_records):
            _clean(record.attributes, scrubber)


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
    return text


def _constant_id(ids: dict[bytes, bytes], original: bytes) -> bytes:
    return ids.setdefault(original, (len(ids) + 1).to_bytes(len(original), "big"))


def _clean(attributes: Any, scrubber: Scrubber) -> None:  # repeated KeyValue
    pair: KeyValue
    for pair in attributes:
        if pair.key in INSTANCE_ATTRIBUTES:
            pair.value.string_value = "constant"
        elif pair.value.HasField("string_value"):
            pair.value.string_value = scrubber.clean(pair.value.string_value)
        if pair.key == "exception.stacktrace":
            pair.value.string_value = _TRACEBACK_LINE.sub("", _TRACEBACK_PATH.sub('File "', pair.value.string_value))


class Recorder:
    """An HTTP server that keeps exports and answers as model endpoints do."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.logs: list[bytes] = []
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
                elif self.path.endswith("/v1/logs"):
                    recorder.logs.append(body)
                    self._answer(200, {})
                else:
                    given = answer(self.path, msgspec.json.decode(body)) if body[:1] == b"{" else None
                    self._send(*given) if given else self._answer(200, {"successes": [], "errors": []})

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
                self._send(status, "application/json", msgspec.json.encode(content))

            def _send(self, status: int, content_type: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def environment(self) -> dict[str, str]:
        """Return the variables that point libraries here."""
        url = self.url
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
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": "sk-golden",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


if __name__ == "__main__":
    main()
