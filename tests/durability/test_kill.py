"""An acknowledged request survives the death of the process, whichever way it dies.

Six rounds here, because each takes a start of a server; ``benches/crash.py`` runs the same rounds sixty times.
"""

from __future__ import annotations

import base64
import socket
import time
from pathlib import Path

import pytest

from tests.durability.crash_rounds import CLIENTS, run_rounds, wait_for_work
from tests.serving.mixed_load import Client, Ledger, check_round, otlp
from tests.serving.server_process import ServerProcess


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_or_doubled_by_kill_9(tmp_path: Path) -> None:
    assert run_rounds(tmp_path, 6, report=print) > 20


@pytest.mark.timeout(600)
def test_sigterm_under_load_loses_nothing_acknowledged(tmp_path: Path) -> None:
    ledgers = [Ledger() for _ in range(3)]
    for number, ledger in enumerate(ledgers):
        with ServerProcess(folder=tmp_path) as server:
            clients = [Client(server.client(), ledger, number) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            wait_for_work(ledger, 20)
            server.terminate()
            for client in clients:
                client.join(60)
                assert client.unexpected == []
    with ServerProcess(folder=tmp_path) as server, server.client() as http:
        for number, ledger in enumerate(ledgers):
            check_round(http, number, ledger)


@pytest.mark.timeout(600)
def test_sigterm_answers_the_requests_under_way(tmp_path: Path) -> None:
    requests = [otlp(0, is_json=is_json, spans=200) for is_json in (False, True)]
    with ServerProcess(folder=tmp_path) as server:
        connections = []
        for request in requests:
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
            keys = base64.b64encode(f"{server.public_key}:{server.secret_key}".encode()).decode()
            headers = {**request.headers, "Authorization": f"Basic {keys}"}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            head = f"POST {request.path} HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {len(request.content)}\r\n\r\n"
            connection.sendall(head.encode() + request.content[:-1])
            connections.append(connection)
        time.sleep(0.5)
        server.terminate()
        time.sleep(0.5)
        for connection, request in zip(connections, requests, strict=True):
            connection.sendall(request.content[-1:])
        answers = [connection.recv(65536) for connection in connections]
        for connection in connections:
            connection.close()
    assert [answer.split(b"\r\n")[0] for answer in answers] == [b"HTTP/1.1 200 OK"] * len(requests)
    ledger = Ledger(observations={id_: known for request in requests for id_, known in request.observations.items()})
    with ServerProcess(folder=tmp_path) as server, server.client() as http:
        check_round(http, 0, ledger)
