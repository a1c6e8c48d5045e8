"""What a run came to: items, time, money, errors and scores, summed up over its traces."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from spanwise_server.domain.datasets import Run, RunItem
from spanwise_server.domain.experiments import ScoreSummary
from spanwise_server.services.datasets.runs import DatasetRuns
from spanwise_server.storage.interface import ExperimentEvents


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A run in numbers."""

    run: Run
    item_count: int
    """Different dataset items."""
    average_latency_us: float | None
    """Over the items whose span, or else trace, is known."""
    total_cost: Decimal
    """USD, of everything in the items' traces: what was asked and what judged the answers."""
    error_count: int
    """Items with an observation of level ERROR in their trace."""
    scores: list[ScoreSummary]
    """Of the run itself, its items and their traces."""


async def summarize_run(runs: DatasetRuns, events: ExperimentEvents, run: Run) -> tuple[RunSummary, list[RunItem]]:
    """Return the run in numbers, and its items, newest first."""
    items = await runs.items(run.project_id, run)
    return await _summarize(events, run, items), items


async def _summarize(events: ExperimentEvents, run: Run, items: Sequence[RunItem]) -> RunSummary:
    trace_ids = [item.trace_id for item in items]
    measures, scores = await asyncio.gather(
        events.measure_traces(run.project_id, trace_ids),
        events.summarize_scores(run.project_id, trace_ids=trace_ids, run_ids=run.ids),
    )
    latencies = []
    for item in items:
        if item.start_time is not None and item.end_time is not None:
            latencies.append(item.end_time - item.start_time)
        elif item.trace_id in measures:
            latencies.append(measures[item.trace_id].end_time - measures[item.trace_id].start_time)
    return RunSummary(
        run=run,
        item_count=len({item.dataset_item_id for item in items}),
        average_latency_us=sum(latencies) / len(latencies) if latencies else None,
        total_cost=sum((part.total_cost for part in measures.values()), Decimal(0)),
        error_count=sum(1 for item in items if item.trace_id in measures and measures[item.trace_id].error_count),
        scores=scores,
    )
