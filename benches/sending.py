"""The load generator: a process of its own that keeps a number of connections busy and reports what it saw.

Run as ``python -m benches.sending``; the other benches start it with ``Sender``. Speaks HTTP/1.1 over bare sockets,
because a client library would take more of the two cores than the server's own HTTP layer.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import json
import random
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import grpc
import grpc.aio

from benches.workload import SPANS, TRACES, Wire, wire

ROOT = Path(__file__).resolve().parent.parent
_ROWS = SPANS * TRACES


@dataclass(slots=True)
class Report:
    """What the generator saw."""

    acknowledged: int = 0
    """Requests that were answered as expected."""
    refused: int = 0
    """Answers of 503; the request was sent again."""
    unexpected: dict[str, int] = field(default_factory=dict)
    """Other answers, by status."""
    latencies_ms: list[float] = field(default_factory=list)
    rows_by_second: list[int] = field(default_factory=list)
    checked: int = 0
    missing: list[str] = field(default_factory=list)
    """Traces that were not whole when read right after their acknowledgement."""
    read_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    bytes_sent: int = 0

    @property
    def rows(self) -> int:
        """Observations acknowledged."""
        return self.acknowledged * _ROWS


class Connection:
    """One keep-alive connection."""

    def __init__(self, host: str, port: int, auth: str) -> None:
        self._address = (host, port)
        self._head = f"Host: {host}:{port}\r\nAuthorization: Basic {auth}\r\n"
        self._socket: socket.socket | None = None

    async def exchange(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """Send a request, return status and body of the answer."""
        loop = asyncio.get_running_loop()
        if self._socket is None:
            self._socket = socket.socket()
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(self._socket, self._address)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{lines}Content-Length: {len(body)}\r\n\r\n".encode()
        await loop.sock_sendall(self._socket, head + body)
        data = b""
        while True:
            received = await loop.sock_recv(self._socket, 1 << 18)
            if not received:
                raise ConnectionError("the server closed the connection")
            data += received
            head_end = data.find(b"\r\n\r\n")
            if head_end >= 0 and len(data) >= head_end + 4 + _content_length(data[:head_end]):
                return int(data[9:12]), data[head_end + 4 :]


class GrpcConnection:
    """One channel for OTLP over gRPC; its answers are given as the status of HTTP that means the same."""

    def __init__(self, host: str, port: int, auth: str) -> None:
        self._channel = grpc.aio.insecure_channel(f"{host}:{port}", options=[("grpc.use_local_subchannel_pool", 1)])
        self._export: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        )
        self._metadata = (("authorization", f"Basic {auth}"),)

    async def export(self, body: bytes) -> int:
        """Send a request; return 200, 503 or, for any other refusal, 400."""
        try:
            await self._export(body, metadata=self._metadata, timeout=60)
        except grpc.aio.AioRpcError as error:
            return 503 if error.code() is grpc.StatusCode.UNAVAILABLE else 400
        return 200

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


@dataclass(kw_only=True)
class Load:
    """One run of the generator."""

    host: str
    port: int
    auth: str
    wire: Wire
    first: int
    requests: int
    connections: int
    rate: float
    """Observations a second to aim for; 0 sends as fast as the server takes them."""
    check_every: int
    grpc_port: int = 0
    """Where OTLP is taken over gRPC; 0 sends over HTTP."""
    report: Report = field(default_factory=Report)
    stopping: bool = False

    async def run(self, *, prepared: bool) -> Report:
        """Send everything; return what was seen."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop)
        numbers = range(self.first, self.first + self.requests)
        bodies = {number: self.wire.make(number, time.time_ns()) for number in numbers} if prepared else {}
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        queue = iter(numbers)
        started, cpu = time.perf_counter(), time.process_time()
        self.report.rows_by_second = [0]
        async with asyncio.TaskGroup() as group:
            for _ in range(self.connections):
                group.create_task(self._work(queue, bodies, started))
        self.report.seconds = time.perf_counter() - started
        self.report.cpu_seconds = time.process_time() - cpu
        return self.report

    def _stop(self) -> None:
        self.stopping = True

    async def _work(self, queue: Any, bodies: dict[int, bytes], started: float) -> None:
        connection = Connection(self.host, self.port, self.auth)
        over_grpc = GrpcConnection(self.host, self.grpc_port, self.auth) if self.grpc_port else None
        for number in queue:
            if self.stopping:
                break
            if self.rate:
                due = started + (number - self.first) * _ROWS / self.rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            body = bodies.pop(number, None) or self.wire.make(number, time.time_ns())
            await self._send(over_grpc or connection, body)
            self._count(started)
            if self.check_every and number % self.check_every == 0:
                await self._check(connection, number)
        if over_grpc is not None:
            await over_grpc.close()

    async def _send(self, connection: Connection | GrpcConnection, body: bytes) -> None:
        report = self.report
        report.bytes_sent += len(body)
        while True:
            sent = time.perf_counter()
            if isinstance(connection, GrpcConnection):
                status = await connection.export(body)
            else:
                status, _ = await connection.exchange("POST", self.wire.path, self.wire.headers, body)
            if status != 503:
                break
            report.refused += 1
            await asyncio.sleep(0.2)
        report.latencies_ms.append((time.perf_counter() - sent) * 1000)
        if status == self.wire.expected:
            report.acknowledged += 1
        else:
            report.unexpected[str(status)] = report.unexpected.get(str(status), 0) + 1

    def _count(self, started: float) -> None:
        seconds = self.report.rows_by_second
        second = int(time.perf_counter() - started)
        seconds.extend(itertools.repeat(0, max(0, second + 1 - len(seconds))))
        seconds[second] += _ROWS

    async def _check(self, connection: Connection, number: int) -> None:
        trace_id = self.wire.trace_id(number, random.randrange(TRACES))  # noqa: S311 -- which of them is checked does not matter
        sent = time.perf_counter()
        status, answer = await connection.exchange("GET", f"/api/public/traces/{trace_id}", {})
        self.report.read_ms.append((time.perf_counter() - sent) * 1000)
        self.report.checked += 1
        if status != 200 or len(json.loads(answer)["observations"]) != SPANS:
            self.report.missing.append(f"{trace_id}: {status} {answer[:80]!r}")


class Sender:
    """The generator as a child process: ready when the context is entered, sending from ``start``."""

    def __init__(
        self,
        url: str,
        keys: tuple[str, str],
        kind: str,
        *,
        requests: int,
        first: int = 1,
        connections: int = 8,
        rate: float = 0,
        check_every: int = 0,
        grpc_port: int = 0,
    ) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        options = {
            "host": host, "port": port, "auth": base64.b64encode(":".join(keys).encode()).decode(), "kind": kind, "first": first,
            "requests": requests, "connections": connections, "rate": rate, "check-every": check_every, "grpc-port": grpc_port,
        }  # fmt: skip
        arguments = [f"--{name}={value}" for name, value in options.items()]
        self._command = [sys.executable, "-m", "benches.sending", *arguments]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._stdout.readline().strip() != "ready":
            raise RuntimeError("the load generator did not start")
        return self

    @property
    def process(self) -> subprocess.Popen[str]:
        """The child."""
        if self._process is None:
            raise RuntimeError("the load generator was not started")
        return self._process

    @property
    def _stdout(self) -> Any:
        return self.process.stdout

    def start(self) -> None:
        """Let it send."""
        stdin = self.process.stdin
        if stdin is not None:
            stdin.write("go\n")
            stdin.flush()

    def stop(self) -> None:
        """Let it finish what is under way."""
        self.process.send_signal(signal.SIGTERM)

    def report(self) -> Report:
        """Wait for the end; return what it saw."""
        text = self._stdout.read()
        if self.process.wait() != 0:
            raise RuntimeError("the load generator failed")
        return Report(**json.loads(text))

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def main() -> None:
    """Run the generator with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--auth", required=True)
    parser.add_argument("--kind", choices=["otlp", "otlp-gzip", "otlp-grpc", "batch"], required=True)
    for name, kind in (
        ("first", int),
        ("requests", int),
        ("connections", int),
        ("check-every", int),
        ("rate", float),
        ("grpc-port", int),
    ):
        parser.add_argument(f"--{name}", type=kind, required=True)
    options = vars(parser.parse_args())
    kind = options.pop("kind")
    load = Load(wire=wire(kind), **options)
    # Compressing is the sender's work, and is done before the clock starts so that the two cores serve the server.
    report = asyncio.run(load.run(prepared=kind == "otlp-gzip"))
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
