"""The set-up that stands before any Python environment: the scripts behind ``make``, and the Makefile's own promises."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [*sorted((ROOT / "tools").glob("*.sh")), ROOT / ".ci/run"]


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


def run(script: str, path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{path}:/usr/bin:/bin", "HOME": str(path), **variables}
    return subprocess.run([ROOT / "tools" / script], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_sound_and_executable(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert os.access(script, os.X_OK)
    text = script.read_text("utf-8")
    assert text.startswith("#!/usr/bin/env bash\n# ")
    assert "set -euo pipefail" in text


def test_python_must_be_new_enough(tmp_path: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        program(tmp_path, name, "exit 1")
    refused = run("find_python.sh", tmp_path)
    assert refused.returncode == 1
    assert "PYTHON=/path/to/python" in refused.stderr
    program(tmp_path, "mine", '[ "$1" = -c ] && case "$2" in *version_info*) exit 0;; *) echo /found/python;; esac')
    assert run("find_python.sh", tmp_path, PYTHON="mine").stdout == "/found/python\n"


@pytest.mark.parametrize(("version", "code"), [("v18.20.0", 1), ("v20.20.2", 0), ("v24.1.0", 0), ("", 1)])
def test_node_must_be_new_enough(tmp_path: Path, version: str, code: int) -> None:
    program(tmp_path, "node", f"[ -n '{version}' ] && echo {version}")
    program(tmp_path, "npm", "exit 0")
    done = run("check_node.sh", tmp_path)
    assert done.returncode == code
    assert ("Node 20 or newer" in done.stderr) == bool(code)


def test_chromium_is_asked_for_when_it_cannot_be_installed(tmp_path: Path) -> None:
    program(tmp_path, "id", "echo 1000")
    done = run("ensure_browser.sh", tmp_path, CHROMIUM="/no/such/chromium", PLAYWRIGHT_NODEJS_PATH="/bin/false")
    assert done.returncode == 1
    assert "apt-get install chromium fonts-dejavu-core libatomic1" in done.stderr
    assert run("ensure_browser.sh", tmp_path, CHROMIUM="/bin/true", PLAYWRIGHT_NODEJS_PATH="/bin/true").returncode == 0


def test_root_gets_chromium_without_being_asked(tmp_path: Path) -> None:
    program(tmp_path, "id", "echo 0")
    program(tmp_path, "apt-get", f'echo "$*" >> {tmp_path}/calls; [ -t 0 ] && exit 1; exit 0')
    assert run("ensure_browser.sh", tmp_path, CHROMIUM="/no/such/chromium").returncode == 0
    calls = (tmp_path / "calls").read_text()
    assert "update" in calls
    assert re.search(r"install -y .*chromium", calls)


def test_python_without_venv_is_explained_or_mended(tmp_path: Path) -> None:
    program(tmp_path, "mine", 'case "$*" in *version_info*) exit 0;; *sys.executable*) echo mine;; *venv*) exit 1;; esac')
    program(tmp_path, "id", "echo 1000")
    command = [str(ROOT / "tools/install_uv.sh"), "1.0", str(tmp_path / "uv")]
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHON": "mine"}
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "apt-get install python3-venv" in refused.stderr
    program(tmp_path, "id", "echo 0")
    program(tmp_path, "apt-get", f'echo "$*" >> {tmp_path}/calls')
    subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "python3-venv" in (tmp_path / "calls").read_text()


def test_one_version_of_uv() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    fetched = re.search(r"^UV_VERSION := (\S+)$", makefile, re.MULTILINE)
    locked = re.search(r"^uv==(\S+) ", lock, re.MULTILINE)
    assert fetched
    assert locked
    assert fetched.group(1) == locked.group(1)


@pytest.mark.parametrize("target", ["setup", "run", "test", "check", "bench", "web"])
def test_make_knows_the_target(target: str) -> None:
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"make {target} " in listed.stdout


def test_set_up_is_not_repeated() -> None:
    """What this very environment was set up by is up to date: a second run has nothing to install."""
    done = subprocess.run(["make", "--dry-run", ".venv/.installed"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "is up to date" in done.stdout
