"""Nested values from flat keys, and text as readers want to find it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.ingest.conventions.messages import (
    parse_nested,
    rebuild,
    unescape,
    with_system_instructions,
    with_tools,
)

_LEAVES = st.text(max_size=5) | st.integers()
_NAMES = st.text(st.characters(exclude_characters=".", exclude_categories=["Nd", "Cs"]), min_size=1, max_size=5)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, min_size=1, max_size=12) | st.dictionaries(_NAMES, inner, min_size=1, max_size=4),
    max_leaves=20,
).filter(lambda tree: isinstance(tree, (list, dict)))


def _flatten(tree: Any, prefix: str = "") -> list[tuple[str, Any]]:
    if isinstance(tree, dict):
        return [pair for key, inner in tree.items() for pair in _flatten(inner, f"{prefix}{key}.")]
    if isinstance(tree, list):
        return [pair for index, inner in enumerate(tree) for pair in _flatten(inner, f"{prefix}{index}.")]
    return [(prefix[:-1], tree)]


@given(_TREES, st.randoms(use_true_random=False))
def test_a_flattened_value_is_rebuilt_whatever_the_order(tree: Any, random: Any) -> None:
    entries = _flatten(tree)
    random.shuffle(entries)
    assert rebuild(entries) == tree


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([("0.a", 1), ("1000000000.a", 2)], {"0": {"a": 1}, "1000000000": {"a": 2}}),
        ([("0.a", 1), ("7.a", 2)], [{"a": 1}, {"a": 2}]),
        ([("a", 1), ("a.b", 2)], {"a": {"": 1, "b": 2}}),
        ([("a.b", 2), ("a", 1)], {"a": {"b": 2, "": 1}}),
        ([("", 1)], {"": 1}),
        ([(".", 1)], {"": {"": 1}}),
    ],
)
def test_keys_that_contradict_each_other_lose_nothing(entries: list[tuple[str, Any]], expected: Any) -> None:
    assert rebuild(entries) == expected


def test_a_key_of_a_hundred_thousand_dots_is_bounded() -> None:
    json.dumps(rebuild([("." * 100_000, 1)]))


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_unescaped_json_has_the_same_value(value: Any) -> None:
    assert json.loads(unescape(json.dumps(value))) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r'{"a": "Z\u00fcrich \ud83c\udf26"}', '{"a":"Zürich 🌦"}'),
        (r'["\\u00fc"]', r'["\\u00fc"]'),
        (r'["\\\u00fc"]', r'["\\ü"]'),
        (r'["\u0022\u000a\u0041\u0001"]', r'["\"\nA\u0001"]'),
        (r"[\u4e00-\u9fff]+", r"[\u4e00-\u9fff]+"),
        (r"plain \u00fc", r"plain \u00fc"),
        (r'["\ud83c"]', r'["\ud83c"]'),
        ('{"a": 1}', '{"a": 1}'),
        ("[" * 150 + r'"\u00fc"' + "]" * 150, "[" * 150 + r'"\u00fc"' + "]" * 150),
    ],
)
def test_what_is_unescaped(text: str, shown: str) -> None:
    assert unescape(text) == shown


@pytest.mark.parametrize(
    "text", ["[" * 200 + "]" * 200, '{"a":' * 150 + "1" + "}" * 150, "[" * 100_000, "[1", "plain", 5, None]
)
def test_what_is_not_parsed_stays(text: Any) -> None:
    assert parse_nested(text) == text


def test_many_brackets_are_not_deep() -> None:
    assert parse_nested("[" + "[]," * 500 + "[]]") == [[]] * 501


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ('[{"role": "user"}]', [{"role": "system", "content": "s"}, {"role": "user"}]),
        ("hello", [{"role": "system", "content": "s"}, {"role": "user", "content": "hello"}]),
    ],
)
def test_system_instructions_come_first(messages: str, expected: Any) -> None:
    assert with_system_instructions(messages, "s") == expected


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ("hi", {"messages": "hi", "tools": ["t"]}),
        ('[{"role": "user"}]', {"messages": [{"role": "user"}], "tools": ["t"]}),
        ('{"messages": [], "model": "m"}', {"messages": [], "model": "m", "tools": ["t"]}),
        ('{"tools": ["own"]}', '{"tools": ["own"]}'),
        ('{"question": "x"}', {"messages": {"question": "x"}, "tools": ["t"]}),
    ],
)
def test_tools_are_added_unless_there_are_some(messages: str, expected: Any) -> None:
    assert with_tools(messages, ["t"]) == expected
