"""Days are paged from the newest, and a page is complete in itself."""

from __future__ import annotations

from decimal import Decimal

from spanwise_server.query.expressions import EVERYTHING
from spanwise_server.services.container import Services
from spanwise_server.services.metrics.daily import DailyPage, read_days
from tests.accounts import ProjectWithKeys
from tests.event_rows import SECOND, START, observation, write

DAY = 86_400


async def test_pages_of_days(services: Services, project: ProjectWithKeys) -> None:
    """An observation counts on its own day, its trace on the day the trace began."""
    rows = [
        observation(project.id, "a", trace_id="t1", at=0, model="m", total_cost=Decimal(1)),
        observation(project.id, "b", trace_id="t1", at=DAY, model="m", total_cost=Decimal(2), parent_id="a"),
        observation(project.id, "c", trace_id="t2", at=3 * DAY, model="n", total_cost=Decimal(4)),
    ]
    await write(services, rows)

    async def page(offset: int, limit: int) -> tuple[int, list[tuple[int, int, Decimal]]]:
        asked = DailyPage(since=START - SECOND, until=START + 9 * DAY * SECOND, offset=offset, limit=limit)
        found = await read_days(services.events, project.id, asked, EVERYTHING, EVERYTHING)
        return found.total, [(day.count_traces, day.count_observations, day.total_cost) for day in found.days]

    newest, middle, oldest = (1, 1, Decimal(4)), (0, 1, Decimal(2)), (1, 1, Decimal(1))
    assert await page(0, 10) == (3, [newest, middle, oldest])
    assert await page(1, 1) == (3, [middle])
    assert await page(3, 5) == (3, [])
