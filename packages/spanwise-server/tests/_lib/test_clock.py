"""The system clock counts microseconds of the epoch."""

from __future__ import annotations

import time

from spanwise_server._lib.clock import system_clock


def test_it_agrees_with_the_systems_time() -> None:
    before = time.time_ns() // 1_000
    now = system_clock()

    assert before <= now <= time.time_ns() // 1_000
