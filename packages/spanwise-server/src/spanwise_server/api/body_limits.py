"""Bounds what a request body may cost before any route sees it: bytes, and the time they take to arrive.

Counts while reading, so that a chunked body is bounded as well as one that announces its length.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spanwise_server.api.errors import error_response
from spanwise_server.domain.errors import InvalidRequestError, PayloadTooLargeError

_MIB = 1024 * 1024
_IDLE_SECONDS = 30.0
# Slower than this on the whole, after the first minute, is a client that holds a connection, not one that sends.
_GRACE_SECONDS = 60.0
_SLOWEST_BYTES_PER_SECOND = 8 * 1024
# Most clients read no answer before they have sent everything: so much beyond the limit is read and thrown away, so that
# they see the 413 and not a reset connection.
_DISCARD_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """What the body of a request may have."""

    max_bytes: int
    hint: str
    """What to do about a larger one."""
    path_prefix: str = ""
    """Of the requests that it is for."""

    def exceeded(self) -> PayloadTooLargeError:
        """Return the error for a body beyond the limit."""
        size = f"{self.max_bytes} bytes" if self.max_bytes % _MIB else f"{self.max_bytes // _MIB} MiB"
        return PayloadTooLargeError(f"The request body is larger than {size}.", hint=self.hint)


class BodyLimits:
    """ASGI middleware that raises out of ``receive`` when a body is too large (413) or too slow (408)."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int,
        uploads: BodyLimit | None = None,
        idle_seconds: float = _IDLE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._usual = BodyLimit(max_bytes, "Send smaller batches, or raise SPANWISE_MAX_BODY_MIB.")
        self._uploads = uploads
        self._idle_seconds = idle_seconds
        self._monotonic = monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._usual
        if self._uploads is not None and scope["path"].startswith(self._uploads.path_prefix):
            limit = self._uploads
        announced = headers.get("content-length")
        refusal = None if announced is None else _refusal(announced, limit)
        if refusal is not None:
            # Who waits for "100 Continue" has sent nothing yet.
            if "expect" not in headers:
                await self.discard(receive, limit)
            await error_response(scope["path"], refusal)(scope, receive, _closing(send))
            return
        body = _Body(self, receive, limit)

        async def send_after_body(message: Message) -> None:
            # The server reads past the rest of a body of known length; of a chunked one nobody knows the end.
            if message["type"] == "http.response.start" and not body.is_complete and "transfer-encoding" in headers:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, body.receive, send_after_body)

    async def discard(self, receive: Receive, limit: BodyLimit) -> None:
        """Read on and throw away, for a while and up to as many bytes again as the limit."""
        discarded = 0
        try:
            async with asyncio.timeout(_DISCARD_SECONDS):
                while discarded <= limit.max_bytes:
                    message = await receive()
                    discarded += len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return
        except TimeoutError:
            return

    def now(self) -> float:
        """Return the time in seconds on the clock that deadlines are kept by."""
        return self._monotonic()

    async def next_message(self, receive: Receive, *, received_bytes: int, started: float) -> Message:
        """Wait for the next part of the body, but not for ever."""
        allowed = _GRACE_SECONDS + received_bytes / _SLOWEST_BYTES_PER_SECOND
        remaining = started + allowed - self._monotonic()
        late = HTTPException(408, headers={"Connection": "close"})
        if remaining <= 0:
            raise late
        try:
            async with asyncio.timeout(min(self._idle_seconds, remaining)):
                return await receive()
        except TimeoutError as error:
            raise late from error

    async def check(self, receive: Receive, limit: BodyLimit, *, received_bytes: int, is_complete: bool) -> None:
        """Raise when this many bytes are too many."""
        if received_bytes > limit.max_bytes:
            if not is_complete:
                await self.discard(receive, limit)
            raise limit.exceeded()


class _Body:
    """The body of one request on its way in."""

    def __init__(self, limits: BodyLimits, receive: Receive, limit: BodyLimit) -> None:
        self._limits = limits
        self._limit = limit
        self._receive = receive
        self._received_bytes = 0
        self._started = limits.now()
        self.is_complete = False

    async def receive(self) -> Message:
        """Return the next ASGI message, counted and timed until the body is complete."""
        if self.is_complete:
            return await self._receive()
        message = await self._limits.next_message(self._receive, received_bytes=self._received_bytes, started=self._started)
        if message["type"] != "http.request":
            self.is_complete = True
            return message
        self._received_bytes += len(message.get("body", b""))
        self.is_complete = not message.get("more_body", False)
        await self._limits.check(self._receive, self._limit, received_bytes=self._received_bytes, is_complete=self.is_complete)
        return message


def _refusal(announced: str, limit: BodyLimit) -> PayloadTooLargeError | InvalidRequestError | None:
    if not announced.isascii() or not announced.isdigit():
        return InvalidRequestError("The header Content-Length is not a number.")
    return limit.exceeded() if len(announced) > 18 or int(announced) > limit.max_bytes else None


def _closing(send: Send) -> Send:
    async def send_and_close(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Connection"] = "close"
        await send(message)

    return send_and_close
