"""A module is a screenful of one idea: lengths of modules, functions, classes and folders, and numbers of parameters.

`.ci/size-exemptions.txt` lists what is too large, with its size. It may only shrink.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest

from tests.architecture.source_tree import ROOT, Module, docstring_lines, python_modules, tracked_files

MODULE_LINES = 500
TEST_MODULE_LINES = 800
INIT_LINES = 80
FUNCTION_LINES = 60
PUBLIC_METHODS = 15
FOLDER_MODULES = 20
POSITIONAL_PARAMETERS = 5
COMPONENT_LINES = 400

EXEMPTIONS_ALLOWED = 0
"""How many lines the exemption file may have. Lower it with the file; never raise it."""

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
Rule = Callable[[Module], Iterator["Excess"]]


@dataclass(frozen=True, slots=True)
class Excess:
    """Something that is larger than its limit. ``what`` names it, ``size`` is what it measures."""

    what: str
    size: int
    limit: int

    def __str__(self) -> str:
        return f"{self.what} {self.size}"


def module_excess(module: Module) -> Iterator[Excess]:
    lines = module.text.count("\n")
    limit = INIT_LINES if module.name == "__init__" else TEST_MODULE_LINES if module.is_test else MODULE_LINES
    if lines > limit:
        yield Excess(module.path, lines, limit)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTION))


def function_excess(module: Module) -> Iterator[Excess]:
    for node in _functions(module.tree):
        body = (node.end_lineno or node.lineno) - node.body[0].lineno + 1 - docstring_lines(node)
        if body > FUNCTION_LINES:
            yield Excess(f"{module.path}:{node.name}", body, FUNCTION_LINES)


def parameter_excess(module: Module) -> Iterator[Excess]:
    if module.is_test:
        return  # a parametrised test takes what its table has
    for node in _functions(module.tree):
        positional = [a.arg for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in {"self", "cls"}]
        if len(positional) > POSITIONAL_PARAMETERS:
            yield Excess(f"{module.path}:{node.name}()", len(positional), POSITIONAL_PARAMETERS)


def class_excess(module: Module) -> Iterator[Excess]:
    if module.is_test:
        return  # a class of tests is a list of tests
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            methods = [m.name for m in node.body if isinstance(m, FUNCTION) and not m.name.startswith("_")]
            if len(methods) > PUBLIC_METHODS:
                yield Excess(f"{module.path}:{node.name}", len(methods), PUBLIC_METHODS)


def folder_excess(modules: Iterable[Module]) -> Iterator[Excess]:
    # A folder of tests mirrors one of the source, and has more than one test module for some.
    folders = Counter(m.path.rsplit("/", 1)[0] for m in modules if m.name != "__init__" and not m.is_test)
    for folder, count in sorted(folders.items()):
        if count > FOLDER_MODULES:
            yield Excess(f"{folder}/", count, FOLDER_MODULES)


def component_excess(path: str, text: str) -> Iterator[Excess]:
    lines = text.count("\n")
    limit = TEST_MODULE_LINES if ".test." in path else COMPONENT_LINES if path.endswith(".tsx") else MODULE_LINES
    if lines > limit:
        yield Excess(path, lines, limit)


def all_excess() -> list[Excess]:
    modules = python_modules()
    browser = [path for path in tracked_files() if path.startswith("web/") and path.endswith((".ts", ".tsx", ".css"))]
    found = [
        e
        for module in modules
        for rule in (module_excess, function_excess, parameter_excess, class_excess)
        for e in rule(module)
    ]
    found += folder_excess(modules)
    found += [e for path in browser for e in component_excess(path, (ROOT / path).read_text("utf-8"))]
    return found


def exemptions() -> list[str]:
    lines = (ROOT / ".ci/size-exemptions.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_nothing_is_too_large() -> None:
    listed = set(exemptions())
    assert [f"{excess} (limit {excess.limit})" for excess in all_excess() if str(excess) not in listed] == []


def test_exemptions_are_needed_and_exact() -> None:
    """An entry that has become smaller or has gone must be lowered or removed."""
    assert sorted(set(exemptions()) - {str(excess) for excess in all_excess()}) == []


def test_exemptions_only_shrink() -> None:
    assert len(exemptions()) <= EXEMPTIONS_ALLOWED


def _function(body_lines: int, docstring: str = "", signature: str = "") -> str:
    return f"def f({signature}):\n{docstring}" + "    x = 1\n" * body_lines


SRC = "packages/p/src/p/m.py"
TEST = "packages/p/tests/test_m.py"


@pytest.mark.parametrize(
    ("rule", "path", "good", "bad"),
    [
        (module_excess, SRC, "x = 1\n" * MODULE_LINES, "x = 1\n" * (MODULE_LINES + 1)),
        (module_excess, TEST, "x = 1\n" * TEST_MODULE_LINES, "x = 1\n" * (TEST_MODULE_LINES + 1)),
        (module_excess, "packages/p/src/p/__init__.py", "x = 1\n" * INIT_LINES, "x = 1\n" * (INIT_LINES + 1)),
        (function_excess, SRC, _function(FUNCTION_LINES), _function(FUNCTION_LINES + 1)),
        (function_excess, TEST, _function(60, '    """A.\n\n    B.\n    """\n'), _function(61, '    """A."""\n')),
        (function_excess, SRC, _function(60, signature="\na,\nb,\nc\n"), "async " + _function(61)),
        (
            parameter_excess,
            SRC,
            _function(1, signature="a, b, c, /, d, e, *, f, g"),
            _function(1, signature="a, b, c, /, d, e, f"),
        ),
        (parameter_excess, SRC, _function(1, signature="self, a, b, c, d, e"), _function(1, signature="a, b, c, d, e, f=1")),
        (
            class_excess,
            SRC,
            "class C:\n" + "".join(f"    def m{i}(self): ...\n    def _p{i}(self): ...\n" for i in range(15)),
            "class C:\n" + "".join(f"    async def m{i}(self): ...\n" for i in range(16)),
        ),
    ],
)
def test_the_rules_know_good_from_bad(rule: Rule, path: str, good: str, bad: str) -> None:
    assert list(rule(Module(path, good))) == []
    assert len(list(rule(Module(path, bad)))) == 1


def test_the_folder_rule_knows_good_from_bad() -> None:
    folder = [Module(f"packages/p/src/p/m{i}.py", "") for i in range(FOLDER_MODULES)]
    init = Module("packages/p/src/p/__init__.py", "")
    assert list(folder_excess([*folder, init])) == []
    assert len(list(folder_excess([*folder, Module("packages/p/src/p/last.py", "")]))) == 1


def test_the_component_rule_knows_good_from_bad() -> None:
    assert list(component_excess("web/src/A.tsx", "x\n" * COMPONENT_LINES)) == []
    assert len(list(component_excess("web/src/A.tsx", "x\n" * (COMPONENT_LINES + 1)))) == 1
    assert list(component_excess("web/src/a.ts", "x\n" * (COMPONENT_LINES + 1))) == []
    assert len(list(component_excess("web/src/a.ts", "x\n" * (MODULE_LINES + 1)))) == 1
