"""Payload text of metadata: what was sent is what is read."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.payloads import decode_value
from spanwise_server.ingest.conventions.metadata import text_of_json, text_of_text, texts_of_object

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner),
    max_leaves=10,
)


@given(_JSON)
def test_json_comes_back_as_the_value(value: Any) -> None:
    assert decode_value(text_of_json(json.dumps(value, ensure_ascii=False))) == value
    assert decode_value(text_of_json(json.dumps(value))) == value


@given(_TEXT.filter(lambda text: text[:1] not in ("{", "[")))
def test_text_comes_back_as_the_text(text: str) -> None:
    assert decode_value(text_of_text(text)) in (text, _float_of(text))


def _float_of(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if repr(number) == text else None


@given(st.dictionaries(_TEXT, _JSON, max_size=5))
def test_the_entries_of_an_object_come_back(value: dict[str, Any]) -> None:
    for form in (value, json.dumps(value)):
        assert {key: decode_value(text) for key, text in texts_of_object(form).items()} == value
