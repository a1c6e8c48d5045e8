"""What a new version, a name and a label must look like. The whole table of refusals is in ``api/public/test_prompts``."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.prompts import (
    LATEST,
    PromptDraft,
    PromptSelector,
    PromptType,
    is_label,
    ordered_labels,
    parse_draft,
    parse_labels,
    select_version,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)
KEYS = st.sampled_from(["name", "type", "prompt", "labels", "config", "tags", "commitMessage", "isActive", "other"])
LABELS = st.from_regex(r"[a-z0-9_\-.]{1,36}", fullmatch=True)


@given(body=st.dictionaries(KEYS, JSON) | JSON)
def test_any_json_is_a_draft_or_is_refused_with_the_place_of_each_fault(body: Any) -> None:
    draft, issues = _parsed(body)
    if draft is None:
        assert issues
        assert all(issue.message for issue in issues)
    else:
        assert draft.name == body["name"].strip()
        assert msgspec.json.decode(draft.config) == ({} if body.get("config") is None else body["config"])


def _parsed(body: Any) -> tuple[PromptDraft | None, tuple[Issue, ...]]:
    try:
        return parse_draft(body), ()
    except InvalidRequestError as error:
        return None, error.issues


@given(
    name=st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="|/<>"), min_size=1, max_size=255),
    text=st.text(st.characters(exclude_categories=["Cs"])),
    labels=st.lists(LABELS, max_size=5),
    tags=st.none() | st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5),
)
def test_a_valid_body_comes_through_whole(name: str, text: str, labels: list[str], tags: list[str] | None) -> None:
    name = f"x{name}".strip()[:255]
    draft = parse_draft({"name": f" {name} ", "prompt": text, "labels": labels, "tags": tags})
    assert msgspec.json.decode(draft.content) == text
    assert draft == PromptDraft(
        name=name,
        type=PromptType.TEXT,
        content=draft.content,
        labels=tuple(dict.fromkeys(labels)),
        tags=None if tags is None else tuple(dict.fromkeys(tags)),
    )


@given(label=LABELS)
def test_labels_of_the_alphabet_are_labels(label: str) -> None:
    assert is_label(label)
    if label != LATEST:
        assert parse_labels({"newLabels": [label]}, "newLabels") == (label,)
    for bad in (label + "A", label + " ", label * 37, label + "\n"):
        assert not is_label(bad)


def test_chat_keeps_what_every_client_reads() -> None:
    messages = [{"role": "user", "content": "x", "tool_calls": []}, {"type": "placeholder", "name": "h", "x": 1}]
    draft = parse_draft({"name": "n", "type": "chat", "prompt": messages})
    assert msgspec.json.decode(draft.content) == [{"role": "user", "content": "x"}, {"type": "placeholder", "name": "h"}]


def test_the_first_api_says_production_by_a_flag() -> None:
    draft = parse_draft({"name": "n", "prompt": "x", "isActive": True, "labels": ["a"]})
    assert draft.labels == ("a", "production")


def test_config_may_be_nested_but_not_without_end() -> None:
    def nested(depth: int) -> Any:
        value: Any = 1
        for _ in range(depth):
            value = [value]
        return value

    assert parse_draft({"name": "n", "prompt": "x", "config": nested(199)}).config == "[" * 199 + "1" + "]" * 199
    with pytest.raises(InvalidRequestError) as caught:
        parse_draft({"name": "n", "prompt": "x", "config": nested(200)})
    assert caught.value.issues[0].path == ("config",)


def test_latest_is_shown_last() -> None:
    assert ordered_labels({"latest", "zeta", "production"}) == ("production", "zeta", "latest")


@pytest.mark.parametrize(
    ("version", "label", "expected"),
    [
        (None, None, PromptSelector(label="production")),
        (None, "", PromptSelector(label="production")),
        (3, None, PromptSelector(version=3)),
        (None, "staging", PromptSelector(label="staging")),
    ],
)
def test_what_is_read(version: int | None, label: str | None, expected: PromptSelector) -> None:
    assert select_version(version, label) == expected


def test_version_and_label_exclude_each_other() -> None:
    with pytest.raises(InvalidRequestError):
        select_version(1, "a")
