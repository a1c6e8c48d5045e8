"""Ids, numbers and times in every form, as properties."""

from __future__ import annotations

import base64
import math

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.ingest.decode.otlp_values import (
    TIME_MAX,
    TIME_MIN,
    clamp_time,
    parse_double,
    parse_enum,
    parse_id,
    parse_integer,
    pick_times,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.binary(min_size=8, max_size=8))
def test_an_id_is_the_same_in_every_form(raw: bytes) -> None:
    expected = raw.hex() if any(raw) else None
    forms = [raw.hex(), raw.hex().upper(), base64.b64encode(raw).decode(), list(raw), {"type": "Buffer", "data": list(raw)}]
    assert {parse_id(form, 8) for form in forms} == {expected}


@given(ANYTHING, st.sampled_from([8, 16]))
def test_no_value_breaks_an_id(value: object, size: int) -> None:
    found = parse_id(value, size)
    assert found is None or (len(bytes.fromhex(found)) == size and found == found.lower())


@given(ANYTHING)
def test_no_value_breaks_a_number(value: object) -> None:
    assert parse_integer(value) is None or type(parse_integer(value)) is int
    double = parse_double(value)
    assert not isinstance(double, float) or math.isfinite(double)
    assert type(parse_enum(value, {"A": 1})) is int


@given(st.integers(), st.integers(), st.integers(min_value=1, max_value=TIME_MAX))
def test_times_fit_the_store(start: int, end: int, received_at: int) -> None:
    for time in pick_times(start, end, received_at):
        assert TIME_MIN <= time <= TIME_MAX
        assert clamp_time(time) == time


@given(st.integers(min_value=1000, max_value=2**62))
def test_times_keep_microseconds(nanos: int) -> None:
    assert pick_times(nanos, 0, 1) == (nanos // 1000, nanos // 1000)
