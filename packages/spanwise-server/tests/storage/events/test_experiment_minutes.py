"""Which minutes are told of which experiments, and that the store's own minutes are the same."""

from __future__ import annotations

from spanwise_server.storage.events.experiment_minutes import minutes_of_experiments
from tests.event_rows import START, observation

_MINUTE = 60_000_000


def test_rows_without_an_experiment_cost_nothing() -> None:
    rows = [
        observation("p", "a"),
        observation("p", "b", experiment={"item.id": "i"}),
        observation("p", "c", experiment={"id": ""}),
    ]

    assert minutes_of_experiments(rows) is None


def test_each_minute_of_an_experiment_is_told_once() -> None:
    first = START // _MINUTE * 60
    times = [first - START / 1e6 + seconds for seconds in (0, 59, 60)]
    rows = [observation("p", str(at), experiment={"id": "e", "dataset.id": "d"}, at=at) for at in times]
    rows.append(observation("q", "other", experiment={"id": "e"}, at=times[0]))

    block = minutes_of_experiments(rows)

    assert block is not None
    assert [tuple(row.values()) for row in block.to_pylist()] == [
        ("p", "e", "d", first),
        ("p", "e", "d", first + 60),
        ("q", "e", "", first),
    ]


def test_times_beyond_the_stores_minutes_stop_where_they_stop() -> None:
    block = minutes_of_experiments([observation("p", "a", experiment={"id": "e"}, at=200 * 366 * 86_400)])

    assert block is not None
    assert block.to_pylist()[0]["minute"] == 2**32 - 1
