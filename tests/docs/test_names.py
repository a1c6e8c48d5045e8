"""What the pages name exists: variables, make targets, commands and their options, files, routes."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from spanwise_server import settings
from spanwise_server.api.routes import ROUTE_TABLES
from tests.docs.pages import ROOT, Page, pages

VARIABLE = re.compile(r"\b(?:SPANWISE|LANGFUSE_INIT)_[A-Z][A-Z_]*[A-Z]\b")
MAKE = re.compile(r"(?:^\$ |`)make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"(?:^\$ (?:[A-Z_]+=\S+ )*(?:\S*/)?|ExecStart=\S*/|`)spanwise ([a-z]+)([^\n`]*)", re.MULTILINE)
PATH = re.compile(
    r"`((?:\.ci|apps|benches|docs|examples|packages|tests|tools|web)/[\w./-]*)`|\.venv/bin/python -m pytest (\S+)"
)
ROUTE = re.compile(r"/api/(?:admin|public|v1)/[\w/{}-]*\w")
OF_THE_READER = {"SPANWISE_CREDENTIALS"}
"""Variables in examples of configuration for other programs, named by the reader."""


@cache
def variables() -> set[str]:
    kinds = [kind for kind in vars(settings).values() if isinstance(kind, type) and issubclass(kind, BaseSettings)]
    return {f"{kind.model_config.get('env_prefix', '')}{name}".upper() for kind in kinds for name in kind.model_fields}


@cache
def help_of(command: str) -> str:
    """Return what ``spanwise <command> --help`` prints, or nothing if there is no such command."""
    spanwise = str(Path(sys.executable).with_name("spanwise"))
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}
    done = subprocess.run([spanwise, *command.split(), "--help"], env=environment, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


@cache
def routes() -> list[re.Pattern[str]]:
    paths = {route.path for table in ROUTE_TABLES for route in table}
    return [re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)) for path in paths]


@cache
def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def unknown_names(page: Page) -> list[str]:
    text = page.text
    found = [name for name in VARIABLE.findall(text) if name not in variables() | OF_THE_READER]
    found += [f"make {target}" for target in MAKE.findall(text) if target not in make_targets()]
    for command, rest in COMMAND.findall(text):
        helped = help_of(command)
        if not helped:
            found.append(f"spanwise {command}")
        subcommand = re.match(r" ([a-z][a-z-]*)\b", rest)
        if subcommand:
            helped = help_of(f"{command} {subcommand.group(1)}") or helped
        found += [f"spanwise {command} {option}" for option in re.findall(r"--[a-z-]+", rest) if option not in helped]
    found += [path for pair in PATH.findall(text) for path in pair if path and not (ROOT / path).exists()]
    found += [path for path in ROUTE.findall(text) if not _is_route(path)]
    return found


def _is_route(path: str) -> bool:
    """A route, or the prefix of one (what an exporter appends ``/v1/traces`` to)."""
    return any(pattern.fullmatch(path) for pattern in routes()) or any(p.pattern.startswith(path + "/") for p in routes())


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path)
def test_what_a_page_names_exists(page: Page) -> None:
    assert unknown_names(page) == []


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("`SPANWISE_PORT` and LANGFUSE_INIT_ORG_ID", []),
        ("`SPANWISE_PROT`", ["SPANWISE_PROT"]),
        ("```console\n$ make test\n```", []),
        ("run `make tests`", ["make tests"]),
        ("$ .venv/bin/spanwise serve --port 3000", []),
        ("$ A=b spanwise serve --prot 3000", ["spanwise serve --prot"]),
        ("`spanwise sing`", ["spanwise sing"]),
        ("$ spanwise keys create --project p", []),
        ("$ spanwise keys create --port p", ["spanwise keys --port"]),
        ("`tools/run_tests.py`", []),
        ("`tools/gone.py`", ["tools/gone.py"]),
        ("`GET /api/public/health` of `/api/public/otel`", []),
        ("`GET /api/public/helth`", ["/api/public/helth"]),
    ],
)
def test_unknown_names_are_seen(text: str, unknown: list[str]) -> None:
    assert unknown_names(Page("docs/sample.md", text)) == unknown
