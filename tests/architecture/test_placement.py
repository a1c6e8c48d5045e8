"""What may stand where: SQL in storage, the environment in settings, test code in tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.source_tree import Module, docstring_lines, shipped_modules

SQL = re.compile(
    r"\bSELECT\s[^.]{1,400}?\sFROM\s|\bINSERT\s+INTO\s|\b(CREATE|ALTER|DROP|TRUNCATE|OPTIMIZE)\s+TABLE\s|\bDELETE\s+FROM\s|\bUPDATE\s+\w+\s+SET\s",
    re.DOTALL,
)
"""Statements in capitals, as every statement of ours is written; prose in error messages is not."""

TEST_LIBRARIES = {"conftest", "hypothesis", "pytest", "tests", "unittest"}
PYTEST_PLUGINS = {"testing.py"}
"""Modules that are pytest plug-ins for our users, and so may import pytest."""


def _text_constants(tree: ast.Module) -> Iterator[str]:
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and docstring_lines(node)
        if isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def sql_outside_storage(module: Module) -> list[str]:
    if module.inside.startswith("storage/"):
        return []
    return [text for text in _text_constants(module.tree) if SQL.search(text)]


def environment_outside_settings(module: Module) -> list[str]:
    if module.inside == "settings.py":
        return []
    attributes = [
        f"os.{n.attr}"
        for n in ast.walk(module.tree)
        if isinstance(n, ast.Attribute) and n.attr in {"environ", "environb", "getenv"}
    ]
    readers = ("os.environ", "os.getenv", "pydantic_settings", "dotenv")
    return attributes + [name for name in _imports(module.tree) if name.startswith(readers)]


def imports_of_test_code(module: Module) -> list[str]:
    if module.inside in PYTEST_PLUGINS:
        return []
    return [name for name in _imports(module.tree) if name.split(".")[0] in TEST_LIBRARIES]


Rule = Callable[[Module], list[str]]
RULES: list[Rule] = [sql_outside_storage, environment_outside_settings, imports_of_test_code]


@pytest.mark.parametrize("rule", RULES)
def test_everything_is_in_its_place(rule: Rule) -> None:
    assert {module.path: found for module in shipped_modules() if (found := rule(module))} == {}


S = "packages/p/src/p/"


@pytest.mark.parametrize(
    ("rule", "path", "text", "is_good"),
    [
        (sql_outside_storage, "storage/events/a.py", 'q = "SELECT a FROM b"', True),
        (sql_outside_storage, "api/a.py", '"""Never SELECT a FROM b here."""', True),
        (sql_outside_storage, "api/a.py", 'raise ValueError("cannot delete from the list, select one from it")', True),
        (sql_outside_storage, "api/a.py", 'q = "SELECT a FROM b"', False),
        (sql_outside_storage, "services/a.py", 'q = f"DELETE FROM {table} WHERE x"', False),
        (sql_outside_storage, "jobs/a.py", 'q = """\n  INSERT INTO\n t VALUES"""', False),
        (sql_outside_storage, "query/a.py", 'q = "UPDATE scores SET x = 1"', False),
        (environment_outside_settings, "settings.py", "import os\nx = os.environ['A']", True),
        (environment_outside_settings, "api/a.py", "environment = 1", True),
        (environment_outside_settings, "api/a.py", "import os\nx = os.environ.get('A')", False),
        (environment_outside_settings, "api/a.py", "from os import getenv", False),
        (environment_outside_settings, "api/settings.py", "from pydantic_settings import BaseSettings", False),
        (imports_of_test_code, "testing.py", "import pytest", True),
        (imports_of_test_code, "api/a.py", "import pytestlike", True),
        (imports_of_test_code, "api/a.py", "import pytest", False),
        (imports_of_test_code, "api/a.py", "from tests.builders import x", False),
        (imports_of_test_code, "api/a.py", "from unittest import mock", False),
    ],
)
def test_the_rules_know_good_from_bad(rule: Rule, path: str, text: str, *, is_good: bool) -> None:
    assert (rule(Module(S + path, text)) == []) is is_good
