"""The commands of the page on prices work beside a running server, on a project with something in it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.docs.pages import ROOT, pages
from tests.serving.server_process import ServerProcess

PAGE = "docs/how-to/price-models.md"


def test_the_commands_of_the_page_work(tmp_path: Path) -> None:
    (page,) = [page for page in pages() if page.path == PAGE]
    lines = [line for block in page.blocks if block.language == "console" for line in block.code.splitlines()]
    assert len(lines) == 4
    commands = [re.sub(r"(?<!\w)\.venv/", f"{ROOT}/.venv/", line.removeprefix("$ ")) for line in lines]
    (tiers,) = [json.loads(block.code) for block in page.blocks if block.language == "json"]
    with (
        ServerProcess(
            folder=tmp_path / "server", settings={"LANGFUSE_INIT_ORG_ID": "acme", "LANGFUSE_INIT_PROJECT_ID": "support"}
        ) as server,
        server.client() as client,
    ):
        body = {"id": "g", "model": "my-model", "usageDetails": {"input": 1_000_000}}
        event = {"id": "e", "timestamp": "2026-11-20T10:00:00Z", "type": "generation-create", "body": body}
        assert client.post("/api/public/ingestion", json={"batch": [event]}).json()["errors"] == []
        assert client.post("/api/public/models", json=tiers).status_code == 200
        flat = {"modelName": "my-model", "matchPattern": "^my-model$", "inputPrice": 0.000001}
        assert client.post("/api/public/models", json=flat).status_code == 200
        environment = {**server.sdk_environment(), "SPANWISE_DATA_DIR": str(tmp_path / "server" / "data")}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(commands)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert client.get("/api/public/observations/g").json()["calculatedTotalCost"] == 1.0
    assert "Model     gpt-4o" in done.stdout
    assert "claude-sonnet-4-5 " in done.stdout
    assert "1 would change." in done.stdout
    assert "1 changed." in done.stdout
