"""A bounded map whose entries vanish after a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ExpiringMap(Generic[K, V]):
    """Remembers at most ``capacity`` values for ``seconds`` each; the oldest goes first. Not for several threads."""

    def __init__(self, *, capacity: int, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._capacity = capacity
        self._seconds = seconds
        self._monotonic = monotonic

    def get(self, key: K) -> V | None:
        """Return what is remembered under ``key``, or none."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[0] <= self._monotonic():
            del self._entries[key]
            return None
        return entry[1]

    def put(self, key: K, value: V) -> None:
        """Remember ``value`` from now on."""
        self._entries.pop(key, None)
        self._entries[key] = (self._monotonic() + self._seconds, value)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)
