"""What stops a run before it starts. Runs themselves are in ``test_models``."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanwise_server.cli.repricing import RepriceOptions, run_repricing


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (RepriceOptions(project="p", since="yesterday"), "--since"),
        (RepriceOptions(project="p", until="x"), "--until"),
        (RepriceOptions(project="p"), "There is no installation"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: RepriceOptions, reason: str
) -> None:
    assert run_repricing(options, tmp_path / "none") == 1
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
