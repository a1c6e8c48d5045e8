"""A real ``spanwise serve`` process for tests and benches: its own port, data directory, keys and log.

Must not reach into the server's code: what these tests see is what an application sees.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

START_SECONDS = 60.0
"""Far more than a start takes, because the machine may be busy."""


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clean_environment() -> dict[str, str]:
    """Return this process's environment without anything that configures a server or an SDK."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("SPANWISE_", "LANGFUSE_", "OTEL_"))}


@dataclass(kw_only=True)
class ServerProcess:
    """One server. Use as a context manager; leaving it stops the server by SIGTERM and checks that it went well."""

    folder: Path
    public_key: str = "pk-lf-matrix"
    secret_key: str = "sk-lf-matrix"
    project_id: str = "matrix-project"
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    command: Path = field(default_factory=lambda: Path(sys.executable).with_name("spanwise"))
    """The ``spanwise`` command of the installation to run."""
    _process: subprocess.Popen[bytes] | None = None
    _is_told: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text("utf-8", errors="replace")

    def client(self) -> httpx.Client:
        """Return a plain HTTP client with this server's key pair."""
        return httpx.Client(base_url=self.url, auth=(self.public_key, self.secret_key), timeout=60)

    def sdk_environment(self) -> dict[str, str]:
        """Return the environment an application needs to reach this server; nothing in it but the address is ours."""
        return {
            **_clean_environment(),
            "LANGFUSE_HOST": self.url,
            "LANGFUSE_BASE_URL": self.url,
            "LANGFUSE_BASEURL": self.url,
            "LANGFUSE_PUBLIC_KEY": self.public_key,
            "LANGFUSE_SECRET_KEY": self.secret_key,
        }

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [str(self.command), "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        environment = {
            **_clean_environment(),
            "LANGFUSE_INIT_ORG_ID": "matrix-org",
            "LANGFUSE_INIT_ORG_NAME": "Matrix",
            "LANGFUSE_INIT_PROJECT_ID": self.project_id,
            "LANGFUSE_INIT_PROJECT_NAME": "Matrix project",
            "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": self.public_key,
            "LANGFUSE_INIT_PROJECT_SECRET_KEY": self.secret_key,
            "LANGFUSE_INIT_USER_EMAIL": "matrix@example.org",
            "LANGFUSE_INIT_USER_PASSWORD": "correct horse battery",
            **self.settings,
        }
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--data-dir", str(self.folder / "data")], env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return self

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise AssertionError(f"the server stopped with {process.returncode} while starting:\n{self.log}")
            try:
                if httpx.get(self.url + "/api/public/ready", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"the server was not ready after {START_SECONDS:.0f} s:\n{self.log}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End the process as a crash would: no handler runs, nothing is flushed."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def terminate(self) -> None:
        """Send SIGTERM and return at once; leaving the context waits for the end."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._is_told = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        if self._process is None:
            return
        if not self._is_told:
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the server did not stop on SIGTERM:\n{self.log}") from None
        if kind is None:
            assert code == 0, f"the server ended with {code}:\n{self.log}"
            assert "Traceback" not in self.log, self.log
