"""The doctor names what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from tests.cli.commands import Served, run_command

KEYS = {"LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk-lf-doctor", "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-doctor"}
CLIENT = {"LANGFUSE_PUBLIC_KEY": "pk-lf-doctor", "LANGFUSE_SECRET_KEY": "sk-lf-doctor"}


def _results(output: str) -> dict[str, str]:
    """Return the result of each check: the table has two spaces between columns at least."""
    rows = [line.split("  ", 1) for line in output.partition("What to do")[0].splitlines()[1:] if "  " in line]
    return {name: rest.split()[0] for name, rest in rows if name}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data directory of a server that ran once and was stopped."""
    data_dir = tmp_path_factory.mktemp("doctor") / "data"
    with Served(data_dir=data_dir, settings=KEYS):
        pass
    return data_dir


@pytest.fixture
def installation(stopped: Path, tmp_path: Path) -> Path:
    """Return a copy to be damaged."""
    copy = tmp_path / "data"
    shutil.copytree(stopped, copy, symlinks=True)
    return copy


def test_a_running_server_is_healthy_takes_a_trace_and_gives_it_back(tmp_path: Path) -> None:
    with Served(data_dir=tmp_path / "data", settings=KEYS) as served:
        found = run_command("doctor", "--data-dir", str(served.data_dir), settings=CLIENT, folder=tmp_path)

        assert found.returncode == 0, found.stdout + found.stderr
        assert set(_results(found.stdout).values()) == {"ok"}
        assert {"Server", "Stores", "Credentials", "Test trace", "API keys", "Metadata database"} <= set(_results(found.stdout))
        assert str(served.process.pid) in found.stdout
        assert served.url in found.stdout
        assert "sk-lf-doctor" not in found.stdout

        wrong = run_command("doctor", "--url", served.url, settings={**CLIENT, "LANGFUSE_SECRET_KEY": "wrong"}, folder=tmp_path)
        assert wrong.returncode == 1
        assert _results(wrong.stdout)["Credentials"] == "failed"
        assert "Check LANGFUSE_PUBLIC_KEY" in wrong.stdout

        half = run_command("doctor", settings={"LANGFUSE_HOST": served.url, "LANGFUSE_PUBLIC_KEY": "pk"}, folder=tmp_path)
        assert half.returncode == 1
        assert "Set LANGFUSE_SECRET_KEY too" in half.stdout


def test_a_stopped_installation_is_looked_at_and_left_alone(installation: Path) -> None:
    found = run_command("doctor", "--data-dir", str(installation), folder=installation.parent)

    assert found.returncode == 0, found.stdout
    results = _results(found.stdout)
    assert results["Event store"] == results["Metadata database"] == results["API keys"] == "ok"
    assert results["Server"] == "note"
    assert "spanwise serve" in found.stdout
    with Served(data_dir=installation):
        pass


def test_nothing_installed(tmp_path: Path) -> None:
    found = run_command("doctor", "--data-dir", str(tmp_path / "none"), folder=tmp_path)

    assert found.returncode == 1
    assert "does not exist" in found.stdout
    assert not (tmp_path / "none").exists()


def test_nobody_answers(tmp_path: Path) -> None:
    found = run_command("doctor", "--url", "http://127.0.0.1:9", folder=tmp_path)

    assert found.returncode == 1
    assert _results(found.stdout) == {"Server": "failed"}
    assert run_command("doctor", "--url", "nonsense", folder=tmp_path).returncode == 1


def _drop_pepper(data_dir: Path) -> None:
    (data_dir / "key-pepper").unlink()


def _damage_pepper(data_dir: Path) -> None:
    (data_dir / "key-pepper").write_text("zz")


def _drop_database(data_dir: Path) -> None:
    (data_dir / "metadata.sqlite3").unlink()


def _damage_database(data_dir: Path) -> None:
    (data_dir / "metadata.sqlite3").write_bytes(b"x" * 8192)


def _open_to_all(data_dir: Path) -> None:
    (data_dir / "key-pepper").chmod(0o644)


def _damage_events(data_dir: Path) -> None:
    shutil.rmtree(data_dir / "events")
    (data_dir / "events").write_text("no directory")


@pytest.mark.parametrize(
    ("damage", "check", "words"),
    [
        (_drop_pepper, "API keys", "key-pepper is missing"),
        (_damage_pepper, "API keys", "key-pepper"),
        (_drop_database, "Metadata database", "metadata.sqlite3 is missing"),
        (_damage_database, "Metadata database", "not a database"),
        (_open_to_all, "Data directory", "chmod 600"),
        (_damage_events, "Event store", "cannot open"),
    ],
)
def test_each_damage_is_found_with_what_to_do(installation: Path, damage: object, check: str, words: str) -> None:
    assert callable(damage)
    damage(installation)
    found = run_command("doctor", "--data-dir", str(installation), folder=installation.parent)

    assert found.returncode == 1, found.stdout
    assert _results(found.stdout)[check] == "failed"
    assert words in " ".join(found.stdout.split())
    assert f"  {check}: " in found.stdout.partition("What to do")[2]
    assert "Traceback" not in found.stderr


def test_a_killed_server_leaves_a_healthy_installation(tmp_path: Path) -> None:
    with Served(data_dir=tmp_path / "data", settings=KEYS, expected_code=-signal.SIGKILL) as served:
        served.stop(signal.SIGKILL)
    found = run_command("doctor", "--data-dir", str(served.data_dir), folder=tmp_path)

    assert found.returncode == 0, found.stdout
    assert "none uses the directory" in found.stdout
