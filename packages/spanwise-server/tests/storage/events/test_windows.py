"""Windows grow back in time and always end with everything that was asked for."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanwise_server.services.container import Services
from spanwise_server.storage.events.engine import Engine
from spanwise_server.storage.events.statements import Read
from spanwise_server.storage.events.windows import DAY, MINUTE, Newest, find_newest, lower_bounds, window_sql
from tests.event_rows import START, observation, write


@given(
    newest=st.builds(Newest, st.integers(0, 10**16), st.integers(60_000_000, 10**14), is_everything=st.booleans()),
    since=st.one_of(st.none(), st.integers(-(10**16), 10**16)),
)
def test_bounds_only_go_back_and_the_last_is_the_whole_range(newest: Newest, since: int | None) -> None:
    """A page that stays short is looked for in all of it in the end."""
    bounds = list(lower_bounds(newest, since))
    assert bounds[-1] == since
    steps = [bound for bound in bounds[:-1] if bound is not None]
    assert steps == sorted(steps, reverse=True)
    assert all(since is None or bound > since for bound in steps)
    assert not (newest.is_everything and steps)


@pytest.fixture
async def read(services: Services) -> AsyncIterator[Read]:
    """Yield the read function of an engine of the test's own."""
    engine = Engine.open(services.settings)
    yield engine.read
    await asyncio.to_thread(engine.close)


async def test_the_newest_rows_are_found_to_the_minute(services: Services, read: Read) -> None:
    """A thousand rows and no more: the first window of a dense project is short, a small project has none."""
    project_id = f"p-{uuid.uuid4()}"
    assert await find_newest(read, project_id, None) is None
    await write(services, [observation(project_id, "old", at=-86_400)])
    minute = START // 60_000_000 * 60_000_000
    assert await find_newest(read, project_id, None) == Newest(
        minute - 86_400_000_000 + 60_000_000, 60_000_000, is_everything=True
    )
    await write(services, [observation(project_id, str(n), at=n / 100) for n in range(1000)])
    dense = await find_newest(read, project_id, None)
    assert dense is not None
    assert (dense.end, dense.reach, dense.is_everything) == (minute + 60_000_000, 60_000_000, False)
    before = await find_newest(read, project_id, START - 1)
    assert before is not None
    assert before.is_everything


def test_conditions_name_bound_parameters_alone() -> None:
    """No value ever stands in the text."""
    assert window_sql(None, None) == ""
    assert set(re.findall(r"\{(\w+):Int64\}", window_sql("a", "b", column="timestamp"))) == {"a", "b"}


@given(
    st.integers(-(10**15), 10**16),
    st.integers(-(10**15), 10**16),
    st.integers(-(10**15), 10**16),
    st.sampled_from([MINUTE, DAY]),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_conditions_mean_the_times_that_they_name(read: Read, time: int, since: int, until: int, grain: int) -> None:
    """The whole grains that come first never leave out what lies between the ends."""
    for closed in (False, True):
        window = window_sql("since", "until", column="at", closed=closed, grain=grain)
        sql = f"SELECT count() FROM (SELECT fromUnixTimestamp64Micro({{time:Int64}}, 'UTC') AS at) WHERE 1 {window}"
        ((count,),) = await read(sql, {"time": time, "since": since, "until": until})
        assert count == (since <= time < until or (closed and since <= time == until))
