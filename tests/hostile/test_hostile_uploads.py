"""Uploads that are cut, lie about their length, or are large, against a real server: nothing is left, and memory stays."""

from __future__ import annotations

import base64
import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.hostile.raw_http import Answer, assert_decent, exchange
from tests.serving.server_process import ServerProcess

MIB = 1024 * 1024
CONTENT = bytes(range(256)) * 4096


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    # Leaving the context asserts that the server stops well and that nothing in its log is a traceback.
    with ServerProcess(folder=tmp_path_factory.mktemp("uploads"), settings={"SPANWISE_MAX_BODY_MIB": "1"}) as running:
        yield running


def announce(server: ServerProcess, content: bytes, *, field: str = "input") -> str:
    """Return the path and query to upload ``content`` to."""
    body = {
        "traceId": "t",
        "contentType": "video/mp4",
        "contentLength": len(content),
        "sha256Hash": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        "field": field,
    }
    with server.client() as http:
        answer = http.post("/api/public/media", json=body)
        assert answer.status_code == 201, answer.text
        parts = urlsplit(answer.json()["uploadUrl"])
        return f"{parts.path}?{parts.query}"


def head(path: str, *lines: str) -> bytes:
    return "\r\n".join((f"PUT {path} HTTP/1.1", "Host: h", *lines, "", "")).encode()


def files(server: ServerProcess) -> list[Path]:
    return [path for path in (server.folder / "data" / "media").rglob("*") if path.is_file()]


def wait_for_no_files(server: ServerProcess) -> None:
    deadline = time.monotonic() + 30
    while files(server) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert files(server) == []


@pytest.mark.parametrize("sent", [0, 1, 100_000, len(CONTENT) - 1])
def test_a_sender_who_hangs_up_leaves_nothing(server: ServerProcess, sent: int) -> None:
    path = announce(server, CONTENT)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head(path, f"Content-Length: {len(CONTENT)}") + CONTENT[:sent])

    wait_for_no_files(server)


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (["Content-Length: 1048577"], CONTENT + b"x"),
        (["Content-Length: 999999999999999999999999"], b"x"),
        (["Content-Length: 10"], CONTENT[:10]),
        (["Transfer-Encoding: chunked"], b"100001\r\n" + CONTENT + b"x\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"5\r\nabcde\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"zz\r\n"),
        ([f"Content-Length: {len(CONTENT)}"], CONTENT[::-1]),
        ([f"Content-Length: {len(CONTENT)}", "Content-Type: text/html"], CONTENT),
        ([f"Content-Length: {len(CONTENT)}", "Content-Type: video/mp4\x00"], CONTENT),
    ],
)
def test_an_upload_that_is_not_what_was_announced_leaves_nothing(server: ServerProcess, lines: list[str], body: bytes) -> None:
    answer = exchange(server, [head(announce(server, CONTENT), *lines), body])

    assert_decent(answer, allow_silence=True)
    assert answer.status in (0, 400, 413), answer
    wait_for_no_files(server)


def test_two_halves_at_once_do_not_mix(server: ServerProcess) -> None:
    path = announce(server, CONTENT)
    request = head(path, f"Content-Length: {len(CONTENT)}", "Connection: close")
    half = len(CONTENT) // 2
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as first,
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as second,
    ):
        first.sendall(request + CONTENT[:half])
        second.sendall(request + CONTENT)
        assert _status(second) == 200
        first.sendall(CONTENT[half:])
        assert _status(first) == 200

    assert [path.read_bytes() for path in files(server)] == [CONTENT]
    _forget(server)


def test_a_large_file_costs_no_memory(server: ServerProcess) -> None:
    content = CONTENT * 300
    path = announce(server, content)
    process = psutil.Process(server.pid)
    before = process.memory_info().rss
    highest = before

    def parts() -> Iterator[bytes]:
        nonlocal highest
        for start in range(0, len(content), 4 * MIB):
            highest = max(highest, process.memory_info().rss)
            yield content[start : start + 4 * MIB]

    assert httpx.put(server.url + path, content=parts(), timeout=120).status_code == 200
    with server.client() as http:
        found = http.get(f"/api/public/media/{path.partition('?')[0].rpartition('/')[2]}").json()
        received = 0
        with httpx.stream("GET", found["url"], timeout=120) as download:
            for part in download.iter_raw():
                received += len(part)
                highest = max(highest, process.memory_info().rss)
    assert received == len(content)
    # The engine's own threads come and go meanwhile; held in memory, the file alone would be twice this.
    assert highest - before < 150 * MIB
    _forget(server)


def _status(connection: socket.socket) -> int:
    data = b""
    while b"\r\n\r\n" not in data and (received := connection.recv(65536)):
        data += received
    return Answer(int(data[9:12]), data, b"").status


def _forget(server: ServerProcess) -> None:
    with server.client() as http:
        assert http.delete("/api/public/traces/t").status_code == 200
    wait_for_no_files(server)
