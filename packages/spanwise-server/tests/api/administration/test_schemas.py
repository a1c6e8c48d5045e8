"""What administration takes from outside is either storable or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from spanwise_server.api.administration.schemas import ProjectRequest

# Surrogates and NUL included: they come in as escapes.
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(metadata=st.dictionaries(st.text(max_size=5), values, max_size=3))
def test_metadata_is_kept_as_it_is_or_refused(metadata: dict[str, Any]) -> None:
    try:
        kept = ProjectRequest(name="name", metadata=metadata).metadata
    except ValidationError:
        return
    text = json.dumps(kept, allow_nan=False, ensure_ascii=False)
    assert json.loads(text.encode()) == metadata
    assert "\\u0000" not in text


@pytest.mark.parametrize(("depth", "is_kept"), [(20, True), (21, False)])
def test_metadata_may_nest_so_deep(depth: int, *, is_kept: bool) -> None:
    metadata: Any = 1
    for _ in range(depth):
        metadata = {"a": metadata}
    try:
        ProjectRequest(name="name", metadata=metadata)
        kept = True
    except ValidationError:
        kept = False
    assert kept is is_kept


@pytest.mark.parametrize(("days", "is_kept"), [(0, True), (1, False), (2, False), (3, True), (36_500, True), (36_501, False)])
def test_retention_is_none_or_a_few_days(days: int, *, is_kept: bool) -> None:
    try:
        ProjectRequest(name="name", retention=days)
        kept = True
    except ValidationError:
        kept = False
    assert kept is is_kept
