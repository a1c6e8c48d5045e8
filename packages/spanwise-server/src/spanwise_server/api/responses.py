"""JSON responses of the read routes, built off the event loop. No pydantic: the shapes are checked by mypy and by tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec
from starlette.responses import Response

from spanwise_server.api.schemas.pages import ApiError, NativeError

PUBLIC_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": ApiError, "description": "What is wrong with the request."},
    503: {"model": ApiError, "description": "The server cannot answer now; `Retry-After` says when to ask again."},
}
NATIVE_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": NativeError, "description": "What is wrong with the request."},
    503: {"model": NativeError, "description": "The server cannot answer now; `Retry-After` says when to ask again."},
}


def json_response(content: object, status: int = 200) -> Response:
    """Answer with ``content`` as JSON."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


async def rendered(build: Callable[[], object]) -> Response:
    """Answer with what ``build`` returns; it runs in a thread, because a page may hold megabytes of payload."""
    return await asyncio.to_thread(lambda: json_response(build()))
