"""Lets pages of other origins call the public API with a key. Never with cookies, and never the native API.

Preflights are answered before authentication, as browsers send them without credentials.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spanwise_server.api.errors import PUBLIC_PREFIX

_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD"
_PREFLIGHT_SECONDS = "86400"
_EXPOSED = "X-Request-Id, Retry-After"


class PublicCors:
    """ASGI middleware. ``origins`` as in ``SPANWISE_CORS_ORIGINS``; ``("*",)`` admits all."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self._app = app
        self._admits_all = "*" in origins
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PUBLIC_PREFIX):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS":
            await self._preflight(headers)(scope, receive, send)
            return

        async def send_with_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._admit(MutableHeaders(scope=message), headers.get("origin"))
            await send(message)

        await self._app(scope, receive, send_with_origin)

    def _preflight(self, request: Headers) -> Response:
        response = Response(status_code=204)
        self._admit(response.headers, request.get("origin"))
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        # A wildcard does not cover Authorization (Fetch standard), so what was asked for is granted by name.
        response.headers["Access-Control-Allow-Headers"] = request.get(
            "access-control-request-headers", "authorization, content-type"
        )
        response.headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
        response.headers.add_vary_header("Access-Control-Request-Headers")
        return response

    def _admit(self, response: MutableHeaders, origin: str | None) -> None:
        if self._admits_all:
            response["Access-Control-Allow-Origin"] = "*"
        else:
            response.add_vary_header("Origin")
            if origin is None or origin not in self._origins:
                return
            response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = _EXPOSED
