"""Values of single fields in every form, as properties."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.ingest.conventions.fields import parse_flag, parse_tags, parse_time, text_of

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
)


@given(_VALUES)
def test_no_value_breaks_a_field(value: object) -> None:
    text_of(value).encode()
    assert parse_flag(value) in (True, False, None)
    tags = parse_tags(value)
    assert all(tags)
    assert len(tags) == len(set(tags))
    time = parse_time(value)
    assert time is None or isinstance(time, int)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2299, 12, 31)))  # noqa: DTZ001 -- zones are added below
def test_a_time_is_read_to_the_microsecond(moment: datetime) -> None:
    micros = parse_time(moment.replace(tzinfo=UTC).isoformat())
    assert micros is not None
    assert parse_time(f'"{moment.isoformat()}Z"') == micros
    assert parse_time(moment.isoformat()) == micros
    assert micros % 1_000_000 == moment.microsecond
