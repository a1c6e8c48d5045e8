"""The map forgets in time and never grows beyond its bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server._lib.expiring import ExpiringMap


class _Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_value_lives_for_its_seconds() -> None:
    time = _Time()
    remembered: ExpiringMap[str, int] = ExpiringMap(capacity=2, seconds=10, monotonic=time)
    remembered.put("a", 1)

    time.now = 9.9
    assert remembered.get("a") == 1
    time.now = 10.0
    assert remembered.get("a") is None
    assert len(remembered) == 0


def test_putting_again_starts_anew() -> None:
    time = _Time()
    remembered: ExpiringMap[str, int] = ExpiringMap(capacity=2, seconds=10, monotonic=time)
    remembered.put("a", 1)
    time.now = 8.0
    remembered.put("a", 2)

    time.now = 17.0
    assert remembered.get("a") == 2


def test_clear_forgets_everything() -> None:
    remembered: ExpiringMap[str, int] = ExpiringMap(capacity=2, seconds=10)
    remembered.put("a", 1)
    remembered.clear()

    assert remembered.get("a") is None


@given(keys=st.lists(st.integers(0, 20), max_size=60), capacity=st.integers(1, 8))
def test_it_holds_the_latest_and_no_more(keys: list[int], capacity: int) -> None:
    remembered: ExpiringMap[int, int] = ExpiringMap(capacity=capacity, seconds=10, monotonic=lambda: 0.0)
    for position, key in enumerate(keys):
        remembered.put(key, position)

    latest = list(dict.fromkeys(reversed(keys)))[:capacity]
    assert len(remembered) == len(latest)
    assert all(remembered.get(key) == len(keys) - 1 - keys[::-1].index(key) for key in latest)
