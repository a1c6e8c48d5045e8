"""The server's process: its first start, what stops it from starting, and how it ends."""

from __future__ import annotations

import os
import stat
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cli.commands import Served, run_command

HEADLESS = {
    "LANGFUSE_INIT_ORG_ID": "org",
    "LANGFUSE_INIT_PROJECT_ID": "headless",
    "LANGFUSE_INIT_PROJECT_NAME": "Headless project",
    "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk-lf-headless",
    "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-headless-secret",
    "LANGFUSE_INIT_USER_EMAIL": "ada@example.org",
    "LANGFUSE_INIT_USER_PASSWORD": "headless-password",
}
HEADLESS_KEYS = ("pk-lf-headless", "sk-lf-headless-secret")


def _log_in(url: str, email: str, password: str) -> int:
    form = {"email": email, "password": password}
    return httpx.post(f"{url}/api/v1/login", json=form, headers={"X-Spanwise-Request": "1"}, timeout=60).status_code


def _batch(trace_id: str) -> dict[str, object]:
    body = {"id": trace_id, "name": trace_id, "timestamp": "2026-11-20T10:00:00Z"}
    event = {"id": uuid.uuid4().hex, "type": "trace-create", "timestamp": "2026-11-20T10:00:00Z", "body": body}
    return {"batch": [event]}


def _files_with(folder: Path, secret: str) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


def test_first_start_prints_its_credentials_once_and_keeps_no_secret(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with Served(data_dir=data_dir, arguments=("--log-level", "debug")) as first:
        public_key, secret_key = first.shown("LANGFUSE_PUBLIC_KEY"), first.shown("LANGFUSE_SECRET_KEY")
        password = first.shown("Password")
        assert first.shown("LANGFUSE_BASE_URL") == first.url
        assert httpx.get(f"{first.url}/api/public/projects", auth=(public_key, secret_key), timeout=60).status_code == 200
        assert httpx.get(f"{first.url}/api/public/projects", auth=(public_key, "sk-lf-wrong"), timeout=60).status_code == 401
        assert _log_in(first.url, first.shown("E-mail"), password) == 200
        sent = httpx.post(f"{first.url}/api/public/ingestion", json=_batch("kept"), auth=(public_key, secret_key), timeout=60)
        assert sent.status_code == 207

    for secret in (secret_key, password):
        assert first.output.count(secret) == 1
        assert secret not in first.log
        assert _files_with(data_dir, secret) == []

    with Served(data_dir=data_dir) as second:
        assert "First start" not in second.output
        assert public_key not in second.output
        kept = httpx.get(f"{second.url}/api/public/traces/kept", auth=(public_key, secret_key), timeout=60)
        assert kept.json()["name"] == "kept"
    assert secret_key not in second.output + second.log

    open_to_others = [path.name for path in (data_dir, *data_dir.rglob("*")) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []


def test_headless_start_makes_what_is_named_and_prints_no_given_secret(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    for _ in range(2):
        with Served(data_dir=data_dir, settings=HEADLESS) as served:
            (project,) = httpx.get(f"{served.url}/api/public/projects", auth=HEADLESS_KEYS, timeout=60).json()["data"]
            assert (project["id"], project["name"], project["organization"]["id"]) == ("headless", "Headless project", "org")
            assert _log_in(served.url, "ada@example.org", "headless-password") == 200
        for secret in ("sk-lf-headless-secret", "headless-password"):
            assert secret not in served.output + served.log
            assert _files_with(data_dir, secret) == []


def test_what_is_in_the_way_is_named(tmp_path: Path) -> None:
    with Served(data_dir=tmp_path / "data", settings=HEADLESS) as served:
        port = str(urlsplit(served.url).port)
        same_directory = run_command("serve", "--port", "0", "--data-dir", str(tmp_path / "data"), folder=tmp_path)
        same_port = run_command("serve", "--port", port, "--data-dir", str(tmp_path / "other"), folder=tmp_path)

        assert same_directory.returncode == same_port.returncode == 1
        assert f"is in use: process {served.process.pid}" in same_directory.stderr
        assert served.url in same_directory.stderr
        assert f"Port {port} on 127.0.0.1 is taken" in same_port.stderr
        assert f"--port {int(port) + 1}" in same_port.stderr
        assert same_directory.stdout == same_port.stdout == ""
        # The first one is none the worse for it.
        assert httpx.get(f"{served.url}/api/public/ready", timeout=60).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (("--port", "99999"), {}, "--port: "),
        (("--log-level", "loud"), {}, "--log-level: "),
        ((), {"SPANWISE_PORT": "http"}, "SPANWISE_PORT: "),
        ((), {"SPANWISE_QUERY_THREADS": "0"}, "SPANWISE_QUERY_THREADS: "),
        (("--otlp-grpc-port", "99999"), {}, "--otlp-grpc-port: "),
        (("--otlp-grpc-port", "0"), {"SPANWISE_OTLP_GRPC_TLS_CERT": "/none"}, "SPANWISE_OTLP_GRPC_TLS_KEY is not"),
        ((), {"ADMIN_API_KEY": "only-half"}, "SPANWISE_ADMIN_API_KEY: "),
        (("--host", "256.1.1.1"), {}, "256.1.1.1"),
        ((), {"LANGFUSE_INIT_PROJECT_SECRET_KEY": "only-half"}, "LANGFUSE_INIT_PROJECT_PUBLIC_KEY"),
        (("--data-dir", "/proc/nowhere"), {}, "/proc/nowhere"),
    ],
)
def test_a_wrong_setting_is_named_without_a_traceback(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], message: str
) -> None:
    result = run_command("serve", *arguments, settings={"SPANWISE_PORT": "0", **settings}, folder=tmp_path)

    assert result.returncode == 1
    assert message in result.stderr
    assert "What to do: " in result.stderr
    assert "Traceback" not in result.stderr
    assert "only-half" not in result.stderr + result.stdout


def test_without_the_library_grpc_is_refused_and_says_what_to_install(tmp_path: Path) -> None:
    missing = tmp_path / "grpc"
    missing.mkdir()
    (missing / "__init__.py").write_text("raise ImportError('No module named grpc', name='grpc')\n")

    result = run_command(
        "serve", "--port", "0", "--otlp-grpc-port", "0", settings={"PYTHONPATH": str(tmp_path)}, folder=tmp_path
    )

    assert (result.returncode, result.stdout) == (1, "")
    assert "OTLP over gRPC needs a library that is not installed: grpc." in result.stderr
    assert 'pip install "spanwise-server[grpc]"' in result.stderr


def test_a_damaged_metadata_database_is_named(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "metadata.sqlite3").write_bytes(os.urandom(8192))

    result = run_command("serve", "--port", "0", "--data-dir", str(data_dir), folder=tmp_path)

    assert result.returncode == 1
    assert "The metadata database did not answer" in result.stderr
    assert "Traceback" not in result.stderr
