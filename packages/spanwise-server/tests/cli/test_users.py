"""``spanwise users`` beside a running server: accounts that can log in at once."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from tests.cli.commands import COMMAND, START_SECONDS, Served, clean_environment, run_command


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(data_dir=tmp_path_factory.mktemp("users") / "data", settings={"LANGFUSE_INIT_ORG_ID": "org"}) as running:
        yield running


def _users(served: Served, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_command("users", *arguments, "--data-dir", str(served.data_dir), folder=served.data_dir.parent)


def _log_in(client: httpx.Client, email: str, password: str) -> int:
    form = {"email": email, "password": password}
    return client.post("/api/v1/login", json=form, headers={"X-Spanwise-Request": "1"}).status_code


def _shown(name: str, output: str) -> str:
    found = re.search(rf"^{name} +(\S+)$", output, re.MULTILINE)
    assert found, output
    return found.group(1)


def test_an_account_is_made_sees_its_organization_and_gets_another_password(served: Served) -> None:
    made = _users(served, "create", "Ada@Example.org", "--name", "Ada", "--organization", "org", "--role", "viewer").stdout
    password = _shown("Password", made)
    with httpx.Client(base_url=served.url, timeout=60) as client:
        assert _log_in(client, "ada@example.org", password) == 200
        me = client.get("/api/v1/me").json()
        assert me["user"] == {"id": _shown("User", made), "email": "ada@example.org", "name": "Ada"}
        assert [project["role"] for project in me["projects"]] == ["VIEWER"]

        command = [COMMAND, "users", "set-password", "ada@example.org", "--password-stdin", "--data-dir", str(served.data_dir)]
        done = subprocess.run(
            command,
            input="another password\n",
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=True,
        )
        assert "another password" not in done.stdout + done.stderr
        # Whoever knew the old one is out.
        assert client.get("/api/v1/me").status_code == 401
        assert _log_in(client, "ada@example.org", password) == 401
        assert _log_in(client, "ada@example.org", "another password") == 200
    assert f"{_shown('User', made)}  ada@example.org" in _users(served, "list").stdout
    assert password not in served.output + served.log


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create", "admin@localhost"), "already"),
        (("create", "no-address"), "not an e-mail address"),
        (("create", "x@y.test", "--organization", "none"), "Organization not found"),
        (("create", "x@y.test", "--role", "king"), "--role"),
        (("set-password", "nobody@y.test"), "no account"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_made(served: Served, arguments: tuple[str, ...], message: str) -> None:
    done = _users(served, *arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert "x@y.test" not in _users(served, "list").stdout
