"""How much telemetry one server takes, and what that costs: OTLP plain, compressed and over gRPC, and legacy batches.

A real server process on an empty data directory; the load generator shares its cores. Every acknowledgement means durable
and readable, which a sample of them proves at once by reading back. ``--quick`` sends a tenth.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import socket
import tempfile
import time
from pathlib import Path

from benches import machine
from benches.sending import Report, Sender
from benches.watching import Watch
from benches.workload import EVENTS_PER_BATCH, SPANS, TRACES, wire
from tests.serving.server_process import ServerProcess, free_port

KINDS = ("otlp", "otlp-gzip", "otlp-grpc", "batch")
_ROWS = TRACES * SPANS
_NULL_ANSWERS = {
    "otlp": b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "otlp-gzip": b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "batch": b"HTTP/1.1 207 Multi-Status\r\ncontent-length: 2\r\n\r\n{}",
}
_CHECK_EVERY = 20
_KEYS = ("pk-lf-matrix", "sk-lf-matrix")


def _serve_nothing(listener: socket.socket, answer: bytes) -> None:
    """Read requests and answer each at once: what remains is the load generator and the kernel."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            writer.write(answer)

    async def run() -> None:
        server = await asyncio.start_server(serve, sock=listener, limit=1 << 22)
        async with server:
            await server.serve_forever()

    asyncio.run(run())


def measure_sender(kind: str, requests: int) -> Report:
    """Send to a server that throws everything away."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.get_context("fork").Process(
            target=_serve_nothing, args=(listener, _NULL_ANSWERS[kind]), daemon=True
        )
        process.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with Sender(url, _KEYS, kind, requests=requests) as sender:
                sender.start()
                return sender.report()
        finally:
            process.terminate()
            process.join()


def measure(kind: str, requests: int, connections: int, folder: Path) -> None:
    """Measure one kind of request and print the result."""
    rows = requests * _ROWS
    size = len(wire(kind).make(1, time.time_ns()))
    print(f"\n== {kind}: {rows:,} observations in {requests:,} requests of {size / 1024:.0f} KiB on {connections} connections")
    if kind in _NULL_ANSWERS:
        null = measure_sender(kind, min(requests, 400))
        print(
            f"baseline  {null.rows / null.seconds:,.0f}/s into a server that throws everything away, {_per_thousand(null.cpu_seconds, null.rows)} CPU of the sender"
        )
    grpc_port = free_port() if kind == "otlp-grpc" else 0
    settings = {"SPANWISE_OTLP_GRPC_PORT": str(grpc_port)} if grpc_port else {}
    with ServerProcess(folder=folder, settings=settings) as server:
        keys = (server.public_key, server.secret_key)
        with Sender(server.url, keys, kind, requests=10, first=10_000_000, grpc_port=grpc_port) as warming:
            warming.start()
            warming.report()
        options = {"requests": requests, "connections": connections, "check_every": _CHECK_EVERY, "grpc_port": grpc_port}
        with Sender(server.url, keys, kind, **options) as sender, Watch(server.pid) as watch:
            sender.start()
            report = sender.report()
    _print(kind, report, watch)


def _print(kind: str, report: Report, watch: Watch) -> None:
    rate = report.rows / report.seconds
    events = f", {report.acknowledged * EVENTS_PER_BATCH / report.seconds:,.0f} events/s" if kind == "batch" else ""
    full = report.rows_by_second[1:-1] or report.rows_by_second
    print(
        f"sustained {rate:,.0f} observations/s{events} over {report.seconds:.1f} s; {report.bytes_sent / report.seconds / 2**20:.1f} MiB/s"
    )
    print(f"by second p5 {machine.percentile(full, 5):,.0f}  median {machine.percentile(full, 50):,.0f}  least {min(full):,}")
    print(f"ack       {machine.spread(report.latencies_ms)}")
    print(f"CPU       server {_per_thousand(watch.cpu_seconds, report.rows)}, sender {_per_thousand(report.cpu_seconds, report.rows)}; "
          f"server used {watch.cpu_seconds / report.seconds:.2f} cores")  # fmt: skip
    rss = watch.rss_mib
    marks = [rss[int(len(rss) * part) if part < 1 else -1] for part in (0, 0.25, 0.5, 0.75, 1)]
    print(f"RSS       {' → '.join(f'{value:,.0f}' for value in marks)} MiB, highest {max(rss):,.0f}")
    print(
        f"readable  {report.checked - len(report.missing)} of {report.checked} sampled traces whole right after their acknowledgement; {machine.spread(report.read_ms)}"
    )
    if report.refused or report.unexpected or report.missing:
        print(f"FAULTS    503: {report.refused}, others: {report.unexpected}, not readable: {report.missing[:3]}")


def _per_thousand(cpu_seconds: float, rows: int) -> str:
    return f"{cpu_seconds / max(rows, 1) * 1e6:.0f} ms per 1,000"


def main() -> None:
    """Run with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=500_000, help="to send of each kind (default: 500000)")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only these (default: all)")
    parser.add_argument("--quick", action="store_true", help="a tenth")
    parser.add_argument("--folder", type=Path, help="parent of the temporary data directory (default: the system's)")
    options = parser.parse_args()
    requests = max(1, options.observations // (10 if options.quick else 1) // _ROWS)
    print(machine.describe())
    for kind in options.kind or KINDS:
        with tempfile.TemporaryDirectory(prefix="spanwise-bench-", dir=options.folder) as folder:
            measure(kind, requests, options.connections, Path(folder))


if __name__ == "__main__":
    main()
