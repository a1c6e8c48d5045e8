"""Experiments in projects of their own: windows, what run items point at, deletion."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

from tests.accounts import ProjectWithKeys
from tests.api.public.datasets.runs_of_clients import SECOND, make_dataset, now, post_item, send_item
from tests.api.public.datasets.test_experiments import EXPERIMENTS, ITEMS, get, ids, item_ids, make_runs


async def test_a_posted_item_shows_the_trace_that_it_points_at(api: httpx.AsyncClient) -> None:
    await make_dataset(api, "d", "a")
    batch = [
        {"type": "trace-create", "body": {"id": "t", "input": "asked", "output": {"x": 1}, "environment": "prod"}},
        {"type": "generation-create", "body": {"id": "g", "traceId": "t", "level": "ERROR", "output": "inner",
                                               "startTime": "2026-11-20T10:00:00Z", "endTime": "2026-11-20T10:00:02Z"}},
    ]  # fmt: skip
    events = [{"id": str(n), "timestamp": "2026-11-20T10:00:00Z", **event} for n, event in enumerate(batch)]
    assert (await api.post("/api/public/ingestion", json={"batch": events})).json()["errors"] == []
    await post_item(api, "whole", "a", traceId="t")
    await post_item(api, "part", "a", traceId="t", observationId="g")

    part, whole = (await get(api, ITEMS, fields="io"))["data"]

    assert (whole["id"], whole["input"], whole["output"], whole["level"]) == ("t", "asked", '{"x":1}', "ERROR")
    assert whole["environment"] == "prod"
    assert (part["id"], part["output"], part["startTime"]) == ("g", "inner", "2026-11-20T10:00:00.000Z")
    assert part["endTime"] == "2026-11-20T10:00:02.000Z"


async def test_the_window_bounds_what_is_counted(api: httpx.AsyncClient) -> None:
    begun = now() - 3600 * SECOND
    for number in range(3):
        await send_item(api, {"id": "e", "name": "e"}, f"item-{number}", start=begun + number * 600 * SECOND)
    since = datetime.fromtimestamp((begun + 300 * SECOND) // SECOND, UTC).isoformat()

    (experiment,) = (await get(api, EXPERIMENTS, fromStartTime=since))["data"]

    assert experiment["itemCount"] == 2
    assert experiment["startTime"] >= since[:19]


async def test_a_deleted_run_is_no_experiment(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    runs = await make_runs(api, project)
    for run in ("both", "spans"):
        assert (await api.delete(f"/api/public/datasets/d/runs/{run}")).status_code == 200

    assert await ids(api) == [runs["items"], "local"]
    assert await item_ids(api) == [(runs["items"], "a"), ("local", "hash")]
