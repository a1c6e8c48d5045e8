"""`requirements.lock` agrees with what the distributions declare, and `.venv` with the lock."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from functools import cache
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source_tree import ROOT

OWN = {"spanwise", "spanwise-server", "spanwise-orchestrator", "spanwise-kubernetes", "spanwise-workspace"}
PROJECTS = [ROOT / "pyproject.toml", *sorted(ROOT.glob("packages/*/pyproject.toml"))]
ADVICE = "run `make lock`, then `make setup`"


@cache
def locked() -> dict[str, list[Requirement]]:
    """Return the pins of each library; platforms and Python versions may have different ones."""
    entries: dict[str, list[Requirement]] = {}
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            pin = Requirement(line.removesuffix("\\").strip())
            entries.setdefault(canonicalize_name(pin.name), []).append(pin)
    return entries


def declared(project: dict[str, Any]) -> list[Requirement]:
    """Return every requirement of a pyproject file: run time, extras, development and build."""
    table = project.get("project", {})
    groups = [
        table.get("dependencies", []),
        *table.get("optional-dependencies", {}).values(),
        *project.get("dependency-groups", {}).values(),
    ]
    lines = [line for group in groups for line in group] + project.get("build-system", {}).get("requires", [])
    return [r for r in map(Requirement, lines) if canonicalize_name(r.name) not in OWN]


def disagreements(requirements: list[Requirement], lock: dict[str, list[Requirement]]) -> list[str]:
    found = []
    for requirement in requirements:
        pins = lock.get(canonicalize_name(requirement.name), [])
        versions = [next(iter(pin.specifier)).version for pin in pins]
        if not versions or not all(requirement.specifier.contains(version, prereleases=True) for version in versions):
            found.append(f"{requirement} (locked: {', '.join(versions) or 'not at all'})")
    return found


def needed_here() -> set[str]:
    """Return the libraries that the four distributions and the tools need on this platform, by what is installed."""
    waiting = [r for path in PROJECTS for r in declared(tomllib.loads(path.read_text("utf-8")))]
    seen: dict[str, set[str]] = {}
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), {"", *requirement.extras}
        if (requirement.marker and not requirement.marker.evaluate({"extra": ""})) or extras <= seen.get(name, set()):
            continue
        seen.setdefault(name, set()).update(extras)
        for line in importlib.metadata.requires(name) or []:
            child = Requirement(line)
            if not child.marker or any(child.marker.evaluate({"extra": extra}) for extra in extras):
                child.marker = None
                waiting.append(child)
    return set(seen)


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: str(path.parent.name))
def test_what_is_declared_is_locked(path: Any) -> None:
    assert disagreements(declared(tomllib.loads(path.read_text("utf-8"))), locked()) == [], ADVICE


def test_a_disagreement_is_seen() -> None:
    lock = {"httpx": [Requirement("httpx==0.28.1")]}
    assert disagreements([Requirement("httpx>=0.28")], lock) == []
    assert disagreements([Requirement("httpx>=0.29")], lock) == ["httpx>=0.29 (locked: 0.28.1)"]
    assert disagreements([Requirement("httpy")], lock) == ["httpy (locked: not at all)"]


def test_the_environment_is_as_locked() -> None:
    here = {name: pin for name, pins in locked().items() for pin in pins if not pin.marker or pin.marker.evaluate()}
    installed: dict[str, str] = {canonicalize_name(d.name): d.version for d in importlib.metadata.distributions()}
    wrong = [
        f"{pin} (installed: {installed.get(name)})"
        for name, pin in here.items()
        if not pin.specifier.contains(installed.get(name, "0"), prereleases=True)
    ]
    assert wrong == [], "run `make setup`"
    assert sorted(set(installed) - set(here) - OWN - {"pip", "setuptools", "wheel"}) == [], (
        "not in the lock: `make lock`, or `make clean setup`"
    )


def test_nothing_is_locked_that_nobody_needs() -> None:
    here = {name for name, pins in locked().items() if any(not pin.marker or pin.marker.evaluate() for pin in pins)}
    assert here - needed_here() == set(), ADVICE


def test_every_pin_is_exact_and_hashed_and_says_nothing_of_its_origin() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text)
    assert [entry for entry in entries if "==" not in entry.split("\n")[0] or "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "--find-links" not in text
    assert "-index" not in text


def test_our_versions_are_one() -> None:
    projects = [tomllib.loads(path.read_text("utf-8"))["project"] for path in PROJECTS[1:]]
    (version,) = {project["version"] for project in projects}
    lines = [
        line
        for project in projects
        for line in (
            *project.get("dependencies", []),
            *(x for g in project.get("optional-dependencies", {}).values() for x in g),
        )
    ]
    own = [r for r in map(Requirement, lines) if canonicalize_name(r.name) in OWN]
    assert own
    assert {str(r.specifier) for r in own} == {f"=={version}"}
