"""What holds for OTLP over HTTP holds over gRPC: acknowledged is durable, a stop finishes what is under way, and it is off unless asked for."""

from __future__ import annotations

import base64
import gzip
import threading
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from tests.durability.crash_rounds import CLIENTS, wait_for_work
from tests.serving.mixed_load import Ledger, Observed, check_round, otlp
from tests.serving.server_process import ServerProcess, free_port

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


class GrpcClient(threading.Thread):
    """Exports one trace after the other until the server is gone; keeps the ledger."""

    def __init__(self, server: ServerProcess, port: int, ledger: Ledger, round_number: int) -> None:
        super().__init__(daemon=True)
        self._metadata = (("authorization", _authorization(server)),)
        self._address, self._ledger, self._round = f"127.0.0.1:{port}", ledger, round_number
        self.ended: grpc.StatusCode | None = None

    def run(self) -> None:
        """Export until the first call that fails."""
        with grpc.insecure_channel(self._address) as channel:
            export: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(EXPORT)
            for is_packed in self._turns():
                request = otlp(self._round, is_json=False)
                ids = {*request.observations}
                with self._ledger.lock:
                    self._ledger.unanswered |= ids
                message = request.content if is_packed else gzip.decompress(request.content)
                try:
                    export(message, metadata=self._metadata, timeout=60)
                except grpc.RpcError as error:
                    self.ended = error.code()
                    return
                with self._ledger.lock:
                    self._ledger.acknowledged += 1
                    self._ledger.unanswered -= ids
                    self._ledger.observations |= request.observations

    @staticmethod
    def _turns() -> Iterator[bool]:
        while True:
            yield from (False, True)


@pytest.mark.timeout(600)
def test_neither_a_kill_nor_a_stop_loses_what_was_acknowledged(tmp_path: Path) -> None:
    killed, stopped, port = Ledger(), Ledger(), free_port()
    settings = {"SPANWISE_OTLP_GRPC_PORT": str(port)}
    with ServerProcess(folder=tmp_path, settings=settings) as server:
        clients = _start_clients(server, port, killed, 0)
        wait_for_work(killed, 20)
        server.kill()
        _join(clients)
    with ServerProcess(folder=tmp_path, settings=settings) as server:
        clients = _start_clients(server, port, stopped, 1)
        wait_for_work(stopped, 20)
        stopped.observations |= _stop_during_a_call(server, port)
        _join(clients)
        assert f"OTLP/gRPC  127.0.0.1:{port}" in server.log
    with ServerProcess(folder=tmp_path) as server, server.client() as http:
        check_round(http, 0, killed)
        check_round(http, 1, stopped)
        # Nobody asked for it now.
        assert _export(port, b"") is grpc.StatusCode.UNAVAILABLE
        assert "gRPC" not in server.log.rpartition("listens on")[2]


def _start_clients(server: ServerProcess, port: int, ledger: Ledger, round_number: int) -> list[GrpcClient]:
    clients = [GrpcClient(server, port, ledger, round_number) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    return clients


def _join(clients: list[GrpcClient]) -> None:
    for client in clients:
        client.join(60)
        assert client.ended is grpc.StatusCode.UNAVAILABLE


def _export(port: int, message: bytes) -> grpc.StatusCode:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        export: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(EXPORT)
        try:
            export(message, timeout=10)
        except grpc.RpcError as error:
            return error.code()
    return grpc.StatusCode.OK


def _stop_during_a_call(server: ServerProcess, port: int) -> dict[str, Observed]:
    """Tell the server to stop while a call is half sent; return what its answer promises."""
    request, is_half_sent, may_end = otlp(1, is_json=False, spans=1000), threading.Event(), threading.Event()
    metadata = (("authorization", _authorization(server)),)

    def message() -> Iterator[bytes]:
        yield gzip.decompress(request.content)
        is_half_sent.set()
        may_end.wait(60)

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        export: grpc.StreamUnaryMultiCallable[bytes, bytes] = channel.stream_unary(EXPORT)
        call = export.future(message(), metadata=metadata, timeout=120)
        assert is_half_sent.wait(60)
        # Once a later call on the same connection has been answered, the first one is with the server.
        later: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(EXPORT)
        later(b"", metadata=metadata, timeout=60)
        server.terminate()
        may_end.set()
        assert call.result() == b""
    return request.observations


def _authorization(server: ServerProcess) -> str:
    return "Basic " + base64.b64encode(f"{server.public_key}:{server.secret_key}".encode()).decode()
