"""Group commit: while one insert is in flight, everything that arrives gathers for the next.

A request is acknowledged when the insert that carries its rows has returned; there is no other queue and no log. What
waits is bounded in bytes; beyond the bound requests are refused with 503 and Retry-After, never dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from spanwise_server.domain.errors import OverloadedError, SpanwiseError, StoreUnavailableError
from spanwise_server.domain.merging import Row
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.scores import Score
from spanwise_server.ingest.decoded import Decoded
from spanwise_server.ingest.folding import Folding
from spanwise_server.ingest.pricer import Pricer
from spanwise_server.storage.interface import EventRows, EventWriter

_MAX_VERIFICATIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitLimits:
    """Bounds on what waits and on one insert; ``settings`` has the defaults."""

    queue_bytes: int
    flush_rows: int
    flush_bytes: int
    recent_bytes: int = 32 * 1024 * 1024
    linger_seconds: float = 0.04
    """How long a group waits for requests that are being decoded: an insert costs some 40 ms of processor time whatever
    its size, and small parts are merged over and over."""
    regroup_seconds: float = 0.015
    """How long after an insert a group waits for those who were just answered: busy senders send again at once, and without
    this they settle into two halves that take turns, each paying for an insert of its own."""


@dataclass(slots=True)
class IngestCounters:
    """What has happened since the start; shown by the readiness page and the doctor."""

    requests: int = 0
    observations: int = 0
    partials: int = 0
    refused: int = 0
    failed: int = 0
    inserts: int = 0


@dataclass(slots=True, eq=False)
class _Waiting:
    decoded: Decoded
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def rows(self) -> int:
        return len(self.decoded.observations) + len(self.decoded.partials)


class GroupCommit:
    """Takes decoded requests, writes them in groups. Start it with ``start``; ``close`` writes what still waits."""

    def __init__(
        self,
        store: EventWriter,
        limits: CommitLimits,
        *,
        now_ns: Callable[[], int],
        is_shared: bool = False,
        pricer: Pricer | None = None,
    ) -> None:
        """``is_shared`` says that other processes write the same store: nothing is remembered, every fold is verified."""
        self._store = store
        self._pricer = pricer
        self._limits = limits
        self._now_ns = now_ns
        self._is_shared = is_shared
        self._folding = Folding(store, recent_bytes=0 if is_shared else limits.recent_bytes)
        self._queue: deque[_Waiting] = deque()
        self._queued_bytes = 0
        self._arrived = asyncio.Event()
        self._exclusive = asyncio.Lock()
        self._closing = False
        self._coming = 0
        self._senders = 0
        self._written_at = 0.0
        self._last_version = 0
        self._task: asyncio.Task[None] | None = None
        self.counters = IngestCounters()

    def start(self) -> None:
        """Begin to write, on the running event loop."""
        self._task = asyncio.create_task(self._run(), name="group-commit")

    @contextlib.contextmanager
    def coming(self) -> Iterator[None]:
        """Announce a request while it is decoded, so that a group about to be written may wait for it."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            self._arrived.set()

    async def submit(self, decoded: Decoded) -> None:
        """Return when everything in ``decoded`` is durable and readable.

        Raises:
            OverloadedError: too much is waiting, the server is stopping, or the store refused; send the request again.
        """
        if self._closing:
            raise OverloadedError("the server is stopping", retry_after_seconds=5)
        if not decoded.observations and not decoded.partials:
            return
        # A request larger than the whole bound is still taken when nothing waits: refusing it would be for ever.
        if self._queue and self._queued_bytes + decoded.size_bytes > self._limits.queue_bytes:
            self.counters.refused += 1
            raise OverloadedError(
                f"{self._queued_bytes // 1024} KiB of telemetry wait for the store, which is the limit",
                hint="send the request again; if this lasts, raise SPANWISE_INGEST_QUEUE_MIB or use a faster disk",
            )
        waiting = _Waiting(decoded)
        waiting.done.add_done_callback(_mark_retrieved)
        self._queue.append(waiting)
        self._queued_bytes += decoded.size_bytes
        self._arrived.set()
        # A client that goes away must not take its rows out of a group that is being written.
        await asyncio.shield(waiting.done)

    @contextlib.asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Hold back inserts while the caller changes stored rows by other means, such as deleting them."""
        async with self._exclusive:
            self._folding.clear()
            yield

    async def drained(self) -> None:
        """Return when everything that waits now has been written or has failed; what arrives meanwhile may still wait."""
        waiting = [item.done for item in self._queue]
        if waiting:
            await asyncio.wait(waiting)

    async def close(self) -> None:
        """Refuse what is new, write what waits, stop."""
        self._closing = True
        self._arrived.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            await self._linger()
            group = self._take()
            if not group:
                if self._closing:
                    return
                self._arrived.clear()
                continue
            async with self._exclusive:
                await self._write(group)
            self._senders = len(group) + len(self._queue) + self._coming
            self._written_at = asyncio.get_running_loop().time()

    async def _linger(self) -> None:
        """Wait for who was answered a moment ago and for what is being decoded: not for long, and not once the group is full."""
        until = self._written_at + self._limits.regroup_seconds
        await self._gather(until, lambda: len(self._queue) + self._coming < self._senders)
        until = asyncio.get_running_loop().time() + self._limits.linger_seconds
        await self._gather(until, lambda: self._coming > 0)
        if self._queue:
            self._arrived.set()

    async def _gather(self, until: float, is_awaited: Callable[[], bool]) -> None:
        """Let requests arrive while more are awaited, at the latest until this time of the event loop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                while (
                    is_awaited()
                    and not self._closing
                    and sum(waiting.rows for waiting in self._queue) < self._limits.flush_rows
                ):
                    self._arrived.clear()
                    await self._arrived.wait()

    def _take(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        rows = size = 0
        while self._queue:
            head = self._queue[0]
            if group and (
                rows + head.rows > self._limits.flush_rows or size + head.decoded.size_bytes > self._limits.flush_bytes
            ):
                break
            group.append(self._queue.popleft())
            rows += head.rows
            size += head.decoded.size_bytes
        self._queued_bytes -= size
        return group

    async def _write(self, group: list[_Waiting]) -> None:
        try:
            await self._commit([waiting.decoded for waiting in group])
        except SpanwiseError as error:
            if len(group) == 1:
                self._fail(group[0], error)
                return
            # One request may hold what the store cannot take; its neighbours must not suffer for it.
            for waiting in group:
                await self._write([waiting])
        except Exception as error:  # noqa: BLE001 - the loop must outlive any fault, and every caller must get an answer
            for waiting in group:
                failure = StoreUnavailableError("the telemetry could not be written")
                failure.__cause__ = error
                self._fail(waiting, failure)
        else:
            for waiting in group:
                self.counters.requests += 1
                if not waiting.done.done():
                    waiting.done.set_result(None)

    def _fail(self, waiting: _Waiting, error: SpanwiseError) -> None:
        self.counters.failed += 1
        if not waiting.done.done():
            waiting.done.set_exception(error)

    async def _commit(self, requests: Sequence[Decoded]) -> None:
        rows = EventRows()
        for decoded in requests:
            rows.observations.extend(decoded.observations)
        self._folding.forget(rows)
        partials = [partial for decoded in requests for partial in decoded.partials]
        try:
            if partials:
                await self._folding.fold(partials, rows)
            await self._store_rows(rows)
            if partials and self._is_shared:
                await self._verify(rows)
        except BaseException:
            self._folding.forget(rows)
            raise
        self.counters.inserts += 1
        self.counters.observations += len(rows.observations)
        self.counters.partials += len(partials)

    async def rewrite(self, rows: EventRows) -> None:
        """Price and write rows that were read while the commits were ``paused``; in that context only."""
        await self._store_rows(rows)
        if self._is_shared:
            await self._verify(rows)

    async def _store_rows(self, rows: EventRows) -> None:
        # After folding, which may have changed what a price depends on; and again for each join with another server's row.
        if self._pricer is not None:
            await self._pricer.price(rows.observations)
        self._stamp(rows)
        await self._store.write(rows, token=uuid.uuid4().hex)

    async def _verify(self, rows: EventRows) -> None:
        """Write again whatever another writer overtook, until the store says all that both said.

        Both writers insert before they look, so at least one of them sees the other's row; joins agree in any order.
        """
        for _ in range(_MAX_VERIFICATIONS):
            rows = await self._folding.overtaken(rows)
            if not rows.observations and not rows.scores:
                return
            await self._store_rows(rows)
        raise StoreUnavailableError("other servers keep updating the same entities", hint="send the request again")

    def _stamp(self, rows: EventRows) -> None:
        """Give every row of the group one version, higher than any before, and its time of arrival."""
        stamped: list[Observation | Score] = [*rows.observations, *rows.scores]
        newest = max((row.row_version for row in stamped), default=0)
        version = max(self._now_ns(), self._last_version + 1, newest + 1)
        self._last_version = version
        for row in stamped:
            row.row_version = version
            if not row.created_at:
                row.created_at = version // 1000
        rows.vacated_observations = [_tombstone(row, version) for row in rows.vacated_observations]
        rows.vacated_scores = [_tombstone(row, version) for row in rows.vacated_scores]


def _tombstone(row: Row, version: int) -> Row:
    gone = copy.copy(row)
    gone.row_version = version
    return gone


def _mark_retrieved(done: asyncio.Future[None]) -> None:
    """Keep the event loop from reporting a failure whose client has gone away; it was counted."""
    if not done.cancelled():
        done.exception()
