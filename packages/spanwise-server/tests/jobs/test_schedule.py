"""Jobs come again and again, also after a fault, and end with the server."""

from __future__ import annotations

import asyncio
import logging

import pytest

from spanwise_server.jobs.schedule import Job, scheduled


class _Work:
    """Counts its runs; fails in the first."""

    def __init__(self) -> None:
        self.runs = 0
        self.has_run_twice = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        if self.runs == 1:
            raise RuntimeError("the first time fails")
        if self.runs == 2:
            self.has_run_twice.set()


async def test_a_fault_is_logged_and_the_next_time_comes(caplog: pytest.LogCaptureFixture) -> None:
    work = _Work()
    async with scheduled([Job(name="counting", run=work, every_seconds=0.001)]):
        async with asyncio.timeout(30):
            await work.has_run_twice.wait()
    runs = work.runs
    await asyncio.sleep(0.01)

    assert work.runs == runs
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "name=counting" in record.getMessage()


async def test_a_job_may_run_at_the_end_and_not_before() -> None:
    at_the_end, never = _Work(), _Work()
    at_the_end.runs = never.runs = 5
    jobs = [
        Job(name="end", run=at_the_end, every_seconds=1000, first_after_seconds=1000, runs_at_the_end=True),
        Job(name="never", run=never, every_seconds=1000, first_after_seconds=1000),
    ]
    async with scheduled(jobs):
        await asyncio.sleep(0)
        assert at_the_end.runs == 5

    assert (at_the_end.runs, never.runs) == (6, 5)


async def test_a_job_under_way_is_cut_short() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with scheduled([Job(name="long", run=work, every_seconds=1)]):
        await started.wait()

    assert ended.is_set()
