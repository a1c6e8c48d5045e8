"""Each import contract is broken on a copy of the source, and has to be seen to fail."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT

IN_SERVER = "spanwise-server/src/spanwise_server"
DISTRIBUTIONS = {
    "spanwise": "spanwise",
    "spanwise-orchestrator": "spanwise_orchestrator",
    "spanwise-server": "spanwise_server",
    "spanwise-kubernetes": "spanwise_kubernetes",
}

NOT_BOUND = {
    "composition-root": {"app", "cli", "storage", "query", "domain", "settings", "_lib"},
    "no-orm-in-routes": {"app", "cli", "services", "ingest", "storage", "query", "domain", "settings", "_lib"},
    "drivers": {"app", "cli", "storage"},
    "web-framework": {"app", "cli", "api", "web"},
    "grpc": {"cli", "grpc_api"},
}
"""The packages that a contract leaves alone: those that may, and those below that the layers already hold back."""


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser


def contract_names() -> list[str]:
    return [name.rsplit(":", 1)[1] for name in contracts().sections() if ":contract:" in name]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source of all distributions, without the built browser application."""
    for folder, package in DISTRIBUTIONS.items():
        source = f"{folder}/src/{package}"
        shutil.copytree(ROOT / "packages" / source, tmp_path / source, ignore=shutil.ignore_patterns("dist", "__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def lint(copy: Path, contract: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(copy / folder / "src") for folder in DISTRIBUTIONS)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache", "--contract", contract]
    return subprocess.run(
        command, cwd=copy, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )


BREACHES = [
    ("distributions", "spanwise-orchestrator/src/spanwise_orchestrator/breach.py", "import spanwise_server.domain.errors"),
    ("sdk-alone", "spanwise/src/spanwise/breach.py", "import spanwise_orchestrator"),
    ("server-layers", f"{IN_SERVER}/utils.py", '"""A package that nobody placed."""'),
    ("server-layers", f"{IN_SERVER}/domain/breach.py", "import spanwise_server.storage.interface"),
    ("server-layers", f"{IN_SERVER}/ingest/breach.py", "import spanwise_server.services.projects"),
    ("server-layers", f"{IN_SERVER}/_lib/breach.py", "import spanwise_server.settings"),
    ("composition-root", f"{IN_SERVER}/api/breach.py", "import spanwise_server.storage.events"),
    ("no-orm-in-routes", f"{IN_SERVER}/api/breach.py", "import spanwise_server.storage.metadata"),
    ("drivers", f"{IN_SERVER}/services/breach.py", "import sqlalchemy"),
    ("web-framework", f"{IN_SERVER}/ingest/breach.py", "from starlette.requests import Request"),
    ("grpc", f"{IN_SERVER}/services/breach.py", "import grpc"),
]


@pytest.mark.parametrize(("contract", "path", "line"), BREACHES)
def test_a_breach_is_seen(copy: Path, contract: str, path: str, line: str) -> None:
    assert lint(copy, contract).returncode == 0, "the contract is already broken"
    (copy / path).write_text(f"{line}\n", "utf-8")
    broken = lint(copy, contract)
    assert broken.returncode != 0, broken.stdout
    assert path.rsplit("/", 1)[1].removesuffix(".py") in broken.stdout


def test_every_contract_has_a_breach() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(contract_names())


@pytest.mark.parametrize("contract", sorted(NOT_BOUND))
def test_a_new_package_of_the_server_is_bound(contract: str) -> None:
    """A contract that lists its sources would overlook a package that came later."""
    listed = contracts()[f"importlinter:contract:{contract}"]["source_modules"].split()
    server = ROOT / "packages" / IN_SERVER
    units = {
        path.name.removesuffix(".py") for path in server.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    bound = {name.removeprefix("spanwise_server.") for name in listed}
    assert units - {"__init__", "__main__"} - NOT_BOUND[contract] - bound == set()
