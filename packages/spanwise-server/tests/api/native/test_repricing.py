"""Pricing history anew over HTTP, one page a request."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.accounts import ProjectWithKeys

FLAT = {"modelName": "mine", "matchPattern": "(?i)^mine$", "inputPrice": 0.000001, "outputPrice": 0.000002}


async def _generation(api: httpx.AsyncClient, **body: Any) -> str:
    row_id, event_id = uuid.uuid4().hex, uuid.uuid4().hex
    event = {
        "id": event_id,
        "timestamp": "2026-11-20T10:00:00Z",
        "type": "generation-create",
        "body": {"id": row_id, **body},
    }
    answer = await api.post("/api/public/ingestion", json={"batch": [event]})
    assert answer.json()["errors"] == []
    return row_id


async def test_history_is_priced_anew_on_demand_alone(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    rows = [await _generation(api, model="later", usageDetails={"input": number}) for number in range(1, 4)]
    given = await _generation(api, model="later", usageDetails={"input": 1}, costDetails={"total": 9})
    await _generation(api, model="another", usageDetails={"input": 1})
    await api.post("/api/public/models", json={**FLAT, "modelName": "later", "matchPattern": "^later$"})
    url = f"/api/v1/projects/{project.id}/repricing"
    assert (await api.get(f"/api/public/observations/{rows[0]}")).json()["costDetails"] == {}

    dry = (await api.post(url, json={"dry_run": True, "model": "later"})).json()
    unchanged = (await api.get(f"/api/public/observations/{rows[0]}")).json()
    done = (await api.post(url, json={"model": "later"})).json()
    again = (await api.post(url, json={"since": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z"})).json()

    expected = {
        "examined": 4,
        "changed": 4,
        "old_total_usd": "9.000000000000",
        "new_total_usd": "9.000006000000",
        "cursor": None,
    }
    assert {**dry, "new_total_usd": f"{float(dry['new_total_usd']):.12f}"} == expected
    assert unchanged["costDetails"] == {}
    assert done["changed"] == 4
    assert again == {**again, "examined": 5, "changed": 0, "old_total_usd": "9.000006000000"}
    shown = (await api.get(f"/api/public/observations/{rows[2]}")).json()
    assert shown["costDetails"] == {"input": 0.000003, "total": 0.000003}
    kept = (await api.get(f"/api/public/observations/{given}")).json()
    assert kept["costDetails"] == {"total": 9.0}
    assert kept["modelId"] == shown["modelId"]


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0=", "WzkyMjMzNzIwMzY4NTQ3NzU4MDcwMDAsIiIsIiJd"])
async def test_a_cursor_of_somebody_else_is_refused(api: httpx.AsyncClient, project: ProjectWithKeys, cursor: str) -> None:
    answer = await api.post(f"/api/v1/projects/{project.id}/repricing", json={"cursor": cursor})

    assert answer.status_code == 400
