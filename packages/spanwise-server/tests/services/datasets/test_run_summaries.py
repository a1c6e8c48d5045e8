"""Sums of a run over traces that are there, late or never come."""

from __future__ import annotations

from decimal import Decimal

from spanwise_server.domain.datasets import Run
from spanwise_server.services.container import Services
from spanwise_server.services.datasets.run_summaries import summarize_run
from tests.accounts import ProjectWithKeys
from tests.event_rows import SECOND, START, observation, score, write


async def test_a_run_of_spans_is_summed_up(services: Services, project: ProjectWithKeys) -> None:
    facts = {"id": "e", "item.id": "i", "item.root_observation_id": "task"}
    rows = [
        observation(project.id, "task", experiment=facts, end_time=START + 2 * SECOND, total_cost=Decimal("0.1")),
        observation(project.id, "judge", at=5, experiment=facts, end_time=START + 9 * SECOND, total_cost=Decimal("0.2")),
    ]
    await write(services, rows, [score(project.id, "s", trace_id="trace", value=0.5)])
    run = Run(id="e", ids=("e",), project_id=project.id, name="e", created_at=0, updated_at=0, start_time=0, end_time=0)

    summary, items = await summarize_run(services.runs, services.events, run)

    assert (summary.item_count, summary.total_cost, summary.error_count) == (1, Decimal("0.3"), 0)
    assert summary.average_latency_us == 2 * SECOND
    assert [(part.name, part.mean) for part in summary.scores] == [("quality", 0.5)]
    assert [item.observation_id for item in items] == ["task"]


async def test_a_run_of_nothing_has_no_latency(services: Services, project: ProjectWithKeys) -> None:
    run = Run(id="no", ids=("no",), project_id=project.id, name="", created_at=0, updated_at=0, start_time=0, end_time=0)

    summary, items = await summarize_run(services.runs, services.events, run)

    assert (summary.item_count, summary.average_latency_us, summary.scores, items) == (0, None, [], [])
