"""Names of modules say what is in them, and each module has its test where one looks for it."""

from __future__ import annotations

import ast
from collections.abc import Collection

import pytest

from tests.architecture.source_tree import Module, docstring_lines, python_modules, shipped_modules, tracked_files

VAGUE = {
    "base",
    "common",
    "constants",
    "core",
    "helper",
    "helpers",
    "manager",
    "misc",
    "shared",
    "stuff",
    "types",
    "util",
    "utilities",
    "utils",
}
VAGUE_PREFIXES = ("enhanced_", "improved_", "new_", "old_", "simple_")


def is_vague(path: str) -> bool:
    *folders, name = path.removesuffix(".py").split("/")
    words = {*(folder.lstrip("_") for folder in folders), name.lstrip("_")}
    return bool(words & VAGUE) or name.startswith(VAGUE_PREFIXES)


COVERED = {
    "packages/spanwise-server/src/spanwise_server/storage/events/": "packages/spanwise-server/tests/storage/contract/test_event_store.py",
}
"""Folders behind one door, whose promises one suite tests through that door."""


def _only_declares(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the function has no body of its own, or is a constructor that only keeps what it is given."""
    body = function.body[1:] if docstring_lines(function) else function.body
    kept = (ast.Constant, ast.Call) if function.name == "__init__" else (ast.Constant,)
    for line in body:
        if isinstance(line, ast.Expr) and isinstance(line.value, kept):
            continue
        if not (
            function.name == "__init__"
            and isinstance(line, ast.Assign)
            and isinstance(line.value, (ast.Name, ast.Call, ast.Constant))
        ):
            return False
    return True


def has_behaviour(module: Module) -> bool:
    """Whether a function of the module does anything: declarations alone need no test of their own."""
    functions = [node for node in ast.walk(module.tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return not all(_only_declares(function) for function in functions)


def expected_test(module: Module) -> str:
    """Return the path, without suffix, of the module's test: ``…/src/p/a/b.py`` → ``…/tests/a/test_b``."""
    distribution = module.path.split("/src/", 1)[0]
    *folders, name = module.inside.removesuffix(".py").split("/")
    if name in {"__init__", "__main__"} and folders:
        name = folders.pop()
    return "/".join((distribution, "tests", *folders, f"test_{name.lstrip('_')}"))


def lacks_test(module: Module, files: Collection[str]) -> bool:
    """A module may have several test modules, ``test_b.py`` and ``test_b_limits.py``; migrations are tested as a chain.

    Like modules in a folder of a layer, such as the conventions, may be tested as one: ``…/ingest/test_conventions.py``.
    """
    if "/migrations/" in module.path:
        return False
    stem = expected_test(module)
    folder, _, _ = stem.rpartition("/")
    above, _, name = folder.rpartition("/")
    if not above.endswith("/tests") and f"{above}/test_{name}.py" in files:
        return False
    if any(module.path.startswith(covered) and suite in files for covered, suite in COVERED.items()):
        return False
    return has_behaviour(module) and not any(
        f == f"{stem}.py" or (f.startswith(f"{stem}_") and f.endswith(".py")) for f in files
    )


def test_no_module_has_a_vague_name() -> None:
    assert [module.path for module in python_modules() if is_vague(module.path)] == []


def test_every_module_has_its_test() -> None:
    files = tracked_files()
    assert [f"{module.path}: no {expected_test(module)}.py" for module in shipped_modules() if lacks_test(module, files)] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("packages/p/src/p/api/observations.py", False),
        ("packages/p/src/p/_lib/clock.py", False),
        ("packages/p/src/p/api/database.py", False),
        ("packages/p/src/p/utils.py", True),
        ("packages/p/src/p/_helpers.py", True),
        ("packages/p/src/p/common/clock.py", True),
        ("packages/p/src/p/new_clock.py", True),
        ("tests/misc/test_x.py", True),
    ],
)
def test_the_rule_for_names_knows_good_from_bad(path: str, *, expected: bool) -> None:
    assert is_vague(path) is expected


@pytest.mark.parametrize(
    ("path", "text", "files", "expected"),
    [
        ("src/p/a/b.py", "def f(): return 1", ["packages/p/tests/a/test_b.py"], False),
        ("src/p/a/b.py", "def f(): return 1", ["packages/p/tests/a/test_b_limits.py"], False),
        ("src/p/_b.py", "def f(): return 1", ["packages/p/tests/test_b.py"], False),
        ("src/p/a/b.py", 'class P:\n    def f(self):\n        """Return 1."""\n    def g(self): ...\n', [], False),
        ("src/p/a/__init__.py", '"""Owns a."""', [], False),
        (
            "src/p/a/b.py",
            "class E(Exception):\n    def __init__(self, hint):\n        super().__init__()\n        self.hint = hint",
            [],
            False,
        ),
        ("src/p/a/b.py", "class E:\n    def __init__(self, hint):\n        self.hint = hint + 1", [], True),
        ("src/p/a/c/b.py", "def f(): return 1", ["packages/p/tests/a/test_c.py"], False),
        ("src/p/a/b.py", "def f(): return 1", ["packages/p/tests/test_a.py"], True),
        ("src/p/a/b.py", "def f(): return 1", [], True),
        ("src/p/a/b.py", "def f(): return 1", ["packages/p/tests/test_b.py", "packages/p/tests/a/test_bc.py"], True),
        ("src/p/a/__init__.py", "def f(): return 1", ["packages/p/tests/a/test_b.py"], True),
    ],
)
def test_the_rule_for_tests_knows_good_from_bad(path: str, text: str, files: list[str], *, expected: bool) -> None:
    assert lacks_test(Module(f"packages/p/{path}", text), files) is expected
