"""Whoever switches a check off says why, in the same line or in a comment above it.

Keeping the formatter away from a table needs no reason: it hides no fault.
"""

from __future__ import annotations

import io
import re
import tokenize

import pytest

from tests.architecture.source_tree import python_modules, text_files

MARKER = re.compile(
    r"#\s*(?:noqa\b(?::\s*[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(?:\[[a-z0-9, -]+\])?|pragma:\s*no cover)"
)
BLANKET = re.compile(r"#\s*(?:noqa(?!:\s*[A-Z])|type:\s*ignore(?!\[)|ruff:\s*noqa|mypy:\s*ignore-errors)")
TYPESCRIPT = re.compile(
    r"@ts-ignore|@ts-nocheck|@ts-expect-error(?!\s*:?\s*\w+ \w+)|\b(?:it|test|describe)\.(?:skip|only|todo)\b|eslint-disable(?!.*--)"
)
WORDS_OF_A_REASON = 2


def has_reason(text: str) -> bool:
    return len(re.findall(r"[A-Za-z]{2,}", text)) >= WORDS_OF_A_REASON


def unexplained(text: str) -> list[int]:
    """Return the numbers of the lines whose suppression has no reason or no code."""
    comments: dict[int, str] = {}
    alone: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments[token.start[0]] = token.string
            if not token.line[: token.start[1]].strip():
                alone.add(token.start[0])
    found = []
    for number, comment in comments.items():
        above = comments.get(number - 1, "") if number - 1 in alone else ""
        if BLANKET.search(comment) or (
            MARKER.search(comment) and not has_reason(MARKER.sub("", comment)) and not has_reason(MARKER.sub("", above))
        ):
            found.append(number)
    return found


def test_every_suppression_of_a_python_check_has_a_reason() -> None:
    assert [f"{module.path}:{line}" for module in python_modules() for line in unexplained(module.text)] == []


def test_every_suppression_of_a_typescript_check_has_a_reason() -> None:
    browser = [(path, text) for path, text in text_files() if path.startswith("web/") and path.endswith((".ts", ".tsx"))]
    assert [(path, match.group()) for path, text in browser for match in TYPESCRIPT.finditer(text)] == []


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("x = 1  # noqa: S314 -- written by our own runner\n", True),
        ("x = 1  # type: ignore[attr-defined]  # the stub lacks it\n", True),
        ("# The library has no types for it.\nx = 1  # type: ignore[attr-defined]\n", True),
        ("x = '# noqa'\n", True),
        ("x = 1  # noqa: S314\n", False),
        ("x = 1  # noqa\n", False),
        ("x = 1  # noqa -- with a reason but no code\n", False),
        ("x = 1  # type: ignore\n", False),
        ("x = 1  # type: ignore[attr-defined]\n", False),
        ("y = 2  # why y is two\nx = 1  # type: ignore[attr-defined]\n", False),
        ("x = 1  # pragma: no cover\n", False),
        ("# ruff: noqa\nx = 1\n", False),
    ],
)
def test_the_python_rule_knows_good_from_bad(text: str, *, is_good: bool) -> None:
    assert (unexplained(text) == []) is is_good


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("// @ts-expect-error the library's type is too narrow", True),
        ("it('skips nothing', () => {})", True),
        ("// @ts-ignore", False),
        ("// @ts-expect-error", False),
        ("it.skip('x', () => {})", False),
        ("describe.only('x', () => {})", False),
    ],
)
def test_the_typescript_rule_knows_good_from_bad(text: str, *, is_good: bool) -> None:
    assert (TYPESCRIPT.search(text) is None) is is_good
