"""Each SDK's own check of its keys: a wrong secret must not pass, and the trace's address must open."""

from __future__ import annotations

import subprocess

import pytest

from tests.sdk_matrix.conftest import Recording
from tests.sdk_matrix.environments import GENERATIONS, prepare
from tests.serving.server_process import ServerProcess

PYTHON_CHECK = "from langfuse import Langfuse; print('accepted:', Langfuse().auth_check())"
NODE_CHECK = """
import { LangfuseClient } from "@langfuse/client";
try {
  const { data } = await new LangfuseClient().api.projects.get();
  console.log("accepted:", data.length === 1 ? "True" : "False");
} catch (error) {
  console.log("refused:", error.statusCode);
}
"""
NODE_3_CHECK = """
import { Langfuse } from "langfuse";
try {
  const { data } = await new Langfuse().api.projectsGet();
  console.log("accepted:", data.length === 1 ? "True" : "False");
} catch (error) {
  console.log("refused:", error.status ?? error.response?.status ?? error);
}
"""
WITH_SDK = sorted(name for name, generation in GENERATIONS.items() if not generation.script.startswith("otel"))


def check(name: str, environment: dict[str, str]) -> str:
    generation = GENERATIONS[name]
    prepare(generation)
    python = [str(generation.folder / "bin" / "python"), "-c", PYTHON_CHECK]
    node = ["node", "--input-type=module", "--eval", NODE_3_CHECK if generation.node == "node-3" else NODE_CHECK]
    command = python if generation.packages else node
    done = subprocess.run(
        command, cwd=generation.folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", WITH_SDK)
def test_the_right_keys_pass(name: str, server: ServerProcess) -> None:
    assert "accepted: True" in check(name, server.sdk_environment())


@pytest.mark.parametrize("name", WITH_SDK)
def test_a_wrong_secret_is_refused_as_unauthorized(name: str, server: ServerProcess) -> None:
    said = check(name, {**server.sdk_environment(), "LANGFUSE_SECRET_KEY": "sk-lf-wrong"})
    assert "accepted: True" not in said
    assert "401" in said, said


def test_the_trace_address_that_an_sdk_prints_opens_a_page(recording: Recording, server: ServerProcess) -> None:
    url = recording.report.get("trace_url", f"{server.url}/project/{server.project_id}/traces/{recording.report['trace_id']}")
    assert url.startswith(server.url)
    with server.client() as client:
        page = client.get(url)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
