"""The examples of the pages are run as they stand, each with the SDK it is for, against a real server."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.docs.pages import Block, pages
from tests.sdk_matrix.environments import GENERATIONS, prepare
from tests.serving.server_process import ServerProcess

BLOCKS = [block for page in pages() for block in page.blocks]
RUNNABLE = [block for block in BLOCKS if block.runner]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(folder=tmp_path_factory.mktemp("docs-server")) as running:
        yield running


def run(block: Block, server: ServerProcess, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the block with nothing but the variables that the pages tell the reader to set."""
    generation = GENERATIONS[block.runner or ""]
    prepare(generation)
    credentials = httpx.BasicAuth(server.public_key, server.secret_key)
    authorization = next(credentials.sync_auth_flow(httpx.Request("GET", server.url))).headers["Authorization"]
    environment = {
        **server.sdk_environment(),
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{server.url}/api/public/otel",
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization={authorization.replace(' ', '%20')}",
    }
    if block.language == "python":
        script = folder / "example.py"
        command = [str(generation.folder / "bin/python"), str(script)]
    else:
        # Node looks for packages beside the script.
        script = generation.folder / f"docs_{block.trace}_{os.getpid()}.mjs"
        command = ["node", str(script)]
    script.write_text(block.code, "utf-8")
    try:
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    finally:
        script.unlink()


@pytest.mark.parametrize("block", RUNNABLE, ids=lambda block: f"{block.page}:{block.trace}")
def test_an_example_leaves_its_trace(block: Block, server: ServerProcess, tmp_path: Path) -> None:
    done = run(block, server, tmp_path)
    assert done.returncode == 0, done.stderr
    with server.client() as client:
        found = client.get("/api/public/traces", params={"name": block.trace or ""}).json()["data"]
        assert [trace["name"] for trace in found] == [block.trace], done.stderr
        observations = client.get(f"/api/public/traces/{found[0]['id']}").json()["observations"]
        assert {"answer"} <= {observation["name"] for observation in observations}


def test_there_are_examples_for_every_generation() -> None:
    shown = {(block.runner or "").split(".")[0] for block in RUNNABLE}
    assert {"python-2", "python-3", "python-4", "python-5", "javascript-5", "otel-protobuf"} <= shown


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.language in {"python", "js"}],
    ids=lambda block: f"{block.page}:{block.code[:20]}",
)
def test_no_example_is_left_unrun(block: Block) -> None:
    assert block.runner, "say what it runs with: <!-- runs with: …, makes the trace: … -->"
    if block.language == "python":
        ast.parse(block.code)


def test_every_block_says_its_language() -> None:
    assert [block.page for block in BLOCKS if not block.language] == []
