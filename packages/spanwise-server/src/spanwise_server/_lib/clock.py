"""The time as a parameter."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Returns the present time in microseconds since the epoch."""


def system_clock() -> int:
    """Return the present time in microseconds since the epoch."""
    return time.time_ns() // 1_000
