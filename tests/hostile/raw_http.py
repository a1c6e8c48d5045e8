"""HTTP as no client library would send it: bytes to a real server over a socket, and what it answers."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from tests.serving.server_process import ServerProcess

_INTERNALS = re.compile(
    rb"Traceback|File \"|site-packages|spanwise_server|DB::Exception|clickhouse|chdb|msgspec|pydantic|sqlite|SELECT |asyncio",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header lines and body; status 0 when the server closed the connection without a word."""

    status: int
    head: bytes
    body: bytes


def basic(server: ServerProcess) -> str:
    """Return the Authorization header line of the server's key pair."""
    return "Authorization: Basic " + base64.b64encode(f"{server.public_key}:{server.secret_key}".encode()).decode()


def exchange(server: ServerProcess, parts: Iterable[bytes], *, timeout: float = 60) -> Answer:
    """Send the parts one by one, then read one answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as connection:
        try:
            for part in parts:
                connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it may answer before it has read everything
        return read_answer(connection)


def read_answer(connection: socket.socket) -> Answer:
    """Read up to the end of the body that Content-Length announces, or of the connection."""
    data = b""
    try:
        while received := connection.recv(65536):
            data += received
            head, found, body = data.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if found and length and len(body) >= int(length[1]):
                break
    except ConnectionResetError:
        pass
    head, _, body = data.partition(b"\r\n\r\n")
    return Answer(int(head[9:12]) if head.startswith(b"HTTP/1.1 ") else 0, head, body)


def assert_decent(answer: Answer, *, allow_silence: bool = False) -> None:
    """Assert that an answer is no server fault, or overload that says so, and tells nothing of the inside."""
    if answer.status == 0:
        assert allow_silence, "the connection was closed without an answer"
        return
    assert answer.status < 500 or (answer.status == 503 and b"retry-after" in answer.head.lower()), answer
    assert answer.status < 400 or not _INTERNALS.search(answer.body), answer.body[:2000]


def post(server: ServerProcess, path: str, body: bytes, *lines: str) -> Answer:
    """Send a complete request with the server's keys."""
    head = "\r\n".join((f"POST {path} HTTP/1.1", "Host: x", basic(server), *lines, f"Content-Length: {len(body)}", "", ""))
    return exchange(server, [head.encode("utf-8", "surrogateescape") + body])


def get(server: ServerProcess, target: bytes) -> Answer:
    """Ask for a request target as it stands, escaped or not."""
    return exchange(
        server, [b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n" + basic(server).encode() + b"\r\nConnection: close\r\n\r\n"]
    )
