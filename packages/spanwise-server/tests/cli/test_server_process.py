"""How the server's process ends: requests under way are finished, and a second signal does not wait for them."""

from __future__ import annotations

import json
import signal
import socket
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.cli.commands import Served

KEYS = ("pk-lf-process", "sk-lf-process")
SETTINGS = {"LANGFUSE_INIT_PROJECT_PUBLIC_KEY": KEYS[0], "LANGFUSE_INIT_PROJECT_SECRET_KEY": KEYS[1]}


def _batch(trace_id: str) -> dict[str, object]:
    body = {"id": trace_id, "name": trace_id, "timestamp": "2026-11-20T10:00:00Z"}
    event = {"id": uuid.uuid4().hex, "type": "trace-create", "timestamp": "2026-11-20T10:00:00Z", "body": body}
    return {"batch": [event]}


def test_a_request_under_way_is_finished_before_the_end(tmp_path: Path) -> None:
    with Served(data_dir=tmp_path / "data", settings=SETTINGS) as served:
        body = json.dumps(_batch("last-words")).encode()
        with _open_request(served.url, body) as connection:
            connection.sendall(body[:10])
            served.process.send_signal(signal.SIGTERM)
            _wait_until_closed(served.url)
            connection.sendall(body[10:])
            answer = connection.makefile("rb").read()
        assert b" 207 " in answer.split(b"\r\n")[0]
        assert served.process.wait(timeout=60) == 0

    with Served(data_dir=tmp_path / "data") as again:
        assert httpx.get(f"{again.url}/api/public/traces/last-words", auth=KEYS, timeout=60).status_code == 200


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with (
        Served(data_dir=data_dir, settings=SETTINGS, expected_code=130) as served,
        _open_request(served.url, b"x" * 1000) as connection,
    ):
        connection.sendall(b"{")
        served.process.send_signal(signal.SIGINT)
        _wait_until_closed(served.url)
        assert served.process.poll() is None
        assert served.stop(signal.SIGINT) == 130


def _open_request(url: str, body: bytes) -> socket.socket:
    """Return a connection on which the head of an ingestion request has been sent, and none of its body."""
    parts = urlsplit(url)
    connection = socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=60)
    credentials = httpx.BasicAuth(*KEYS)._auth_header
    head = (
        f"POST /api/public/ingestion HTTP/1.1\r\nHost: x\r\nAuthorization: {credentials}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode())
    return connection


def _wait_until_closed(url: str) -> None:
    parts = urlsplit(url)
    for _ in range(10_000):
        try:
            socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=60).close()
        except ConnectionResetError:
            continue  # it was being closed at that very moment
        except ConnectionRefusedError:
            return
    raise AssertionError("the server still takes connections")
