"""The files that the architecture tests read. Knows where things lie; knows no rule."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT_FOLDERS = ("tools", "benches", "examples")


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its path from the root of the repository, its text and its syntax tree."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """Return the syntax tree; a file that does not parse raises ``SyntaxError`` with its name."""
        return _parse(self.path, self.text)

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1].removesuffix(".py")

    @property
    def is_shipped(self) -> bool:
        """Whether the file is part of a distribution."""
        return self.path.startswith("packages/") and "/src/" in self.path

    @property
    def is_test(self) -> bool:
        return self.path.startswith("tests/") or (self.path.startswith("packages/") and "/tests/" in self.path)

    @property
    def inside(self) -> str:
        """The path inside the distribution's package: ``domain/errors.py`` of ``…/src/spanwise_server/domain/errors.py``."""
        return self.path.split("/src/", 1)[1].split("/", 1)[1] if self.is_shipped else self.path


@cache
def _parse(path: str, text: str) -> ast.Module:
    return ast.parse(text, filename=path)


@cache
def tracked_files() -> tuple[str, ...]:
    """Return the paths of all files that are, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(sorted({name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}))


@cache
def python_modules() -> tuple[Module, ...]:
    """Return every Python file of the repository."""
    return tuple(Module(path, (ROOT / path).read_text("utf-8")) for path in tracked_files() if path.endswith(".py"))


def shipped_modules() -> list[Module]:
    """Return the modules of the four distributions."""
    return [module for module in python_modules() if module.is_shipped]


def modules_of_tests() -> list[Module]:
    """Return test modules and the modules that serve them."""
    return [module for module in python_modules() if module.is_test]


def text_files() -> list[tuple[str, str]]:
    """Return path and text of every tracked file that is UTF-8 text."""
    found = []
    for path in tracked_files():
        try:
            found.append((path, (ROOT / path).read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def docstring_lines(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines the docstring of ``node`` takes, 0 for none."""
    if ast.get_docstring(node, clean=False) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1
