"""Times out: milliseconds for Langfuse clients, microseconds for our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.api.schemas.times import seconds_between, to_micros, to_micros_or_none, to_millis, to_millis_or_none

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("micros", "millis_text", "micros_text"),
    [
        (0, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000000Z"),
        (1_790_000_000_592_854, "2026-09-21T14:13:20.592Z", "2026-09-21T14:13:20.592854Z"),
        (1_790_000_000_999_999, "2026-09-21T14:13:20.999Z", "2026-09-21T14:13:20.999999Z"),
        (-1, "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999999Z"),
    ],
)
def test_digits_are_cut_not_rounded(micros: int, millis_text: str, micros_text: str) -> None:
    assert to_millis(micros) == millis_text
    assert to_micros(micros) == micros_text


@given(st.integers(-2_208_988_800_000_000, 10_413_705_600_000_000))
def test_what_is_shown_is_the_time_that_was_stored(micros: int) -> None:
    time = EPOCH + timedelta(microseconds=micros)
    assert datetime.fromisoformat(to_micros(micros)) == time
    assert datetime.fromisoformat(to_millis(micros)) == time - timedelta(microseconds=time.microsecond % 1000)


def test_a_time_that_is_not_known_is_null() -> None:
    assert to_millis_or_none(None) is None
    assert to_micros_or_none(None) is None
    assert to_millis_or_none(1000) == "1970-01-01T00:00:00.001Z"
    assert to_micros_or_none(1) == "1970-01-01T00:00:00.000001Z"


def test_durations_are_seconds() -> None:
    assert seconds_between(1_000_000, 3_500_000) == 2.5
    assert seconds_between(1_000_000, None) is None
