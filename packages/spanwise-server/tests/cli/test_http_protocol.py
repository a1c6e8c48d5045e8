"""A connection that does not get to the point is closed; one that does is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from spanwise_server.cli.http_protocol import HEAD_BYTES, BoundedHttpProtocol

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Impatient(BoundedHttpProtocol):
    head_seconds = 0.2


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/unread":
        await PlainTextResponse("no", 401)(scope, receive, send)
        return
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"{scope['path']} {len(body)}")(scope, receive, send)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Serve ``_app`` with a head deadline of 0.2 s, and yield the port."""
    config = uvicorn.Config(_app, port=0, http=_Impatient, ws="none", lifespan="off", log_config=None, timeout_keep_alive=60)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


@pytest.fixture
async def connection(port: int) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    return head.split(b"\r\n")[0] + b" " + await reader.readexactly(length)


@pytest.mark.parametrize("sent", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_an_unfinished_head_ends_the_connection(connection: Streams, sent: bytes) -> None:
    reader, writer = connection
    writer.write(sent)

    assert await asyncio.wait_for(reader.read(), 30) == b""


async def test_an_unfinished_second_head_does_too(connection: Streams) -> None:
    reader, writer = connection
    writer.write(b"GET /first HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await _read_answer(reader) == b"HTTP/1.1 200 OK /first 0"
    writer.write(b"GET /second HTTP/1.1\r\nHo")

    assert await asyncio.wait_for(reader.read(), 30) == b""


async def test_a_head_without_end_is_refused(connection: Streams) -> None:
    reader, writer = connection
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * (HEAD_BYTES + 1))

    answer = await asyncio.wait_for(reader.read(), 30)
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_an_idle_connection_between_requests_is_kept(connection: Streams) -> None:
    reader, writer = connection
    for number in (1, 2):
        writer.write(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number)
        assert await _read_answer(reader) == b"HTTP/1.1 200 OK /%d 0" % number
        await asyncio.sleep(0.5)


async def test_a_body_may_take_longer_than_a_head(connection: Streams) -> None:
    reader, writer = connection
    writer.write(b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
    await asyncio.sleep(0.5)
    writer.write(b"b")

    assert await _read_answer(reader) == b"HTTP/1.1 200 OK /slow 2"


async def test_a_large_body_after_a_short_head_is_no_long_head(connection: Streams) -> None:
    reader, writer = connection
    size = HEAD_BYTES * 3
    writer.write(b"POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)

    assert await _read_answer(reader) == b"HTTP/1.1 200 OK /large %d" % size


async def test_the_rest_of_an_answered_body_has_a_deadline(connection: Streams) -> None:
    reader, writer = connection
    writer.write(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx")

    assert await _read_answer(reader) == b"HTTP/1.1 401 Unauthorized no"
    assert await asyncio.wait_for(reader.read(), 30) == b""


async def test_a_rest_that_arrives_in_time_leaves_the_connection_usable(connection: Streams) -> None:
    reader, writer = connection
    writer.write(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx")
    assert await _read_answer(reader) == b"HTTP/1.1 401 Unauthorized no"
    writer.write(b"x" * 9)
    await asyncio.sleep(0.5)

    writer.write(b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await _read_answer(reader) == b"HTTP/1.1 200 OK /next 0"
