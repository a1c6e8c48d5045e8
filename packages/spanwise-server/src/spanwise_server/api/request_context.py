"""The outermost layer of the API: a request id, security headers, the last catch for errors, one log line a request.

Must not know routes or credentials.
"""

from __future__ import annotations

import logging
import time
import uuid

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spanwise_server.api.errors import internal_error_response

REQUEST_ID_HEADER = "X-Request-Id"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, nothing inline: telemetry shown in a page can then not run as script."""

_logger = logging.getLogger("spanwise.http")


class RequestContext:
    """ASGI middleware; put it around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        status = 0
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), request_id, path=scope["path"])
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            # Nobody is left to answer, and a client that goes away is no fault of the server's.
            _logger.debug("client went away method=%s path=%s request_id=%s", scope["method"], scope["path"], request_id)
        except Exception:  # the last catch: whatever it is, the caller gets an answer and the log the cause
            _logger.exception("unhandled error method=%s path=%s request_id=%s", scope["method"], scope["path"], request_id)
            if status:
                raise
            await internal_error_response(scope["path"], request_id)(scope, receive, send_with_headers)
        finally:
            # The path alone: query strings may carry what users typed.
            _logger.debug(
                "method=%s path=%s status=%d duration_ms=%.1f request_id=%s",
                scope["method"],
                scope["path"],
                status,
                (time.perf_counter() - started) * 1000,
                request_id,
            )


def _add_headers(headers: MutableHeaders, request_id: str, *, path: str) -> None:
    headers[REQUEST_ID_HEADER] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    if "content-security-policy" in headers:
        return  # a route that answers with somebody's file has said all about it
    if headers.get("content-type", "").startswith("text/html"):
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    elif path.startswith("/api/"):
        # What an API answers is never a page: opened as one, it may load and run nothing.
        headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        headers.setdefault("Cache-Control", "no-store")
