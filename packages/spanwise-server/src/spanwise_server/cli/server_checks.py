"""Checks of a server over HTTP, as ``spanwise doctor`` runs them: as a client sees it, with a client's credentials."""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from spanwise_server.cli.findings import Finding, failed, note, ok

_TIMEOUT_SECONDS = 10.0
_TRACE_NAME = "spanwise doctor"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: Any
    """Decoded JSON, or the text if it is none."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its address."""

    url: str
    authorization: str | None = field(default=None, repr=False)

    def request(self, method: str, path: str, body: Any = None) -> Answer:
        """Send one request.

        Raises:
            OSError: The server cannot be reached.
            http.client.HTTPException: What answers does not speak HTTP.
        """
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS)
        headers = {"Content-Type": "application/json"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, parts.path.rstrip("/") + path, text, headers)
            response = connection.getresponse()
            content = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        try:
            return Answer(response.status, json.loads(content))
        except ValueError:
            return Answer(response.status, content)


def check_server(url: str, keys: tuple[str, str] | None) -> Iterator[Finding]:
    """Ask the server for its health, and with ``keys`` send a trace and read it back."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        yield failed("Server", f"{url} is not an address", "Give one like http://127.0.0.1:3000.")
        return
    authorization = f"Basic {base64.b64encode(':'.join(keys).encode()).decode()}" if keys else None
    server = Server(url, authorization)
    try:
        yield from _check_health(server)
        if keys is None:
            yield note(
                "Test trace", "not sent without a key pair", "Set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY to send one."
            )
            return
        project = _check_credentials(server)
        yield project
        if not project.advice:
            yield _check_round_trip(server)
    except (OSError, http.client.HTTPException) as error:
        yield failed(
            "Server",
            f"{url} does not answer: {str(error) or type(error).__name__}",
            "Start it with `spanwise serve`, or give the right address with --url.",
        )


def _check_health(server: Server) -> Iterator[Finding]:
    health = server.request("GET", "/api/public/health")
    if health.status != 200 or not isinstance(health.body, dict) or "version" not in health.body:
        yield failed(
            "Server", f"{server.url} answers, but not as Spanwise does ({health.status})", "Check the address and the proxy."
        )
        return
    yield ok("Server", f"{server.url}, version {health.body['version']}")
    ready = server.request("GET", "/api/public/ready")
    if ready.status == 200:
        yield ok("Stores", "both answer")
    else:
        detail = ready.body.get("status") if isinstance(ready.body, dict) else ready.status
        yield failed("Stores", f"not ready: {detail}", "Look for errors in the server's log; check disk space and memory.")


def _check_credentials(server: Server) -> Finding:
    answer = server.request("GET", "/api/public/projects")
    if answer.status != 200:
        message = answer.body.get("message") if isinstance(answer.body, dict) else answer.status
        return failed(
            "Credentials", f"refused: {message}", "Check LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY against this server."
        )
    (project,) = answer.body["data"]
    return ok("Credentials", f"project {project['name']}")


def _check_round_trip(server: Server) -> Finding:
    trace_id = secrets.token_hex(16)
    started = time.perf_counter()
    sent = server.request("POST", "/api/public/otel/v1/traces", _test_trace(trace_id))
    if sent.status != 200:
        return failed("Test trace", f"refused with {sent.status}: {sent.body}", "Look for the reason in the server's log.")
    read = server.request("GET", f"/api/public/traces/{trace_id}")
    if read.status != 200 or read.body.get("name") != _TRACE_NAME:
        return failed("Test trace", f"sent, but reading it answers {read.status}", "Look for errors in the server's log.")
    return ok("Test trace", f"sent and read back in {(time.perf_counter() - started) * 1000:.0f} ms ({trace_id})")


def _test_trace(trace_id: str) -> dict[str, Any]:
    """Return an OTLP/JSON request with one finished span."""
    now = time.time_ns()
    span = {
        "traceId": trace_id,
        "spanId": secrets.token_hex(8),
        "name": _TRACE_NAME,
        "kind": 1,
        "startTimeUnixNano": str(now - 1_000_000),
        "endTimeUnixNano": str(now),
        "attributes": [{"key": "langfuse.environment", "value": {"stringValue": "doctor"}}],
    }
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {"name": _TRACE_NAME}, "spans": [span]}]}]}
