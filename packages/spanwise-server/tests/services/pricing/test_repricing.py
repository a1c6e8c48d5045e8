"""Pricing history in steps: each row once, from where the last step ended, without losing what is written meanwhile."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import httpx

from spanwise_server.domain.models import PricingTier
from spanwise_server.services.container import Services
from spanwise_server.services.pricing.models import ModelDraft
from spanwise_server.services.pricing.repricing import RepriceSelection, RepriceStep
from tests.accounts import ProjectWithKeys

ROWS = 7


async def test_steps_visit_each_row_once_while_others_write(
    services: Services, project: ProjectWithKeys, project_client: httpx.AsyncClient
) -> None:
    def event(kind: str, row: int, second: int, **body: object) -> dict[str, object]:
        time = f"2026-11-20T10:00:{second:02}Z"
        body = {"id": f"row-{row}", "startTime": f"2026-11-20T10:00:{row:02}Z", **body}
        return {"id": f"{kind}-{row}-{second}", "timestamp": time, "type": f"generation-{kind}", "body": body}

    created = [event("create", row, row, model="later", usageDetails={"input": row}) for row in range(1, ROWS + 1)]
    assert (await project_client.post("/api/public/ingestion", json={"batch": created})).json()["errors"] == []
    tier = PricingTier("", "Standard", {"input": Decimal("0.001")})
    await services.models.create_model(project.id, ModelDraft(name="later", match_pattern="^later$", tiers=(tier,)))
    selection, total, cursor, steps = RepriceSelection(project_id=project.id), RepriceStep(), None, 0

    async def keep_writing() -> None:
        for row in range(1, ROWS + 1):
            await project_client.post("/api/public/ingestion", json={"batch": [event("update", row, 30, output=f"late {row}")]})

    writing = asyncio.create_task(keep_writing())
    while True:
        total = total.plus(await services.repricing.step(selection, cursor=cursor, page_rows=2))
        cursor, steps = total.cursor, steps + 1
        if cursor is None:
            break
    await writing

    assert (total.examined, steps) == (ROWS, 4)
    assert total.new_total == sum(range(1, ROWS + 1)) * Decimal("0.001")
    for row in range(1, ROWS + 1):
        shown = (await project_client.get(f"/api/public/observations/row-{row}")).json()
        assert (shown["output"], shown["calculatedTotalCost"]) == (f"late {row}", row / 1000)
