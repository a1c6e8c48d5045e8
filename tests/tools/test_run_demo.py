"""``make run``: starts, works, invites, stops; says what is in its way; goes on with existing data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.serving.server_process import free_port
from tools.run_demo import ensure_port_is_free

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("pk-lf-spanwise-demo", "sk-lf-spanwise-demo")


def command(port: int, data_dir: Path, *more: str) -> list[str]:
    script = str(ROOT / "tools" / "run_demo.py")
    return [sys.executable, script, "--port", str(port), "--data-dir", str(data_dir), "--pace", "0", *more]


def run_to_the_end(port: int, data_dir: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(port, data_dir, "--exit"), capture_output=True, text=True, check=False, timeout=240)


@contextmanager
def staying_demo(port: int, data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run the demo until it has invited; yield the process and the lines it has printed."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command(port, data_dir), stdout=subprocess.PIPE, text=True, env=environment) as process:
        watchdog = threading.Timer(240, process.kill)
        watchdog.start()
        lines: list[str] = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if "Ctrl-C" in line:
                    break
            yield process, lines
        finally:
            watchdog.cancel()
            if process.poll() is None:
                process.kill()


def test_a_second_run_goes_on_with_the_data_invites_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    first = run_to_the_end(port, tmp_path / "data")
    assert first.returncode == 0, first.stdout + first.stderr
    with staying_demo(port, tmp_path / "data") as (process, lines):
        text = "".join(lines)
        url = f"http://127.0.0.1:{port}"
        assert f"LANGFUSE_HOST={url}" in text
        assert f"LANGFUSE_PUBLIC_KEY={KEYS[0]}" in text
        assert f"LANGFUSE_SECRET_KEY={KEYS[1]}" in text
        traces = httpx.get(f"{url}/api/public/traces", auth=KEYS).json()["meta"]["totalItems"]
        # Six questions, five tickets and twelve trials a run; the judge of each run judges every answer there is by then.
        assert traces == (6 + 5 + 6 + 12) + (6 + 5 + 12 + 12)
        login = {"email": "demo@example.com", "password": "spanwise-demo"}
        assert all(value in text for value in login.values())
        answer = httpx.post(f"{url}/api/v1/login", json=login, headers={"X-Spanwise-Request": "1"})
        assert answer.status_code == 200, answer.text
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert "the data is kept" in process.stdout.read()
        assert process.wait(timeout=60) == 0


def test_a_demo_that_is_terminated_while_it_starts_leaves_no_server_behind(tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command(port, tmp_path / "data"), stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert any("starting" in line for line in process.stdout)
        process.terminate()
        process.stdout.read()
        assert process.wait(timeout=60) == 0
    ensure_port_is_free(port)


def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_to_the_end(port, tmp_path / "data")
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_server_that_cannot_start_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the directory should be")
    done = run_to_the_end(free_port(), tmp_path / "data")
    assert done.returncode == 1
    assert "did not start" in done.stderr
