"""What the page of compatibility says: what is not there has no route, and every client it names is in the tests."""

from __future__ import annotations

import json
import re

from spanwise_server.api.routes import ROUTE_TABLES
from tests.docs.pages import ROOT
from tests.sdk_matrix.environments import AGENTS, GENERATIONS
from tests.sdk_matrix.features import CLIENTS

PAGE = (ROOT / "docs/reference/compatibility.md").read_text("utf-8")
VERSION = re.compile(r"\d+\.\d+\.\d+")


def _section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_what_is_not_there_has_no_route() -> None:
    routes = {(method, route.path) for table in ROUTE_TABLES for route in table for method in route.methods or ()}
    paths = {path for _, path in routes}
    rows = [line.split("|")[1] for line in _section("What is not there").splitlines() if line.startswith("| `")]
    named = re.findall(r"`(?:([A-Z]+) )?(/[\w/.-]+)`", " ".join(rows))

    assert len(named) > 12
    for method, path in named:
        there = (method, f"/api/public{path}") in routes if method else f"/api/public{path}" in paths
        assert not there, path
        assert method or not [known for known in paths if known.startswith(f"/api/public{path}/")], path


def test_every_version_that_is_named_is_in_the_tests() -> None:
    tested = {version for name in (*GENERATIONS, *CLIENTS) for version in VERSION.findall(name)}
    for package in AGENTS.glob("node-*/package.json"):
        tested |= set(json.loads(package.read_text("utf-8"))["dependencies"].values())
    named = set(VERSION.findall(_section("Clients")))

    assert len(named) >= 8
    assert named - tested == set()
    assert {version for name in CLIENTS for version in VERSION.findall(name)} - named == set()
