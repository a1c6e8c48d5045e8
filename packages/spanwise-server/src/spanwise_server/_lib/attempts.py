"""Counts failures per key in a sliding window, in bounded memory."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

_MOST_KEYS = 10_000


class AttemptLimit:
    """Allows ``most`` failures per key in ``seconds``; after that the key waits until the oldest has aged out."""

    def __init__(self, most: int, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._monotonic = monotonic
        self._failures: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def seconds_to_wait(self, key: Hashable) -> int:
        """Return 0 when ``key`` may try, else the whole seconds until it may."""
        failures = self._failures.get(key)
        if failures is None or len(failures) < self._most:
            return 0
        return max(0, math.ceil(failures[0] + self._seconds - self._monotonic()))

    def record(self, key: Hashable) -> None:
        """Count a failure of ``key``."""
        failures = self._failures.setdefault(key, deque(maxlen=self._most))
        failures.append(self._monotonic())
        self._failures.move_to_end(key)
        if len(self._failures) > _MOST_KEYS:
            self._failures.popitem(last=False)

    def withdraw(self, key: Hashable) -> None:
        """Undo the latest ``record`` of ``key``: it was no failure after all."""
        failures = self._failures.get(key)
        if failures:
            failures.pop()

    def forgive(self, key: Hashable) -> None:
        """Forget the failures of ``key``."""
        self._failures.pop(key, None)
