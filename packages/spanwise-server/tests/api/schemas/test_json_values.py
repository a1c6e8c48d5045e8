"""Stored payload text becomes JSON again, whole, raw, or flat and cut."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from spanwise_server.api.schemas.json_values import dotted_object, json_object, object_text, one_of, payload, payload_text
from spanwise_server.domain.observations import Level
from spanwise_server.domain.payloads import encode_value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def shown(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


@given(JSON.filter(lambda value: value != ""))
def test_a_payload_comes_back_as_it_was_sent(value: object) -> None:
    assert shown(payload(encode_value(value))) == value


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_metadata_comes_back_typed(value: dict[str, object]) -> None:
    assert shown(json_object({key: encode_value(item) for key, item in value.items()})) == value


@given(st.text(min_size=1))
def test_raw_text_is_the_text_the_client_sent(text: str) -> None:
    assert payload_text(encode_value(text)) == text


@pytest.mark.parametrize(
    ("stored", "raw"),
    [
        ("", None),
        ("null", None),
        ('{"a":1}', '{"a":1}'),
        ("[1,2]", "[1,2]"),
        ("12", "12"),
        ('"12"', "12"),
        ('"half a quote', '"half a quote'),
        ("hello", "hello"),
    ],
)
def test_raw_text_of_other_values_is_their_json(stored: str, raw: str | None) -> None:
    assert payload_text(stored) == raw


def test_no_payload_is_null_and_no_object_is_empty() -> None:
    assert payload("") is None
    assert object_text("") == {}
    assert shown(object_text('{"temperature":0}')) == {"temperature": 0}


@pytest.mark.parametrize(
    ("value", "flat"),
    [
        ({"plain": "x"}, {"plain": "x"}),
        ({"n": 1, "b": True, "none": None, "text1": "1"}, {"n": 1, "b": True, "none": None, "text1": "1"}),
        ({"user": {"id": 7, "plan": {"tier": "pro"}}}, {"user.id": 7, "user.plan.tier": "pro"}),
        ({"empty": {}, "list": [1, {"a": 2}]}, {"empty": {}, "list": [1, {"a": 2}]}),
        ({"long": "x" * 201}, {"long": "x" * 200}),
        ({"exact": "x" * 200}, {"exact": "x" * 200}),
        ({"deep": {"long": "y" * 300}}, {"deep.long": "y" * 200}),
        ({"list": ["z" * 300]}, {"list": ('["' + "z" * 300)[:200]}),
        ({"quoted": "1" * 201}, {"quoted": "1" * 200}),
    ],
)
def test_flat_metadata_has_dotted_keys_and_short_values(value: dict[str, object], flat: dict[str, object]) -> None:
    assert shown(dotted_object({key: encode_value(item) for key, item in value.items()}, ())) == flat


@pytest.mark.parametrize("expanded", ["deep", "deep.inner", "deep.inner.long"])
def test_an_expanded_key_opens_itself_and_what_is_below(expanded: str) -> None:
    stored = {"deep": encode_value({"inner": {"long": "y" * 300}}), "other": "o" * 300}
    assert shown(dotted_object(stored, {expanded})) == {"deep.inner.long": "y" * 300, "other": "o" * 200}
    assert shown(dotted_object(stored, {"other"})) == {"deep.inner.long": "y" * 200, "other": "o" * 300}


def test_nesting_beyond_the_recursion_limit_is_flattened_or_kept_as_text() -> None:
    depth = 5000
    stored = '{"a":' * depth + "1" + "}" * depth
    flat = dotted_object({"m": stored}, ())
    assert len(flat) == 1
    msgspec.json.encode(flat)


def test_a_text_out_of_a_closed_list_documents_the_list() -> None:
    documented = TypeAdapter(Annotated[str, one_of(Level)]).json_schema()

    assert documented == {"type": "string", "enum": ["DEBUG", "DEFAULT", "WARNING", "ERROR"]}
