"""Wheels of the four distributions, built once, and environments that hold nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.packaging.building import DISTRIBUTIONS, ROOT, Environment, build_wheel


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Return the wheel of each distribution by its name."""
    index = ROOT / "packages/spanwise-server/src/spanwise_server/web/dist/index.html"
    assert index.is_file(), "the browser application is not built: run `make web`"
    built = {}
    for name in DISTRIBUTIONS:
        target = tmp_path_factory.mktemp(name)
        done = build_wheel(ROOT / "packages" / name, target)
        assert done.returncode == 0, done.stdout + done.stderr
        (built[name],) = target.glob("*.whl")
    return built


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """Return a function that makes an environment with the given requirements and returns its ``bin`` folder."""

    def make(*requirements: str) -> Path:
        uv = str(Path(sys.executable).with_name("uv"))
        folder = tmp_path / "environment"
        for command in (
            [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
            # Versions as locked, but only of what the wheels say they need.
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--python",
                str(folder / "bin/python"),
                "--constraint",
                str(ROOT / "requirements.lock"),
                *requirements,
            ],
        ):
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        return folder / "bin"

    return make
