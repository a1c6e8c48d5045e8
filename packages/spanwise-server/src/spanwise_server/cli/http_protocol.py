"""Connections that do not get to the point: closes those that send their request head too slowly or too long.

The HTTP server bounds neither by itself. Bodies are bounded in ``api.body_limits``.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20.0
HEAD_BYTES = 64 * 1024


class BoundedHttpProtocol(HttpToolsProtocol):
    """Uvicorn's protocol with a deadline and a size for request heads, and a deadline for bodies nobody reads."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *args: Any, **options: Any) -> None:  # handed on as they come
        super().__init__(*args, **options)
        self._deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._is_in_head = True
        self._is_in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the parent
        """Start the clock: a connection that never sends anything is closed as well."""
        super().connection_made(transport)
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and refuse a head that has grown too long."""
        super().data_received(data)
        if not self._is_in_head:
            return
        # Counted afterwards: the parser has just set the count back if a new head began in this part.
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("Request head too long.")

    def on_message_begin(self) -> None:
        """Start the clock for a further request on the connection."""
        super().on_message_begin()
        self._is_in_head = True
        self._head_bytes = 0
        self._start_deadline()

    def on_headers_complete(self) -> None:
        """Stop the clock: the head is in."""
        self._is_in_head = False
        self._is_in_body = True
        self._stop_deadline()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that nothing more is to come of this request."""
        self._is_in_body = False
        super().on_message_complete()
        if self.cycle.response_complete:
            self._stop_deadline()

    def on_response_complete(self) -> None:
        """Give the client some time to finish a body that was answered before it was read."""
        super().on_response_complete()
        if self._is_in_body:
            self._start_deadline()

    def _start_deadline(self) -> None:
        self._stop_deadline()
        self._deadline = self.loop.call_later(self.head_seconds, self._close_late)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close_late(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
