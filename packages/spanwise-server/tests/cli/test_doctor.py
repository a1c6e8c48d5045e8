"""The doctor names what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import Served, check_results, run_command

KEYS = {"LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk-lf-doctor", "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-doctor"}
CLIENT = {"LANGFUSE_PUBLIC_KEY": "pk-lf-doctor", "LANGFUSE_SECRET_KEY": "sk-lf-doctor"}


def test_a_running_server_is_healthy_takes_a_trace_and_gives_it_back(tmp_path: Path) -> None:
    with Served(data_dir=tmp_path / "data", settings=KEYS) as served:
        found = run_command("doctor", "--data-dir", str(served.data_dir), settings=CLIENT, folder=tmp_path)

        assert found.returncode == 0, found.stdout + found.stderr
        assert set(check_results(found.stdout).values()) == {"ok"}
        assert {"Server", "Stores", "Credentials", "Test trace", "API keys", "Metadata database"} <= set(
            check_results(found.stdout)
        )
        assert str(served.process.pid) in found.stdout
        assert served.url in found.stdout
        assert "sk-lf-doctor" not in found.stdout

        wrong = run_command("doctor", "--url", served.url, settings={**CLIENT, "LANGFUSE_SECRET_KEY": "wrong"}, folder=tmp_path)
        assert wrong.returncode == 1
        assert check_results(wrong.stdout)["Credentials"] == "failed"
        assert "Check LANGFUSE_PUBLIC_KEY" in wrong.stdout

        half = run_command("doctor", settings={"LANGFUSE_HOST": served.url, "LANGFUSE_PUBLIC_KEY": "pk"}, folder=tmp_path)
        assert half.returncode == 1
        assert "Set LANGFUSE_SECRET_KEY too" in half.stdout


def test_nothing_installed(tmp_path: Path) -> None:
    found = run_command("doctor", "--data-dir", str(tmp_path / "none"), folder=tmp_path)

    assert found.returncode == 1
    assert "does not exist" in found.stdout
    assert not (tmp_path / "none").exists()


def test_nobody_answers(tmp_path: Path) -> None:
    found = run_command("doctor", "--url", "http://127.0.0.1:9", folder=tmp_path)

    assert found.returncode == 1
    assert check_results(found.stdout) == {"Server": "failed"}
    assert run_command("doctor", "--url", "nonsense", folder=tmp_path).returncode == 1
