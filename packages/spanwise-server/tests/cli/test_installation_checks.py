"""An installation is looked at from outside, and each damage to it is named with what to do."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commands import Served, check_results, run_command

KEYS = {"LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk-lf-doctor", "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-doctor"}


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


def test_a_stopped_installation_is_looked_at_and_left_alone(installation: Path) -> None:
    found = run_command("doctor", "--data-dir", str(installation), folder=installation.parent)

    assert found.returncode == 0, found.stdout
    results = check_results(found.stdout)
    assert results["Event store"] == results["Metadata database"] == results["API keys"] == results["Media files"] == "ok"
    assert results["Server"] == "note"
    assert "spanwise serve" in found.stdout
    with Served(data_dir=installation):
        pass


def _drop_pepper(data_dir: Path) -> None:
    (data_dir / "key-pepper").unlink()


def _damage_pepper(data_dir: Path) -> None:
    (data_dir / "key-pepper").write_text("zz")


def _drop_database(data_dir: Path) -> None:
    (data_dir / "metadata.sqlite3").unlink()


def _damage_database(data_dir: Path) -> None:
    (data_dir / "metadata.sqlite3").write_bytes(b"x" * 8192)


def _damage_media(data_dir: Path) -> None:
    shutil.rmtree(data_dir / "media")
    (data_dir / "media").write_text("not a folder")


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
        (_damage_media, "Media files", "is not a folder"),
    ],
)
def test_each_damage_is_found_with_what_to_do(
    installation: Path, damage: Callable[[Path], None], check: str, words: str
) -> None:
    damage(installation)
    found = run_command("doctor", "--data-dir", str(installation), folder=installation.parent)

    assert found.returncode == 1, found.stdout
    assert check_results(found.stdout)[check] == "failed"
    assert words in " ".join(found.stdout.split())
    assert f"  {check}: " in found.stdout.partition("What to do")[2]
    assert "Traceback" not in found.stderr


def test_a_killed_server_leaves_a_healthy_installation(tmp_path: Path) -> None:
    with Served(data_dir=tmp_path / "data", settings=KEYS, expected_code=-signal.SIGKILL) as served:
        served.stop(signal.SIGKILL)
    found = run_command("doctor", "--data-dir", str(served.data_dir), folder=tmp_path)

    assert found.returncode == 0, found.stdout
    assert "none uses the directory" in found.stdout
