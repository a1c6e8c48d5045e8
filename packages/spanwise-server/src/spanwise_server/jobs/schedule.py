"""Runs jobs over and over on the event loop. Must not know what a job does."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

_logger = logging.getLogger("spanwise.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do again and again. ``run`` must be harmless when it is cut short and called again."""

    name: str
    run: Callable[[], Awaitable[object]]
    every_seconds: float
    first_after_seconds: float = 0.0
    runs_at_the_end: bool = False
    """Once more when the server stops."""


@contextlib.asynccontextmanager
async def scheduled(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Run the jobs, one after the other's fault or not, while the context is open."""
    tasks = [asyncio.create_task(_repeat(job), name=f"job-{job.name}") for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for job in jobs:
            if job.runs_at_the_end:
                await run_once(job)


async def _repeat(job: Job) -> None:
    await asyncio.sleep(job.first_after_seconds)
    while True:
        await run_once(job)
        await asyncio.sleep(job.every_seconds)


async def run_once(job: Job) -> None:
    """Run a job; what it raises is logged, so that the next time comes."""
    try:
        await job.run()
    except Exception:  # whatever it is, it must not end the job for good
        _logger.exception("job failed name=%s", job.name)
