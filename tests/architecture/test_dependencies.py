"""A distribution declares what it imports, and nothing that it does not use."""

from __future__ import annotations

import ast
import importlib.metadata
import sys
import tomllib
from collections.abc import Iterable, Mapping

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source_tree import ROOT, Module, shipped_modules

DISTRIBUTIONS = ("spanwise", "spanwise-server", "spanwise-orchestrator", "spanwise-kubernetes")
USED_WITHOUT_IMPORT = {
    "chdb": "clickhouse-connect opens the in-process engine through it",
    "chdb-core": "pins the engine that chdb brings",
    "httptools": "uvicorn parses HTTP with it",
}


def imported(modules: Iterable[Module]) -> set[str]:
    """Return the top-level names that ``modules`` import, without the standard library."""
    names: set[str] = set()
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names)


def declared(distribution: str) -> set[str]:
    """Return the names of all libraries that a distribution asks for, extras included."""
    project = tomllib.loads((ROOT / "packages" / distribution / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [
        *project.get("dependencies", []),
        *(line for extra in project.get("optional-dependencies", {}).values() for line in extra),
    ]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def undeclared(names: Iterable[str], asked_for: set[str], providers: Mapping[str, list[str]]) -> list[str]:
    """Return the imported names that none of the libraries asked for provides."""
    return sorted(name for name in names if not {canonicalize_name(p) for p in providers.get(name, [name])} & asked_for)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_what_is_imported_is_declared(distribution: str) -> None:
    modules = [module for module in shipped_modules() if module.path.startswith(f"packages/{distribution}/")]
    names = imported(modules) - {distribution.replace("-", "_")}
    assert undeclared(names, declared(distribution), importlib.metadata.packages_distributions()) == []


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_what_is_declared_is_imported(distribution: str) -> None:
    modules = [module for module in shipped_modules() if module.path.startswith(f"packages/{distribution}/")]
    providers = importlib.metadata.packages_distributions()
    used = {canonicalize_name(p) for name in imported(modules) for p in providers.get(name, [name])}
    own = {canonicalize_name(name) for name in DISTRIBUTIONS}
    assert sorted(declared(distribution) - used - own - set(USED_WITHOUT_IMPORT)) == []


def test_an_undeclared_import_is_seen() -> None:
    module = Module("packages/p/src/p/a.py", "import os\nimport httpx\nfrom yaml import load\nfrom p.b import c\n")
    assert imported([module]) == {"httpx", "yaml", "p"}
    providers = {"httpx": ["httpx"], "yaml": ["PyYAML"]}
    assert undeclared(["httpx", "yaml"], {"pyyaml"}, providers) == ["httpx"]
