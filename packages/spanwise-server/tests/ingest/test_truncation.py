"""Cut text fits, says so, and keeps whole characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.payloads import decode_value
from spanwise_server.ingest.truncation import cut, encode_cut

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.mark.parametrize("text", ["", "a" * 100, "é" * 50, "🦊" * 25])
def test_text_within_the_limit_is_untouched(text: str) -> None:
    assert cut(text, 100) == (text, False)


def test_cut_text_says_how_much_was_kept() -> None:
    assert cut("a" * 1000, 100) == ("a" * 62 + "…[truncated: kept 62 of 1000 bytes]", True)


@given(TEXT, st.integers(0, 400))
def test_result_fits_and_begins_like_the_text(text: str, limit: int) -> None:
    result, is_cut = cut(text, limit)
    assert len(result.encode()) <= limit
    assert is_cut == (len(text.encode()) > limit)
    if is_cut:
        beginning = result.partition("…[truncated: ")[0]
        assert text.startswith((beginning, result))
    else:
        assert result == text


def test_a_limit_below_the_mark_keeps_the_bare_beginning() -> None:
    assert cut("äöü" * 10, 5) == ("äö", True)


def test_cut_json_is_text_and_not_a_value() -> None:
    text, is_cut = encode_cut({"key": "v" * 200}, 120)
    assert is_cut
    assert decode_value(text) == text
    assert text.startswith('{"key":"vvv')


def test_a_string_that_looks_like_json_is_cut_without_its_quotes() -> None:
    text, is_cut = encode_cut("[" + "1," * 200 + "1]", 120)
    assert is_cut
    assert text.startswith("[1,1,")
    assert decode_value(text) == text


@given(TEXT)
def test_a_value_within_the_limit_comes_back(text: str) -> None:
    encoded, is_cut = encode_cut(text, 10_000)
    assert not is_cut
    assert decode_value(encoded) == text
