"""A body costs no more bytes and no more time than it may, announced or not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from spanwise_server.api.body_limits import BodyLimit, BodyLimits
from spanwise_server.domain.errors import PayloadTooLargeError

LIMIT = 100


async def _echo_length(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


async def _refuse_unread(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("no", 401)(scope, receive, send)


class _Connection:
    """Plays the server's side of one request: hands out parts and keeps what is sent."""

    def __init__(self, parts: Sequence[bytes], headers: dict[str, str]) -> None:
        self.parts = list(parts)
        self.sent: list[Message] = []
        self.received = 0
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/api/public/ingestion",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }

    async def receive(self) -> Message:
        part = self.parts.pop(0)
        self.received += len(part)
        return {"type": "http.request", "body": part, "more_body": bool(self.parts)}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def run(self, limits: BodyLimits) -> None:
        await limits(self.scope, self.receive, self.send)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


async def test_a_body_up_to_the_limit_passes() -> None:
    for parts, headers in (
        ([b"x" * LIMIT], {"content-length": "100"}),
        ([b"x" * 50, b"x" * 50, b""], {"transfer-encoding": "chunked"}),
    ):
        connection = _Connection(parts, headers)
        await connection.run(BodyLimits(_echo_length, max_bytes=LIMIT))
        assert connection.status == 200
        assert connection.sent[1]["body"] == b"100"
        assert b"connection" not in connection.headers


async def test_an_announced_excess_is_answered_413_once_the_client_has_sent_it() -> None:
    connection = _Connection([b"x" * 60, b"x" * 60], {"content-length": "120"})
    await connection.run(BodyLimits(_echo_length, max_bytes=LIMIT))

    assert connection.status == 413
    assert b"PayloadTooLargeError" in connection.sent[1]["body"]
    assert connection.headers[b"connection"] == b"close"
    assert connection.parts == []


async def test_who_waits_for_a_go_ahead_sends_nothing() -> None:
    connection = _Connection([b"x" * 120], {"content-length": "120", "expect": "100-continue"})
    await connection.run(BodyLimits(_echo_length, max_bytes=LIMIT))

    assert (connection.status, connection.received) == (413, 0)


async def test_reading_the_excess_has_an_end() -> None:
    connection = _Connection([b"x" * 60] * 1000, {"content-length": "60000"})
    await connection.run(BodyLimits(_echo_length, max_bytes=LIMIT))

    assert connection.status == 413
    assert connection.received <= 2 * LIMIT + 60


async def test_an_unannounced_excess_is_raised_while_reading() -> None:
    connection = _Connection([b"x" * 60] * 1000, {"transfer-encoding": "chunked"})

    with pytest.raises(PayloadTooLargeError, match="larger than"):
        await connection.run(BodyLimits(_echo_length, max_bytes=LIMIT))

    assert connection.received <= 3 * LIMIT + 60


@pytest.mark.parametrize("announced", ["-1", "1e3", "", "١", "9" * 30])
async def test_a_length_that_is_no_number_or_absurd_is_refused(announced: str) -> None:
    connection = _Connection([b""], {})
    connection.scope["headers"] = [(b"content-length", announced.encode("utf-8"))]
    await connection.run(BodyLimits(_echo_length, max_bytes=LIMIT))

    assert connection.status in (400, 413)


async def test_an_unread_chunked_body_ends_the_connection_and_a_short_one_does_not() -> None:
    chunked = _Connection([b"x"], {"transfer-encoding": "chunked"})
    await chunked.run(BodyLimits(_refuse_unread, max_bytes=LIMIT))
    short = _Connection([b"x"], {"content-length": "1"})
    await short.run(BodyLimits(_refuse_unread, max_bytes=LIMIT))

    assert chunked.headers[b"connection"] == b"close"
    assert b"connection" not in short.headers


async def test_a_silent_client_is_let_go() -> None:
    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    connection = _Connection([], {"content-length": "10"})
    with pytest.raises(HTTPException) as caught:
        await BodyLimits(_echo_length, max_bytes=LIMIT, idle_seconds=0.01)(connection.scope, never, connection.send)

    assert caught.value.status_code == 408


async def test_a_drip_is_let_go_however_steady() -> None:
    seconds = 0.0

    async def drip() -> Message:
        nonlocal seconds
        seconds += 20.0
        return {"type": "http.request", "body": b"x", "more_body": True}

    connection = _Connection([], {"transfer-encoding": "chunked"})
    limits = BodyLimits(_echo_length, max_bytes=10_000, monotonic=lambda: seconds)
    with pytest.raises(HTTPException) as caught:
        await limits(connection.scope, drip, connection.send)

    assert caught.value.status_code == 408
    assert seconds <= 100


async def test_waiting_for_the_client_to_leave_has_no_deadline() -> None:
    async def wait_for_disconnect(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        assert (await receive())["type"] == "http.disconnect"
        await PlainTextResponse("left")(scope, receive, send)

    connection = _Connection([b"x"], {"content-length": "1"})
    receive = connection.receive

    async def receive_then_leave() -> Message:
        if connection.parts:
            return await receive()
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    await BodyLimits(wait_for_disconnect, max_bytes=LIMIT, idle_seconds=0.01)(
        connection.scope, receive_then_leave, connection.send
    )
    assert connection.status == 200


async def test_uploads_have_a_limit_of_their_own() -> None:
    uploads = BodyLimit(2 * LIMIT, "ask for less", path_prefix="/upload/")
    limits = BodyLimits(_echo_length, max_bytes=LIMIT, uploads=uploads)
    for path, size, status in (
        ("/upload/x", 2 * LIMIT, 200),
        ("/upload/x", 2 * LIMIT + 1, 413),
        ("/uploads", LIMIT + 1, 413),
        ("/elsewhere/upload/", LIMIT + 1, 413),
    ):
        connection = _Connection([b"x" * size], {"content-length": str(size)})
        connection.scope["path"] = path
        await connection.run(limits)
        assert connection.status == status, (path, size)

    connection = _Connection([b"x" * (2 * LIMIT + 1)], {"transfer-encoding": "chunked"})
    connection.scope["path"] = "/upload/x"
    with pytest.raises(PayloadTooLargeError, match="200 bytes") as caught:
        await connection.run(limits)
    assert caught.value.hint == "ask for less"
