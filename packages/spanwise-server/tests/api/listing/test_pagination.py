"""Numbered pages count only when they must; cursors survive the trip and refuse what was not given out."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.api.listing.pagination import (
    after_observation,
    after_score,
    after_trace,
    cut_page,
    numbered_page,
    observation_cursor,
    score_cursor,
    trace_cursor,
)
from spanwise_server.api.listing.parameters import PageParameters
from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.scores import Score
from spanwise_server.domain.traces import Trace
from spanwise_server.query.queries import Keyset

TIMES = st.integers(-(10**15), 9 * 10**15)


@given(TIMES, st.text(), st.text())
def test_cursors_name_the_row_exactly(time: int, trace_id: str, row_id: str) -> None:
    observation = Observation(project_id="p", trace_id=trace_id, id=row_id, start_time=time)
    assert after_observation(observation_cursor(observation)) == Keyset(time, trace_id, row_id)
    score = Score(project_id="p", id=row_id, name="n", timestamp=time)
    assert after_score(score_cursor(score)) == Keyset(time, id=row_id)
    trace = Trace(project_id="p", id=row_id, timestamp=time)
    assert after_trace(trace_cursor(trace)) == Keyset(time, row_id, row_id)


def test_both_base64_alphabets_and_lost_padding_are_accepted() -> None:
    row = Observation(project_id="p", trace_id="??>>~~", id="ü" * 5, start_time=1)
    cursor = observation_cursor(row)
    standard = base64.b64encode(base64.urlsafe_b64decode(cursor)).decode()
    assert after_observation(standard) == after_observation(cursor) == after_observation(cursor.rstrip("="))


@pytest.mark.parametrize("after", [after_observation, after_score, after_trace])
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        "e30=",
        "bnVsbA==",
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b'{"lastTimestamp":"soon"}').decode(),
        "é",
    ],
)
def test_what_is_not_a_cursor_is_refused(after: object, cursor: str) -> None:
    assert callable(after)
    with pytest.raises(InvalidRequestError, match="Invalid cursor") as caught:
        after(cursor)
    assert caught.value.issues[0].path == ("cursor",)


def test_a_cursor_with_a_false_time_is_refused() -> None:
    cursor = base64.b64encode(b'{"lastStartTimeTo":"soon","lastTraceId":"","lastId":""}').decode()
    with pytest.raises(InvalidRequestError, match="Invalid cursor"):
        after_observation(cursor)


def test_no_cursor_is_the_beginning() -> None:
    assert after_observation(None) is after_score(None) is after_trace(None) is None


@given(st.lists(st.integers(), max_size=8), st.integers(1, 5))
def test_a_cursor_is_given_only_when_more_follows(rows: list[int], limit: int) -> None:
    page, cursor = cut_page(rows[: limit + 1], limit, str)
    assert list(page) == rows[:limit]
    assert cursor == (str(rows[limit - 1]) if len(rows) > limit else None)


@pytest.mark.parametrize(
    ("total", "page", "limit", "expected", "is_counted"),
    [
        (0, 1, 50, {"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0}, False),
        (3, 1, 50, {"page": 1, "limit": 50, "totalItems": 3, "totalPages": 1}, False),
        (50, 1, 50, {"page": 1, "limit": 50, "totalItems": 50, "totalPages": 1}, True),
        (51, 1, 50, {"page": 1, "limit": 50, "totalItems": 51, "totalPages": 2}, True),
        (51, 2, 50, {"page": 2, "limit": 50, "totalItems": 51, "totalPages": 2}, False),
        (51, 9, 50, {"page": 9, "limit": 50, "totalItems": 51, "totalPages": 2}, True),
    ],
)
async def test_numbered_pages(total: int, page: int, limit: int, expected: dict[str, int], *, is_counted: bool) -> None:
    parameters = PageParameters.model_validate({"page": page, "limit": limit})
    everything = list(range(total))
    counts: list[None] = []

    async def find(offset: int) -> list[int]:
        return everything[offset : offset + limit]

    async def count(_: int) -> int:
        counts.append(None)
        return total

    rows, meta = await numbered_page(parameters.offset, parameters, find, count)
    assert rows == everything[parameters.offset : parameters.offset + limit]
    assert meta == expected
    assert bool(counts) == is_counted
