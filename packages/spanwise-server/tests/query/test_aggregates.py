"""Time buckets begin where the calendar says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.query.aggregates import Granularity

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.datetimes(datetime(1970, 1, 5), datetime(2299, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds have none


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def start(moment: datetime, granularity: Granularity) -> datetime:
    """Return the start of the bucket by the standard library's calendar."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        Granularity.MINUTE: moment.replace(second=0, microsecond=0),
        Granularity.HOUR: moment.replace(minute=0, second=0, microsecond=0),
        Granularity.DAY: day,
        Granularity.WEEK: day - timedelta(days=day.weekday()),
        Granularity.MONTH: day.replace(day=1),
    }[granularity]


@given(moment=moments, granularity=st.sampled_from(Granularity))
def test_buckets_follow_the_calendar(moment: datetime, granularity: Granularity) -> None:
    first = granularity.floor(micros(moment))
    assert first == micros(start(moment, granularity))
    following = granularity.after(first)
    assert granularity.floor(following) == following
    assert granularity.floor(following - 1) == first
    assert granularity.buckets(first, following) in ({1, 2} if granularity is Granularity.MONTH else {1})


@pytest.mark.parametrize(("granularity", "buckets"), [(Granularity.MINUTE, 1440), (Granularity.HOUR, 24), (Granularity.DAY, 1)])
def test_a_day_has_so_many_buckets(granularity: Granularity, buckets: int) -> None:
    since = micros(datetime(2026, 11, 20, tzinfo=UTC))
    assert granularity.buckets(since, since + 86_400_000_000) == buckets
