"""A server is judged by what it answers, against small servers that answer wrongly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from spanwise_server.cli.findings import Finding, Status
from spanwise_server.cli.server_checks import check_server

KEYS = ("pk", "sk")
HEALTH = {"status": "OK", "version": "0.1.0"}
PROJECTS = {"data": [{"id": "p", "name": "Project", "organization": {"id": "o", "name": "O"}, "metadata": {}}]}
TRACES = "/prefix/api/public/otel/v1/traces"
GOOD: Mapping[str, tuple[int, Any]] = {
    "/prefix/api/public/health": (200, HEALTH),
    "/prefix/api/public/ready": (200, HEALTH),
    "/prefix/api/public/projects": (200, PROJECTS),
    TRACES: (200, {}),
    "/prefix/api/public/traces/*": (200, {"name": "spanwise doctor"}),
}


@contextmanager
def _server(answers: Mapping[str, tuple[int, Any]], received: list[tuple[str, str, bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            received.append((self.path, self.headers.get("Authorization", ""), body))
            fallback = answers.get(f"{self.path.rpartition('/')[0]}/*", (404, "nothing here"))
            status, content = answers.get(self.path, fallback)
            text = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _answer  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/prefix/"
        server.shutdown()
        thread.join()


def _check(changed: Mapping[str, tuple[int, Any]], keys: tuple[str, str] | None = KEYS) -> dict[str, Finding]:
    with _server({**GOOD, **changed}, []) as url:
        return {finding.check: finding for finding in check_server(url, keys)}


def test_a_good_server_passes_behind_a_path_prefix_and_gets_one_whole_span() -> None:
    received: list[tuple[str, str, bytes]] = []
    with _server(GOOD, received) as url:
        findings = list(check_server(url, KEYS))

    assert {finding.status for finding in findings} == {Status.OK}
    path, authorization, body = next(request for request in received if request[0] == TRACES)
    (span,) = json.loads(body)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert authorization == "Basic cGs6c2s="
    assert received[-1][0].endswith(span["traceId"])
    assert int(span["startTimeUnixNano"]) < int(span["endTimeUnixNano"])
    assert path == TRACES


def test_without_keys_only_health_is_asked() -> None:
    findings = _check({}, None)

    assert set(findings) == {"Server", "Stores", "Test trace"}
    assert findings["Test trace"].status is Status.NOTE


@pytest.mark.parametrize(
    ("path", "answer", "check", "words"),
    [
        ("/prefix/api/public/health", (200, "<html>nginx</html>"), "Server", "not as Spanwise"),
        ("/prefix/api/public/health", (502, {"message": "bad gateway"}), "Server", "502"),
        ("/prefix/api/public/ready", (503, {"status": "Database not available", "version": "1"}), "Stores", "Database not"),
        ("/prefix/api/public/ready", (500, "oops"), "Stores", "500"),
        ("/prefix/api/public/projects", (401, {"message": "Invalid credentials."}), "Credentials", "Invalid credentials."),
        (TRACES, (503, {"message": "Full"}), "Test trace", "503"),
        ("/prefix/api/public/traces/*", (404, {"message": "no"}), "Test trace", "404"),
        ("/prefix/api/public/traces/*", (200, {"name": "another"}), "Test trace", "reading"),
    ],
)
def test_each_wrong_answer_is_found_with_what_to_do(path: str, answer: tuple[int, Any], check: str, words: str) -> None:
    finding = _check({path: answer})[check]

    assert finding.status is Status.FAILED
    assert words in finding.detail
    assert finding.advice
    assert "sk" not in finding.detail.split()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "ftp://127.0.0.1/", "http://"])
def test_an_address_without_a_server_fails(url: str) -> None:
    (finding,) = check_server(url, KEYS)

    assert (finding.check, finding.status) == ("Server", Status.FAILED)
