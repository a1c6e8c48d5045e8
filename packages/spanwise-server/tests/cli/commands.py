"""Runs the real ``spanwise`` command in processes of its own, as its users do."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

START_SECONDS = 90.0
"""Far more than a start takes: the machine may be busy."""

COMMAND = str(Path(sys.executable).with_name("spanwise"))


def clean_environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without anything that configures a server, and with ``settings``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPANWISE_", "LANGFUSE_", "OTEL_"))}
    return {**kept, **(settings or {})}


def run_command(*arguments: str, settings: Mapping[str, str] | None = None, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``spanwise`` to its end in ``folder``."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=clean_environment(settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


@dataclass(kw_only=True)
class Served:
    """One ``spanwise serve`` on a free port; leaving the context stops it by SIGTERM and expects a clean end."""

    data_dir: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    expected_code: int = 0
    url: str = ""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """Return the running process."""
        assert self._process is not None
        return self._process

    @property
    def output(self) -> str:
        """Return what was printed so far."""
        return self._path("out").read_text("utf-8")

    @property
    def log(self) -> str:
        """Return what was logged so far."""
        return self._path("err").read_text("utf-8")

    def shown(self, name: str) -> str:
        """Return the value that the first start printed under ``name``."""
        found = re.search(rf"^(?:export )?{name}[ =]+(\S+)$", self.output, re.MULTILINE)
        assert found, self.output
        return found.group(1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=START_SECONDS)

    def __enter__(self) -> Self:
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        with self._path("out").open("wb") as out, self._path("err").open("wb") as err:
            self._process = subprocess.Popen(
                [COMMAND, "serve", "--port", "0", "--data-dir", str(self.data_dir), *self.arguments],
                env=clean_environment(self.settings),
                cwd=self.data_dir.parent,
                stdout=out,
                stderr=err,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        code = self.stop() if self.process.poll() is None else self.process.returncode
        if kind is None:
            assert code == self.expected_code, f"ended with {code}:\n{self.output}{self.log}"
            assert "Traceback" not in self.log, self.log

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.output}{self.log}"
            found = re.search(r"listens on (http://\S+)", self.output)
            if found:
                self.url = found.group(1)
                try:
                    if httpx.get(f"{self.url}/api/public/ready", timeout=10).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
            time.sleep(0.05)
        raise AssertionError(f"not ready after {START_SECONDS:.0f} s:\n{self.output}{self.log}")

    def _path(self, suffix: str) -> Path:
        return self.data_dir.with_suffix(f".{suffix}")


def check_results(output: str) -> dict[str, str]:
    """Return the result of each check that ``spanwise doctor`` printed."""
    rows = [line.split("  ", 1) for line in output.partition("What to do")[0].splitlines()[1:] if "  " in line]
    return {name: rest.split()[0] for name, rest in rows if name}
