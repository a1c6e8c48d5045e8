"""``spanwise keys`` beside a running server, and without one."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.commands import Served, run_command

INIT = {
    "LANGFUSE_INIT_ORG_ID": "org",
    "LANGFUSE_INIT_PROJECT_ID": "project",
    "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk-lf-first",
    "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-first-secret",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(data_dir=tmp_path_factory.mktemp("keys") / "data", settings=INIT) as running:
        yield running


def _keys(served: Served, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_command("keys", *arguments, "--data-dir", str(served.data_dir), folder=served.data_dir.parent)


def _pair(output: str) -> tuple[str, str]:
    found = re.fullmatch(r"Public key  (pk-lf-\S+)\nSecret key  (sk-lf-\S+)\n", output)
    assert found, output
    return found.group(1), found.group(2)


def _status(served: Served, path: str, pair: tuple[str, str]) -> int:
    return httpx.get(f"{served.url}/api/public/{path}", auth=pair, timeout=60).status_code


def test_a_key_of_a_project_works_with_the_running_server_until_it_is_revoked(served: Served) -> None:
    made = _keys(served, "create", "--project", "project", "--note", "from the command line", "--expires-in-days", "3")
    pair = _pair(made.stdout)
    doomed = _pair(_keys(served, "create", "--project", "project").stdout)
    assert _status(served, "projects", pair) == 200

    listed = _keys(served, "list", "--project", "project").stdout
    assert pair[0] in listed
    assert "pk-lf-first" in listed
    assert "from the command line" in listed
    assert pair[1] not in listed
    assert f"sk-lf-...{pair[1][-4:]}" in listed

    assert _keys(served, "revoke", doomed[0]).stdout == f"Revoked {doomed[0]}\n"
    assert _status(served, "projects", doomed) == 401
    assert doomed[0] not in _keys(served, "list").stdout
    assert pair[1] not in served.output + served.log


def test_a_key_of_an_organization_administers_and_reads_nothing(served: Served) -> None:
    pair = _pair(_keys(served, "create", "--organization", "org").stdout)

    assert _status(served, "organizations/projects", pair) == 200
    assert _status(served, "traces", pair) == 403
    assert pair[0] not in _keys(served, "list", "--project", "project").stdout
    assert pair[0] in _keys(served, "list", "--organization", "org").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create",), "either a project or an organization"),
        (("create", "--project", "project", "--organization", "org"), "either a project or an organization"),
        (("create", "--project", "none"), "no project none"),
        (("create", "--organization", "none"), "Organization not found"),
        (("revoke", "pk-lf-none"), "no such key"),
    ],
)
def test_what_is_wrong_is_said(served: Served, arguments: tuple[str, ...], message: str) -> None:
    done = _keys(served, *arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_owner_that_is_not_named_is_suggested(served: Served) -> None:
    assert "--project project (" in _keys(served, "create").stderr


def test_without_an_installation_nothing_is_made(tmp_path: Path) -> None:
    done = run_command("keys", "list", "--data-dir", str(tmp_path / "none"), folder=tmp_path)

    assert done.returncode == 1
    assert "There is no installation" in done.stderr
    assert not (tmp_path / "none").exists()
