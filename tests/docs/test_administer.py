"""The commands of the page on administration work from the first to the last, in one shell, beside a running server."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.docs.pages import ROOT, pages
from tests.serving.server_process import ServerProcess

PAGE = "docs/how-to/administer.md"
ADMIN_KEY = "an admin key for the documents"


def _commands() -> str:
    (page,) = [page for page in pages() if page.path == PAGE]
    blocks = [block.code for block in page.blocks if block.language == "console"]
    assert len(blocks) > 3
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("$ ") for line in lines)
    # In the folder of the test, where the page's reader has the repository.
    return "\n".join(re.sub(r"(?<!\w)\.venv/", f"{ROOT}/.venv/", line.removeprefix("$ ")) for line in lines)


def test_the_commands_of_the_page_work(tmp_path: Path) -> None:
    settings = {
        "SPANWISE_ADMIN_API_KEY": ADMIN_KEY,
        "LANGFUSE_INIT_ORG_ID": "acme",
        "LANGFUSE_INIT_PROJECT_ID": "support",
    }
    with ServerProcess(folder=tmp_path / "server", settings=settings) as server:
        environment = {
            **server.sdk_environment(),
            "SPANWISE_DATA_DIR": str(tmp_path / "server" / "data"),
            "SPANWISE_ADMIN_API_KEY": ADMIN_KEY,
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", _commands()],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert ADMIN_KEY not in server.log
        secret = re.search(r"sk-lf-\S+", (tmp_path / "organization.key").read_text("utf-8"))
        assert secret
        assert secret.group() not in server.log
    assert '"role": "ADMIN"' in done.stdout
    assert '"secretKey": "sk-lf-' in done.stdout
    assert done.stdout.count('"success": true') == 2
