"""``make run``: starts the server with a demo project, lets the sample agents work on it, says where to look, and stays.

The agents are the folders of ``examples/``, run unchanged as processes of their own; only their environment is set here.
Ctrl-C (or SIGTERM) stops the server and waits until it has finished. A second run goes on with the data of the first.
"""

from __future__ import annotations

import argparse
import base64
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.fake_model import FakeModel, load_scripts  # noqa: E402 -- the path above makes the folder importable

EXAMPLES = ROOT / "examples"
LOG = ROOT / "build" / "demo-server.log"
PROJECT_ID = "demo"
PUBLIC_KEY, SECRET_KEY = "pk-lf-spanwise-demo", "sk-lf-spanwise-demo"
EMAIL, PASSWORD = "demo@example.com", "spanwise-demo"
START_SECONDS = 60.0
STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Agent:
    """One sample: the script in ``examples/``, and what to call it."""

    script: str
    title: str
    how: str


AGENTS = (
    Agent("01_research_assistant/research_assistant.py", "research assistant", "Langfuse SDK 5: six questions of three users"),
    Agent("02_support_triage/support_triage.py", "support triage", "plain OpenTelemetry: five tickets, tools that fail"),
    Agent("03_answer_judge/answer_judge.py", "answer judge", "reads the answers back and scores them"),
    Agent("04_prompt_trial/prompt_trial.py", "prompt trial", "two versions of a prompt on one dataset"),
)


class DemoError(Exception):
    """Something the reader can put right; the text says what and how."""


def ensure_port_is_free(port: int) -> None:
    """Raise ``DemoError`` if somebody listens on the port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoError(
                f"Port {port} is taken, perhaps by a server started earlier. Stop that one, or choose another port:\n"
                f'  make run ARGS="--port {port + 1}"'
            ) from error


def server_environment() -> dict[str, str]:
    """Return the environment that makes the server create the demo project at its first start."""
    return {
        **os.environ,
        "LANGFUSE_INIT_ORG_ID": "demo-organization",
        "LANGFUSE_INIT_ORG_NAME": "Demo",
        "LANGFUSE_INIT_PROJECT_ID": PROJECT_ID,
        "LANGFUSE_INIT_PROJECT_NAME": "Sample agents",
        "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": PUBLIC_KEY,
        "LANGFUSE_INIT_PROJECT_SECRET_KEY": SECRET_KEY,
        "LANGFUSE_INIT_USER_EMAIL": EMAIL,
        "LANGFUSE_INIT_USER_NAME": "Demo",
        "LANGFUSE_INIT_USER_PASSWORD": PASSWORD,
    }


def agent_environment(server_url: str, model_url: str) -> dict[str, str]:
    """Return the environment that points an agent at the server and the model. It names no Spanwise variable."""
    credentials = base64.b64encode(f"{PUBLIC_KEY}:{SECRET_KEY}".encode()).decode()
    return {
        **os.environ,
        "LANGFUSE_HOST": server_url,
        "LANGFUSE_BASE_URL": server_url,
        "LANGFUSE_PUBLIC_KEY": PUBLIC_KEY,
        "LANGFUSE_SECRET_KEY": SECRET_KEY,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{server_url}/api/public/otel",
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Basic%20{credentials}",
        "OPENAI_BASE_URL": f"{model_url}/v1",
        "ANTHROPIC_BASE_URL": model_url,
        "PYTHONUNBUFFERED": "1",
    }


def _log_tail() -> str:
    lines = LOG.read_text("utf-8", errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-20:])


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DemoError(f"The server did not start. Its last words:\n{_log_tail()}")
        try:
            if httpx.get(f"{url}/api/public/ready", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise DemoError(f"The server was not ready after {START_SECONDS:.0f} seconds. Its last words:\n{_log_tail()}")


@contextmanager
def running_server(port: int, data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server until the block ends, then stop it and wait for it."""
    ensure_port_is_free(port)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    command = [str(Path(sys.executable).with_name("spanwise")), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with LOG.open("wb") as log:
        # A session of its own: Ctrl-C in the terminal reaches only this script, which then stops the server in order.
        process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir)],
            env=server_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}")
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise DemoError(f"The server did not stop within {STOP_SECONDS:.0f} seconds and was killed; see {LOG}") from None


def run_agents(server_url: str, *, pace: float) -> None:
    """Run every sample agent to its end, one after the other."""
    scripts = load_scripts([EXAMPLES / agent.script.split("/")[0] / "answers.json" for agent in AGENTS])
    with FakeModel(scripts, pace=pace) as model:
        threading.Thread(target=model.serve_forever, daemon=True).start()
        environment = agent_environment(server_url, model.url)
        for agent in AGENTS:
            print(f"    {agent.title:20}{agent.how} … ", end="", flush=True)
            started = time.monotonic()
            done = subprocess.run(
                [sys.executable, str(EXAMPLES / agent.script)],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                print("failed")
                raise DemoError(f"{agent.script} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
            print(f"{time.monotonic() - started:.1f} s")
        model.shutdown()


def invitation(url: str, data_dir: Path) -> str:
    """Return where to look, how to log in, and how to point an application here."""
    return f"""
  Look        {url}
  Log in      {EMAIL}  with the password  {PASSWORD}

  Point any Langfuse application here, whatever its SDK:

    export LANGFUSE_HOST={url} LANGFUSE_BASE_URL={url}
    export LANGFUSE_PUBLIC_KEY={PUBLIC_KEY}
    export LANGFUSE_SECRET_KEY={SECRET_KEY}

  Everything is kept in {data_dir}; what the server says is in {LOG.relative_to(ROOT)}.
"""


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(options: argparse.Namespace) -> None:
    """Start, show, stay, stop.

    Raises:
        DemoError: what went wrong and what to do.
    """
    url = f"http://127.0.0.1:{options.port}"
    print(f"\n  Spanwise    starting on {url}", flush=True)
    with running_server(options.port, options.data_dir) as process:
        print("\n  Sample agents at work", flush=True)
        run_agents(url, pace=options.pace)
        print(invitation(url, options.data_dir), flush=True)
        if options.exit:
            return
        print("  Ctrl-C stops it.\n", flush=True)
        code = process.wait()
        raise DemoError(f"The server ended by itself with {code}. Its last words:\n{_log_tail()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; return 0 when it was stopped on purpose."""
    parser = argparse.ArgumentParser(description="Run Spanwise with a demo project and sample agents.")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--data-dir", type=Path, default=ROOT / "spanwise-data")
    parser.add_argument("--pace", type=float, default=1.0, help="stretches the model's latencies; 0 answers at once")
    parser.add_argument("--exit", action="store_true", help="stop when the agents are done")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        run(options)
    except KeyboardInterrupt:
        print("\n  Stopped; the data is kept.", flush=True)
    except DemoError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
