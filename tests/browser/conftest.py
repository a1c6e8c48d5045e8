"""The released wheel in an environment of its own, its server, and a Chromium that visits it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.samples import agent_trace, hostile_trace, huge_trace
from tests.browser.telemetry import SentTrace, send, send_scores, simple_trace
from tests.browser.visits import Visit, Visitor
from tests.packaging.building import ROOT, build_wheel
from tests.serving.server_process import ServerProcess

HUGE = 5000
MANY = 1200
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _run(*command: str | Path, folder: Path) -> None:
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def installed_command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the ``spanwise`` command of an environment in which only the wheels and what they ask for are installed."""
    folder = tmp_path_factory.mktemp("installed")
    for name in ("spanwise", "spanwise-server"):
        built = build_wheel(ROOT / "packages" / name, folder)
        assert built.returncode == 0, built.stdout + built.stderr
    (client,) = folder.glob("spanwise-0*.whl")
    (server,) = folder.glob("spanwise_server-0*.whl")
    uv, environment = Path(sys.executable).with_name("uv"), folder / "environment"
    _run(uv, "venv", "--quiet", "--python", sys.executable, environment, folder=folder)
    python, lock = environment / "bin/python", ROOT / "requirements.lock"
    _run(
        uv, "pip", "install", "--quiet", "--python", python, "--constraint", lock, client, f"{server}[embedded]", folder=folder
    )
    return environment / "bin/spanwise"


@pytest.fixture(scope="session")
def server(installed_command: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Return a server that holds the samples and many more traces."""
    with ServerProcess(folder=tmp_path_factory.mktemp("server"), command=installed_command) as running:
        send(running, [simple_trace(f"many-{number:04d}", age=60 + number, environment="many") for number in range(MANY)])
        yield running


@pytest.fixture(scope="session")
def empty_server(installed_command: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Return a server to which nothing has been sent; only one test may send something."""
    with ServerProcess(folder=tmp_path_factory.mktemp("empty-server"), command=installed_command) as running:
        yield running


@pytest.fixture(scope="session")
def sample(server: ServerProcess) -> SentTrace:
    """Return the agent's trace, sent with scores on the trace and on its generation."""
    trace = agent_trace()
    send(server, [trace])
    helpful = {"traceId": trace.id, "name": "helpfulness", "value": 0.87, "comment": "found at once"}
    tone = {"traceId": trace.id, "observationId": "c" * 16, "name": "tone", "value": "friendly", "dataType": "CATEGORICAL"}
    send_scores(server, [helpful, tone])
    return trace


@pytest.fixture(scope="session")
def huge(server: ServerProcess) -> SentTrace:
    trace = huge_trace(HUGE)
    send(server, [trace])
    return trace


@pytest.fixture(scope="session")
def hostile(server: ServerProcess) -> SentTrace:
    trace = hostile_trace()
    send(server, [trace])
    return trace


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Return a function that opens a watched page; after the test every such page is checked."""
    visits: list[Visit] = []

    def make(server: ServerProcess, **profile: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **profile})
        context.set_default_timeout(20_000)
        visit = Visit(server, context, context.new_page())
        visit.watch()
        visits.append(visit)
        return visit

    yield make
    try:
        for visit in visits:
            visit.check()
    finally:
        for visit in visits:
            visit.context.close()


@pytest.fixture
def visit(visitor: Visitor, server: ServerProcess) -> Visit:
    """Return a visit of somebody who is signed in, in a wide window."""
    made = visitor(server)
    made.sign_in()
    return made
