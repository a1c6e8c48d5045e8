"""Failures are counted per key in a sliding window."""

from __future__ import annotations

from spanwise_server._lib import attempts
from spanwise_server._lib.attempts import AttemptLimit


class _Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_key_waits_after_its_last_allowed_failure_until_the_oldest_ages_out() -> None:
    time = _Time()
    limit = AttemptLimit(3, 60.0, monotonic=time)
    for _ in range(3):
        assert limit.seconds_to_wait("a") == 0
        limit.record("a")
        time.now += 10

    assert limit.seconds_to_wait("a") == 30
    assert limit.seconds_to_wait("b") == 0
    time.now = 160.0
    assert limit.seconds_to_wait("a") == 0
    limit.record("a")
    assert limit.seconds_to_wait("a") == 10


def test_success_forgives_and_withdraws() -> None:
    limit = AttemptLimit(1, 60.0)
    limit.record("a")
    limit.record("b")
    limit.forgive("a")
    limit.withdraw("b")
    limit.withdraw("never seen")

    assert limit.seconds_to_wait("a") == limit.seconds_to_wait("b") == 0


def test_memory_is_bounded() -> None:
    limit = AttemptLimit(1, 60.0)
    for number in range(attempts._MOST_KEYS + 5):
        limit.record(number)

    assert len(limit._failures) == attempts._MOST_KEYS
    assert limit.seconds_to_wait(0) == 0
    assert limit.seconds_to_wait(attempts._MOST_KEYS) > 0
