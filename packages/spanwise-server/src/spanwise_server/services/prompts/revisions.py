"""What is remembered of prompts, and how it is noticed that it is out of date.

Every change of a project's prompts raises the project's revision in the database. What is remembered carries the revision
it was made at and counts only while that is the newest one known. A change in this process is known at once; one made by
another process that shares the database is known when the revision is next looked at.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

CHECK_SECONDS: Final = 1.0
"""How long a revision counts without another look: the longest that another process's change goes unnoticed."""
_MOST_PROJECTS: Final = 10_000


class Revisions:
    """The newest known revision of each project."""

    def __init__(self, *, seconds: float = CHECK_SECONDS, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._known: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """Project to revision and the time until which it counts."""

    def newest(self, project_id: str) -> int | None:
        """Return the newest known revision, or none if nothing is known."""
        known = self._known.get(project_id)
        return None if known is None else known[0]

    def claim_check(self, project_id: str) -> bool:
        """Say whether the caller must look into the database now.

        Only one caller is sent: those who ask while it looks go on with what is known.
        """
        revision, until = self._known.get(project_id, (0, 0.0))
        now = self._monotonic()
        if now < until:
            return False
        self._remember(project_id, revision, now + self._seconds)
        return True

    def learn(self, project_id: str, revision: int) -> None:
        """Take note of a revision that was just read or written; an older one than is known changes nothing but the time."""
        self._remember(project_id, max(revision, self.newest(project_id) or 0), self._monotonic() + self._seconds)

    def doubt(self, project_id: str) -> None:
        """Let the next caller look: the one that was sent has failed."""
        revision = self.newest(project_id)
        if revision is not None:
            self._remember(project_id, revision, self._monotonic())

    def _remember(self, project_id: str, revision: int, until: float) -> None:
        self._known[project_id] = (revision, until)
        self._known.move_to_end(project_id)
        if len(self._known) > _MOST_PROJECTS:
            self._known.popitem(last=False)


class RevisionCache(Generic[K, V]):
    """Remembers values made at a revision, up to a total weight; what was used longest ago goes first."""

    def __init__(self, *, capacity: int, weigh: Callable[[V], int]) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._entries: OrderedDict[K, tuple[int, V]] = OrderedDict()
        self._weight = 0

    def get(self, key: K) -> tuple[int, V] | None:
        """Return revision and value under ``key``, or none."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: K, revision: int, value: V) -> None:
        """Remember ``value``, unless a newer one is remembered already or it is too heavy."""
        old = self._entries.get(key)
        weight = self._weigh(value)
        if (old is not None and old[0] > revision) or weight > self._capacity:
            return
        if old is not None:
            self._weight -= self._weigh(old[1])
        self._entries[key] = (revision, value)
        self._entries.move_to_end(key)
        self._weight += weight
        while self._weight > self._capacity:
            _, (_, dropped) = self._entries.popitem(last=False)
            self._weight -= self._weigh(dropped)

    def __len__(self) -> int:
        return len(self._entries)
