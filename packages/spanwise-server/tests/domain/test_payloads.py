from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.payloads import decode_value, encode_value, is_json_text, raw_json

texts = st.text(st.characters(codec="utf-8"))
scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | texts
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)
json_looking = values.map(json.dumps) | values.map(lambda value: " " + json.dumps(value) + "\n")


def embedded(text: str) -> Any:
    """Return what a client reads when ``text`` is part of a response."""
    return json.loads(msgspec.json.encode({"value": raw_json(text)}))["value"]


@given(values | json_looking)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    """Also a string that looks like JSON, even after it went through twice."""
    text = encode_value(value)
    assert decode_value(text) == value
    assert type(decode_value(text)) is type(value)
    assert decode_value(encode_value(text)) == text


@given(values | json_looking)
def test_a_response_has_the_value(value: Any) -> None:
    assert embedded(encode_value(value)) == value


@given(texts)
def test_any_text_has_a_value(text: str) -> None:
    """What is in a column is not always what ``encode_value`` wrote."""
    value = decode_value(text)
    assert value == (json.loads(text) if is_json_text(text) else text)
    assert embedded(text) == value


@pytest.mark.parametrize("text", ["plain", "", "tomorrow", "nullify", "[not json", '{"a":', "-", "1.2.3", "ünïcode", "'x'"])
def test_plain_text_is_kept_as_the_client_sent_it(text: str) -> None:
    assert not is_json_text(text)
    assert encode_value(text) == text


@pytest.mark.parametrize("text", ["1", "-0.5", "null", "true", '"quoted"', '{"a": 1}', "[]", " [1]\n"])
def test_text_that_is_json_is_kept_quoted(text: str) -> None:
    assert is_json_text(text)
    assert encode_value(text) == json.dumps(text)


@pytest.mark.parametrize(
    ("value", "text"), [(None, "null"), (True, "true"), ({"a": [1]}, '{"a":[1]}'), (1.5, "1.5"), ("hi", "hi")]
)
def test_the_text_of_a_value(value: Any, text: str) -> None:
    assert encode_value(value) == text


def test_nesting_without_end_is_plain_text() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert not is_json_text(deep)
    assert decode_value(deep) == deep
    assert embedded(deep) == deep
