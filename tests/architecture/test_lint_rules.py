"""The lint configuration catches what it is there for, and lets pass what it means to let pass."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT

SRC = "packages/spanwise-server/src/spanwise_server/domain/sample.py"
TEST = "packages/spanwise-server/tests/domain/test_sample.py"
DOC = '"""Owns a sample."""\n\n'


def codes(path: str, text: str) -> set[str]:
    command = [
        str(Path(sys.executable).with_name("ruff")),
        "check",
        "--output-format=json",
        "--no-cache",
        "--stdin-filename",
        path,
        "-",
    ]
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
    return {finding["code"] for finding in json.loads(done.stdout)}


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        (SRC, "x = 1\n", "D100"),
        (SRC, f"{DOC}def public() -> None:\n    pass\n", "D103"),
        (SRC, f"{DOC}class Public:\n    x = 1\n", "D101"),
        (SRC, f"{DOC}from . import errors\n", "TID252"),
        (SRC, f"{DOC}print(1)\n", "T201"),
        (SRC, f"{DOC}assert 1\n", "S101"),
        (SRC, f"{DOC}import datetime\n\nx = datetime.datetime.now()\n", "DTZ005"),
        (SRC, f"{DOC}try:\n    x = 1\nexcept Exception:\n    x = 2\n", "BLE001"),
        (SRC, f"{DOC}try:\n    x = 1\nexcept ValueError:\n    pass\n", "SIM105"),
        (SRC, f"{DOC}# TODO: later\n", "FIX002"),
        (SRC, f'{DOC}import time\n\n\nasync def wait() -> None:\n    """Wait."""\n    time.sleep(1)\n', "ASYNC251"),
        (SRC, f'{DOC}def switch(on: bool) -> None:\n    """Switch."""\n', "FBT001"),
        (TEST, "from unittest.mock import patch\n\npatch()\n", "TID251"),
        (TEST, "import pytest\n\n\n@pytest.mark.skip(reason='x')\ndef test_a() -> None:\n    assert 1\n", "TID251"),
        (TEST, "import pytest\n\n\ndef test_a() -> None:\n    pytest.skip('x')\n", "TID251"),
        (TEST, "import os\n", "F401"),
        ("tools/sample.py", f'{DOC}def f(x):  # parameter without a type\n    """Do."""\n', "ANN001"),
    ],
)
def test_it_is_caught(path: str, text: str, code: str) -> None:
    assert code in codes(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (SRC, f"{DOC}def _private() -> int:\n    return 404\n"),
        (
            SRC,
            f'{DOC}def public(id: str) -> str:  \n    """Return ``id``."""\n    if not id:\n        raise ValueError(f"no {{id}}")\n    return id\n'.replace(
                "  \n", "\n"
            ),
        ),
        (TEST, "def test_a() -> None:\n    assert 1 + 1 == 2\n"),
        ("tools/sample.py", f'{DOC}print("done")\n'),
    ],
)
def test_it_passes(path: str, text: str) -> None:
    assert codes(path, text) == set()


def test_every_ignored_rule_has_its_reason() -> None:
    """A line of an ignore list is a code, a comma and a comment that says why."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    ignored = {*lint["ignore"], *(code for codes_ in lint["per-file-ignores"].values() for code in codes_)}
    bare = [code for code in ignored for line in text.splitlines() if f'"{code}"' in line and " # " not in line]
    assert bare == []
