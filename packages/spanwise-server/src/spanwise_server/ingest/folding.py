"""Folds a group of partials over what the store already has, and says which rows to write and which places to vacate.

Reads through the writer's own view of the store, so that it sees everything that was written before. Keeps recently
folded rows in memory: an update usually follows its create within seconds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from spanwise_server.domain.merging import joined, observation_of, says_the_same, score_of, sort_key
from spanwise_server.domain.observations import Observation, ObservationType
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.scores import Score
from spanwise_server.storage.interface import EventRows, EventWriter

_Row = TypeVar("_Row", Observation, Score)
_Key = tuple[str, str]
_ROW_OVERHEAD_BYTES = 2000


class RecentRows(Generic[_Row]):
    """The rows folded last, bounded by their size in bytes. Only right where one process writes the store."""

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity = capacity_bytes
        self._size = 0
        self._rows: OrderedDict[_Key, tuple[_Row, int]] = OrderedDict()

    def get(self, key: _Key) -> _Row | None:
        """Return the row under ``key`` and keep it a while longer."""
        found = self._rows.get(key)
        if found is None:
            return None
        self._rows.move_to_end(key)
        return found[0]

    def put(self, key: _Key, row: _Row) -> None:
        """Remember ``row``, forgetting the rows that were not used for longest."""
        self.forget(key)
        size = _size(row)
        self._rows[key] = (row, size)
        self._size += size
        while self._size > self._capacity and self._rows:
            _, (_, freed) = self._rows.popitem(last=False)
            self._size -= freed

    def forget(self, key: _Key) -> None:
        """Drop the row under ``key``, if any."""
        found = self._rows.pop(key, None)
        if found is not None:
            self._size -= found[1]

    def __len__(self) -> int:
        return len(self._rows)

    def clear(self) -> None:
        """Drop every row."""
        self._rows.clear()
        self._size = 0


class Folding:
    """Turns partials into rows. Used by one commit at a time."""

    def __init__(self, store: EventWriter, *, recent_bytes: int) -> None:
        self._store = store
        self._traces: RecentRows[Observation] = RecentRows(recent_bytes // 4)
        self._observations: RecentRows[Observation] = RecentRows(recent_bytes)
        self._scores: RecentRows[Score] = RecentRows(recent_bytes // 4)

    async def fold(self, partials: Sequence[Partial], rows: EventRows) -> None:
        """Add to ``rows`` what ``partials`` amount to."""
        traces: dict[_Key, Observation] = {}
        observations: dict[_Key, Observation] = {}
        scores: dict[_Key, Score] = {}
        for partial in partials:
            key = (partial.project_id, partial.id)
            if partial.entity is Entity.SCORE:
                _add(scores, key, score_of(partial))
            else:
                _add(traces if partial.entity is Entity.TRACE else observations, key, observation_of(partial))
        if traces:
            stored = await self._stored_traces(traces)
            _settle(traces, stored, self._traces, rows.observations, rows.vacated_observations)
        if observations:
            known = await self._stored_observations(observations)
            _settle(observations, known, self._observations, rows.observations, rows.vacated_observations)
        if scores:
            unknown = [key for key in scores if self._scores.get(key) is None]
            judged = await self._store.stored_scores(unknown) if unknown else {}
            _settle(scores, judged, self._scores, rows.scores, rows.vacated_scores)

    async def _stored_traces(self, fresh: Mapping[_Key, Observation]) -> Mapping[_Key, Sequence[Observation]]:
        unknown = [key for key in fresh if self._traces.get(key) is None]
        return await self._store.stored_trace_records(unknown) if unknown else {}

    async def _stored_observations(self, fresh: Mapping[_Key, Observation]) -> Mapping[_Key, Sequence[Observation]]:
        unknown = [key for key in fresh if self._observations.get(key) is None]
        if not unknown:
            return {}
        found = await self._store.stored_observations(unknown)
        return {key: same for key, stored in found.items() if (same := _same_entity(fresh[key], stored))}

    async def overtaken(self, rows: EventRows) -> EventRows:
        """Return the rows among ``rows``, made from partials, of which the store now shows less than they say."""
        lacking = EventRows()
        clocked = [row for row in rows.observations if row.clock]
        records = {(row.project_id, row.trace_id): row for row in clocked if row.type == ObservationType.TRACE}
        spans = {(row.project_id, row.id): row for row in clocked if row.type != ObservationType.TRACE}
        judged = {(row.project_id, row.id): row for row in rows.scores}
        if records:
            _lacking(records, await self._store.stored_trace_records(list(records)), lacking.observations)
        if spans:
            _lacking(spans, await self._store.stored_observations(list(spans)), lacking.observations)
        if judged:
            _lacking(judged, await self._store.stored_scores(list(judged)), lacking.scores)
        return lacking

    def forget(self, rows: EventRows) -> None:
        """Drop what is remembered of ``rows``: they were replaced as a whole, or their write failed."""
        if not len(self._traces) + len(self._observations) + len(self._scores):
            return
        for row in rows.observations:
            if row.type == ObservationType.TRACE:
                self._traces.forget((row.project_id, row.trace_id))
            else:
                self._observations.forget((row.project_id, row.id))
        for score in rows.scores:
            self._scores.forget((score.project_id, score.id))

    def clear(self) -> None:
        """Drop everything remembered."""
        for recent in (self._traces, self._observations, self._scores):
            recent.clear()


def _size(row: Observation | Score) -> int:
    payload = len(row.input) + len(row.output) if isinstance(row, Observation) else len(row.comment)
    return _ROW_OVERHEAD_BYTES + payload


def _add(rows: dict[_Key, _Row], key: _Key, row: _Row) -> None:
    known = rows.get(key)
    rows[key] = row if known is None else joined(known, row)


def _same_entity(fresh: Observation, stored: Sequence[Observation]) -> list[Observation]:
    """Choose which stored rows the partial belongs to.

    Rows that earlier partials made are one entity wherever they stand. Of whole spans that happen to share an id, the
    one in the same trace is meant; without a trace, the newest.
    """
    clocked = [row for row in stored if row.clock]
    if clocked:
        return clocked
    if "trace_id" in fresh.clock:
        return [row for row in stored if row.trace_id == fresh.trace_id]
    return [max(stored, key=lambda row: row.row_version)] if stored else []


def _lacking(rows: Mapping[_Key, _Row], stored: Mapping[_Key, Sequence[_Row]], lacking: list[_Row]) -> None:
    for key, row in rows.items():
        shown = [other for other in stored.get(key, ()) if sort_key(other) == sort_key(row)]
        whole = row
        for other in shown:
            whole = joined(whole, other)
        if not shown or not says_the_same(whole, max(shown, key=lambda other: other.row_version)):
            lacking.append(whole)


def _settle(
    fresh: Mapping[_Key, _Row],
    stored: Mapping[_Key, Sequence[_Row]],
    recent: RecentRows[_Row],
    live: list[_Row],
    vacated: list[_Row],
) -> None:
    for key, new in fresh.items():
        remembered = recent.get(key)
        before = [remembered] if remembered is not None else list(stored.get(key, ()))
        row = new
        for earlier in before:
            row = joined(row, earlier)
        place = sort_key(row)
        vacated.extend(earlier for earlier in before if sort_key(earlier) != place)
        live.append(row)
        recent.put(key, row)
