"""Windows grow back in time and always end with everything that was asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.storage.events.windows import lower_bounds, window_sql


@given(newest=st.integers(0, 10**16), since=st.one_of(st.none(), st.integers(-(10**16), 10**16)))
def test_bounds_only_go_back_and_the_last_is_the_whole_range(newest: int, since: int | None) -> None:
    """A page that stays short is looked for in all of it in the end."""
    bounds = list(lower_bounds(newest, since))
    assert bounds[-1] == since
    steps = [bound for bound in bounds[:-1] if bound is not None]
    assert steps == sorted(steps, reverse=True)
    assert all(since is None or bound > since for bound in steps)


def test_conditions_name_bound_parameters_alone() -> None:
    """No value ever stands in the text."""
    assert window_sql(None, None) == ""
    assert window_sql("a", "b", column="timestamp") == (
        "AND timestamp >= fromUnixTimestamp64Micro({a:Int64}, 'UTC') AND timestamp < fromUnixTimestamp64Micro({b:Int64}, 'UTC')"
    )
