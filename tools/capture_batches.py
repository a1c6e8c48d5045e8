"""Records what real Langfuse SDKs send to ``/ingestion`` and ``/scores``, as golden files for the decoder's tests.

Each SDK version runs its scenario in a throw-away environment against a recording server on the loopback interface:

    python tools/capture_batches.py 2.59.0 2.60.10 3.15.0 4.18.0 5.0.4

Writes ``packages/spanwise-server/tests/golden/langfuse-python-<version>/batches.json``: the JSON bodies in the order they
came, each with the path it was sent to. Times and generated ids differ from one capture to the next.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ROOT / "tools" / "capture_scenarios"
GOLDEN = ROOT / "packages" / "spanwise-server" / "tests" / "golden"
RECORDED = ("/api/public/ingestion", "/api/public/scores")
TIMEOUT_SECONDS = 180


class Recorder(BaseHTTPRequestHandler):
    """Keeps the bodies of the recorded paths and answers every request as a server would that accepts all of it."""

    requests: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        """Record and accept."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path in RECORDED:
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            content = json.loads(body)
            self.requests.append({"path": self.path, "body": content})
        self._answer()

    def do_GET(self) -> None:
        """Answer whatever is asked with an empty object."""
        self._answer()

    def _answer(self) -> None:
        status, answer = 200, b"{}"
        if self.path == RECORDED[0]:
            events = self.requests[-1]["body"]["batch"]
            successes = [{"id": event["id"], "status": 201} for event in events]
            status, answer = 207, json.dumps({"successes": successes, "errors": []}).encode()
        elif self.path == RECORDED[1]:
            status, answer = 202, b'{"message":"Accepted"}'
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


def capture(version: str) -> Path:
    """Run the scenario of one SDK version and write its golden file."""
    scenario = SCENARIOS / ("langfuse_v2.py" if version.startswith("2.") else "langfuse_scores.py")
    Recorder.requests.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            python = Path(folder) / "bin" / "python"
            subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, folder], check=True)
            subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(python), f"langfuse=={version}"], check=True)
            host = f"http://127.0.0.1:{server.server_port}"
            keys = {"LANGFUSE_PUBLIC_KEY": "pk-lf-golden", "LANGFUSE_SECRET_KEY": "sk-lf-golden"}
            hosts = {"LANGFUSE_HOST": host, "LANGFUSE_BASE_URL": host}
            environment = {"PATH": os.defpath, "HOME": folder, "LANGFUSE_TRACING_ENVIRONMENT": "staging", **keys, **hosts}
            subprocess.run([str(python), str(scenario)], check=True, env=environment, timeout=TIMEOUT_SECONDS)
    finally:
        server.shutdown()
        server.server_close()
    target = GOLDEN / f"langfuse-python-{version}" / "batches.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(Recorder.requests, indent=1, ensure_ascii=False) + "\n")
    return target


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        print(capture(wanted).relative_to(ROOT))
