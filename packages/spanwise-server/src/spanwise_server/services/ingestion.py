"""Takes telemetry in: from a request's bytes to rows that are durable and readable, or an error that says why not.

Decoding runs off the event loop; commits are grouped (``ingest.group_commit``). Deleting goes through here as well, so that
no write of the same rows is under way.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import KeyScope, ProjectAccess
from spanwise_server.domain.errors import InvalidRequestError, NotFoundError, OverloadedError
from spanwise_server.domain.observations import Micros, Observation
from spanwise_server.ingest.decode.batch import decode_batch
from spanwise_server.ingest.decode.body import read_body
from spanwise_server.ingest.decode.otlp import decode_spans
from spanwise_server.ingest.decode.otlp_logs import decode_logs
from spanwise_server.ingest.decode.scores import INVALID, decode_scores, describe_refusal
from spanwise_server.ingest.decoded import Decoded, DecodedBatch, DecodedScores, DecodedSpans, IngestContext, IngestLimits
from spanwise_server.ingest.group_commit import CommitLimits, GroupCommit, IngestCounters
from spanwise_server.ingest.pricer import Pricer
from spanwise_server.services.scoring.validation import ConfigLookup, check_scores, keep_without_config
from spanwise_server.settings import Settings
from spanwise_server.storage.interface import EventAdmin, EventRows, EventWriter

_MIB = 1024 * 1024
_INLINE_BYTES = 8 * 1024
"""A body this small is decoded in less time than a thread takes to start on it."""
_logger = logging.getLogger("spanwise.ingest")
_AnyDecoded = TypeVar("_AnyDecoded", bound=Decoded)


class EventSink(EventWriter, EventAdmin, Protocol):
    """What ingestion needs of the event store."""


class Ingestion:
    """The write side of the server. ``start`` it on the event loop; ``close`` it before the store."""

    def __init__(
        self,
        store: EventSink,
        settings: Settings,
        *,
        configs: ConfigLookup,
        clock: Clock,
        pricer: Pricer | None = None,
        after_trace_deletion: Sequence[Callable[[str, Sequence[str]], Awaitable[None]]] = (),
    ) -> None:
        """Take telemetry for ``store``. Each of ``after_trace_deletion`` gets a project and traces that are gone from it."""
        self._store = store
        self._after_trace_deletion = after_trace_deletion
        self._configs = configs
        self._clock = clock
        self._max_decompressed_bytes = settings.max_decompressed_mib * _MIB
        self._max_decoding_bytes = settings.ingest_queue_mib * _MIB
        self._decoding_bytes = 0
        # Requests that were let in before their project's keys were revoked must not bring rows after its deletion.
        self._deleted_projects: set[str] = set()
        self._limits = IngestLimits(
            max_decompressed_bytes=self._max_decompressed_bytes,
            max_json_depth=settings.max_json_depth,
            max_attributes=settings.max_attributes,
            max_attribute_bytes=settings.max_attribute_bytes,
            max_batch_events=settings.max_batch_events,
        )
        limits = CommitLimits(
            queue_bytes=settings.ingest_queue_mib * _MIB,
            flush_rows=settings.ingest_flush_rows,
            flush_bytes=settings.ingest_flush_mib * _MIB,
        )
        self._pricer = pricer
        self._commits = GroupCommit(
            store, limits, now_ns=time.time_ns, is_shared=settings.events_url is not None, pricer=pricer
        )
        # Two: one may wait for the interpreter lock in a decompression while the other builds rows.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="decode")

    @property
    def counters(self) -> IngestCounters:
        """What was taken, refused and written since the start."""
        return self._commits.counters

    def start(self) -> None:
        """Begin to write, on the running event loop."""
        self._commits.start()

    async def close(self) -> None:
        """Write what was accepted, refuse the rest."""
        await self._commits.close()
        self._threads.shutdown(wait=True)

    def context(self, access: ProjectAccess, *, sdk_name: str, sdk_version: str) -> IngestContext:
        """Describe the sender of a request that arrives now."""
        return IngestContext(
            project_id=access.project_id,
            public_key=access.public_key or "",
            sdk_name=sdk_name,
            sdk_version=sdk_version,
            received_at=self._clock(),
            limits=self._limits,
            is_scores_only=access.scope is KeyScope.SCORES,
        )

    async def spans(self, raw: bytes, *, is_json: bool, content_encoding: str, context: IngestContext) -> DecodedSpans:
        """Take an OTLP trace request. Returns when its spans are durable and readable.

        Raises:
            InvalidRequestError, PayloadTooLargeError: the request must be changed.
            OverloadedError: send it again later.
        """
        return await self._take(
            context.project_id, raw, content_encoding, lambda body: decode_spans(body, is_json=is_json, context=context)
        )

    async def logs(self, raw: bytes, *, is_json: bool, content_encoding: str, context: IngestContext) -> Decoded:
        """Take an OTLP logs request. What says nothing about an observation is not kept; otherwise as ``spans``."""
        return await self._take(
            context.project_id, raw, content_encoding, lambda body: decode_logs(body, is_json=is_json, context=context)
        )

    async def batch(self, raw: bytes, *, content_encoding: str, context: IngestContext) -> DecodedBatch:
        """Take a legacy batch; as ``spans``.

        A score that violates its config is kept without it and marked: an error would make clients send the whole
        batch again, in vain, and then drop it.
        """

        async def settle(decoded: DecodedBatch) -> None:
            violations = await check_scores(context.project_id, decoded.configured, self._configs)
            for score, violation in violations:
                keep_without_config(score, violation)
            if violations:
                _logger.warning(
                    "scores kept without their config project_id=%s count=%d first=%r",
                    context.project_id,
                    len(violations),
                    violations[0][1].message,
                )

        return await self._take(context.project_id, raw, content_encoding, lambda body: decode_batch(body, context), settle)

    async def scores(self, raw: bytes, *, content_encoding: str, context: IngestContext) -> DecodedScores:
        """Take one score or an array of scores; as ``spans``. A score that violates its config is refused."""

        async def settle(decoded: DecodedScores) -> None:
            violations = await check_scores(context.project_id, decoded.configured, self._configs)
            if violations and not decoded.is_array:
                raise InvalidRequestError(INVALID, issues=[violation for _, violation in violations])
            decoded.refuse([(score.partial, describe_refusal(score.index, [issue])) for score, issue in violations])

        return await self._take(
            context.project_id,
            raw,
            content_encoding,
            lambda body: decode_scores(body, context, new_id=lambda: uuid.uuid4().hex[:16]),
            settle,
        )

    async def _take(
        self,
        project_id: str,
        raw: bytes,
        content_encoding: str,
        decode: Callable[[bytes], _AnyDecoded],
        settle: Callable[[_AnyDecoded], Awaitable[None]] | None = None,
    ) -> _AnyDecoded:
        def run() -> _AnyDecoded:
            return decode(
                read_body(raw, content_encoding=content_encoding, max_decompressed_bytes=self._max_decompressed_bytes)
            )

        if self._decoding_bytes and self._decoding_bytes + len(raw) > self._max_decoding_bytes:
            raise OverloadedError(
                f"{self._decoding_bytes // 1024} KiB of requests are being decoded, which is the limit",
                hint="send the request again; if this lasts, raise SPANWISE_INGEST_QUEUE_MIB",
            )
        self._decoding_bytes += len(raw)
        try:
            if len(raw) <= _INLINE_BYTES and not content_encoding:
                decoded = run()
            else:
                with self._commits.coming():
                    decoded = await asyncio.get_running_loop().run_in_executor(self._threads, run)
        finally:
            self._decoding_bytes -= len(raw)
        if settle is not None and decoded.configured:
            await settle(decoded)
        if project_id in self._deleted_projects:
            raise NotFoundError("The project has been deleted.")
        await self._commits.submit(decoded)
        return decoded

    async def delete_traces(self, project_id: str, trace_ids: Sequence[str]) -> None:
        """Delete the traces with everything in them; effective when it returns."""
        async with self._commits.paused():
            await self._store.delete_traces(project_id, trace_ids)
        for forget in self._after_trace_deletion:
            await forget(project_id, trace_ids)

    async def delete_scores(self, project_id: str, score_ids: Sequence[str]) -> None:
        """Delete the scores; effective when it returns."""
        async with self._commits.paused():
            await self._store.delete_scores(project_id, score_ids)

    async def reprice(
        self, project_id: str, places: Sequence[tuple[str, str]], *, dry_run: bool
    ) -> list[tuple[Observation, Observation]]:
        """Price stored observations anew; see ``services.pricing.repricing``. Commits wait meanwhile."""
        wanted = set(places)
        async with self._commits.paused():
            stored = await self._store.stored_observations([(project_id, row_id) for _, row_id in dict.fromkeys(places)])
            before = [row for found in stored.values() for row in found if (row.trace_id, row.id) in wanted]
            after = [copy.copy(row) for row in before]
            if self._pricer is not None:
                await self._pricer.price(after)
            changed = [new for old, new in zip(before, after, strict=True) if new != old]
            if changed and not dry_run:
                await self._commits.rewrite(EventRows(observations=[copy.copy(row) for row in changed]))
        return list(zip(before, after, strict=True))

    async def delete_project(self, project_id: str) -> None:
        """Delete all telemetry of the project and take no more of it; effective when it returns."""
        self._deleted_projects.add(project_id)
        await self._commits.drained()
        async with self._commits.paused():
            await self._store.delete_project(project_id)

    async def delete_before(self, project_id: str, before: Micros) -> bool:
        """Delete the project's telemetry from before this time; say whether there was any."""
        async with self._commits.paused():
            return await self._store.delete_before(project_id, before)
