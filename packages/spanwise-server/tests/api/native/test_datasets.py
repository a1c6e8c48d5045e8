"""What the browser is shown of datasets and runs: counts, sums, scores, pages."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from spanwise_server.domain.datasets import experiment_id_of
from tests.accounts import ProjectWithKeys
from tests.api.public.datasets.runs_of_clients import SECOND, make_dataset, now, post_item, send_item


@pytest.fixture
def base(project: ProjectWithKeys) -> str:
    return f"/api/v1/projects/{project.id}"


async def get(api: httpx.AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    response = await api.get(path, params=params)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def score(api: httpx.AsyncClient, name: str, value: float | str, **subject: str) -> None:
    assert (await api.post("/api/public/scores", json={"name": name, "value": value, **subject})).status_code == 200


async def test_datasets_are_listed_with_their_size(api: httpx.AsyncClient, base: str) -> None:
    first = await make_dataset(api, "first", "a", "b")
    second = await make_dataset(api, "second")

    one = await get(api, f"{base}/datasets", limit=1)
    rest = await get(api, f"{base}/datasets", limit=1, after=one["next_after"])

    assert [(dataset["id"], dataset["item_count"]) for dataset in (*one["items"], *rest["items"])] == [(second, 0), (first, 2)]
    assert rest["next_after"] is None


async def test_a_run_in_numbers(api: httpx.AsyncClient, project: ProjectWithKeys, base: str) -> None:
    dataset = await make_dataset(api, "d", "a", "b", "c")
    own = experiment_id_of(project.id, dataset, "r")
    attributes = {"id": own, "name": "r", "dataset.id": dataset}
    begun = now() - 60 * SECOND
    first = await send_item(api, attributes, "a", start=begun, seconds=1, cost=0.25)
    second = await send_item(api, attributes, "b", start=begun, seconds=3, cost=0.5, level="ERROR")
    run_id = (await post_item(api, "r", "c", traceId="never sent"))["datasetRunId"]
    await score(api, "match", 1, traceId=first[0], observationId=first[1])
    await score(api, "match", 0, traceId=second[0])
    await score(api, "tone", "kind", traceId=first[0])
    await score(api, "tone", "rude", traceId=second[0])
    await score(api, "tone", "kind", traceId=second[0])
    await score(api, "average", 0.5, datasetRunId=own)

    for some_id in (run_id, own):
        shown = await get(api, f"{base}/dataset-run", id=some_id)
        run = shown["run"]
        assert (run["id"], run["name"], sorted(run["ids"])) == (run_id, "r", sorted([run_id, own]))
        assert (run["item_count"], run["error_count"], run["total_cost_usd"]) == (3, 1, 0.75)
        assert run["average_latency_seconds"] == 2
        scores = {entry["name"]: (entry["count"], entry["mean"], entry["values"]) for entry in run["scores"]}
        assert scores == {
            "average": (1, 0.5, {}), "match": (2, 0.5, {}), "tone": (3, None, {"kind": 2, "rude": 1}),
        }  # fmt: skip
        assert shown["dataset"]["name"] == "d"
        by_item = {item["dataset_item_id"]: item for item in shown["items"]}
        assert (by_item["b"]["latency_seconds"], by_item["b"]["total_cost_usd"], by_item["b"]["error_count"]) == (3, 0.5, 1)
        assert (by_item["c"]["latency_seconds"], by_item["c"]["total_cost_usd"]) == (None, None)
        assert (by_item["a"]["trace_id"], by_item["a"]["observation_id"]) == first
    details = await get(api, f"{base}/dataset", id=dataset)
    assert [run["id"] for run in details["runs"]] == [run_id]
    assert details["runs"][0]["total_cost_usd"] == 0.75
    assert (details["dataset"]["item_count"], details["run_count"]) == (3, 1)


async def test_runs_and_items_are_paged(api: httpx.AsyncClient, base: str) -> None:
    dataset = await make_dataset(api, "d", "a", "b")
    runs = [(await post_item(api, name, "a", traceId="t"))["datasetRunId"] for name in ("r1", "r2", "r3")]
    await post_item(api, "r3", "b", traceId="t2")

    one = await get(api, f"{base}/dataset", id=dataset, limit=2)
    rest = await get(api, f"{base}/dataset", id=dataset, limit=2, after=one["next_after"])
    items = await get(api, f"{base}/dataset-run", id=runs[2], limit=1)
    more = await get(api, f"{base}/dataset-run", id=runs[2], limit=1, after=items["next_after"])

    assert [run["id"] for run in (*one["runs"], *rest["runs"])] == runs[::-1]
    assert (one["run_count"], rest["next_after"], more["next_after"]) == (3, None, None)
    assert [item["dataset_item_id"] for item in (*items["items"], *more["items"])] == ["b", "a"]


async def test_a_run_outlives_its_dataset_in_its_spans(api: httpx.AsyncClient, base: str) -> None:
    dataset = await make_dataset(api, "d", "a")
    await send_item(api, {"id": "e", "name": "r", "dataset.id": dataset}, "a")
    await api.delete("/api/public/v2/datasets/d")

    shown = await get(api, f"{base}/dataset-run", id="e")

    assert (shown["dataset"], shown["run"]["dataset_id"], shown["run"]["item_count"]) == (None, dataset, 1)


async def test_what_is_not_there_is_not_found(api: httpx.AsyncClient, base: str) -> None:
    for path in ("dataset", "dataset-run"):
        response = await api.get(f"{base}/{path}", params={"id": "no"})
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
