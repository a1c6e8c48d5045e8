"""Calls our own API from within a request: same process, same credentials, same checks, no socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.types import Message, Scope

from spanwise_server.api.mcp.bindings import Call

_KEPT_HEADERS = frozenset({b"authorization", b"host", b"user-agent", b"x-forwarded-proto", b"x-forwarded-host"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said."""

    status: int
    body: bytes


async def send_inside(outer: Request, call: Call) -> Answer:
    """Run ``call`` through the whole application, as the caller of ``outer``."""
    scope = _scope(outer.scope, call)
    parts: list[bytes] = []
    status = 0
    has_read = False

    async def receive() -> Message:
        nonlocal has_read
        if has_read:
            return {"type": "http.disconnect"}
        has_read = True
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await outer.app(scope, receive, send)
    return Answer(status, b"".join(parts))


def _scope(outer: Mapping[str, Any], call: Call) -> Scope:
    headers = [(name, value) for name, value in outer["headers"] if name in _KEPT_HEADERS]
    headers.append((b"content-length", str(len(call.body)).encode()))
    if call.body:
        headers.append((b"content-type", b"application/json"))
    kept = {key: outer[key] for key in ("type", "asgi", "http_version", "scheme", "server", "client") if key in outer}
    return {
        **kept,
        "method": call.method,
        "root_path": "",
        "path": unquote(call.path),
        "raw_path": call.path.encode(),
        "query_string": call.query.encode(),
        "headers": headers,
        "state": dict(outer.get("state", {})),
    }
