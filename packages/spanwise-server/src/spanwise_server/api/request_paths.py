"""Lets a trailing slash and the method ``HEAD`` reach the route they mean."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD_KEY = "spanwise.is_head"


def is_head(request: Request) -> bool:
    """Say whether the body of the answer will be thrown away, so that a costly one need not be made."""
    return request.scope.get(_HEAD_KEY, False) is True


class LenientPaths:
    """ASGI middleware: ``/api/x/`` is ``/api/x``; ``HEAD`` is ``GET`` without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        raw_path: bytes = scope.get("raw_path") or path.encode()
        # The server writes the answer by the scope it made, so what is changed here is a copy. A slash that was sent
        # escaped belongs to an id and stays.
        if path.startswith("/api/") and raw_path.endswith(b"/"):
            scope = {**scope, "path": path.removesuffix("/"), "raw_path": raw_path.removesuffix(b"/")}
        if scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET", _HEAD_KEY: True}, receive, send_head)
