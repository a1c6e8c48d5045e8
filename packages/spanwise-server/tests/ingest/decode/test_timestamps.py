"""Times that name one instant are read exactly; all others are refused with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.ingest.decode.timestamps import parse_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = (datetime.fromisoformat(day) for day in ("1970-01-02", "2299-12-30"))


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1970-01-02T00:00:01.5+00:00", 86_401_500_000),
        ("1970-01-01T05:30:00+05:30", 0),
        ("1969-12-31T16:00:00-08:00", 0),
        ("1970-01-01T00:00:00.1234569Z", 123_456),
        ("2026-11-20T07:46:23.592854Z", 1_795_160_783_592_854),
        ("2299-12-31T23:59:59.999999Z", 10_413_791_999_999_999),
    ],
)
def test_an_instant_is_read_to_the_microsecond(text: str, micros: int) -> None:
    assert parse_time(text) == micros


@given(st.datetimes(FIRST, LAST, timezones=st.timezones()))
def test_every_zone_is_understood(moment: datetime) -> None:
    assert parse_time(moment.isoformat()) == (moment - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "must be a string with"),
        (1_795_160_783, "must be a string with"),
        (2**63, "must be a string with"),
        (True, "must be a string with"),
        ({}, "must be a string with"),
        ("", "must be an ISO 8601 time such as 2026-01-31T12:00:00.123Z, got ''"),
        ("NaN", "got 'NaN'"),
        ("x" * 10_000, "got '" + "x" * 64 + "…'"),
        ("2026-02-30T00:00:00Z", "must be an ISO 8601 time"),
        ("2026-01-01T00:00:60Z", "must be an ISO 8601 time"),
        ("2026-01-01", "must have a time zone: add Z or an offset to '2026-01-01'"),
        ("2026-01-01T00:00:00", "must have a time zone"),
        ("1969-12-31T23:59:59.999999Z", "must lie in the years 1970 to 2299"),
        ("1970-01-01T00:00:00+00:01", "must lie in the years 1970 to 2299"),
        ("2300-01-01T00:00:00Z", "must lie in the years 1970 to 2299"),
        ("0001-01-01T00:00:00+23:59", "must lie in the years 1970 to 2299"),
        ("9999-12-31T23:59:59-23:59", "must lie in the years 1970 to 2299"),
    ],
)
def test_anything_else_is_refused_with_a_reason(value: Any, reason: str) -> None:
    with pytest.raises(ValueError, match="must") as caught:
        parse_time(value)
    assert reason in str(caught.value)
