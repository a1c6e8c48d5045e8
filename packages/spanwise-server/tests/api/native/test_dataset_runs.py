"""What the browser is shown of a run's items: what went in, what came out, what was expected, how it was judged."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.accounts import ProjectWithKeys
from tests.api.public.datasets.runs_of_clients import SECOND, make_dataset, now, post_item, send_item

LONG = 2000
DATASET_ITEMS = "/api/public/dataset-items"


@pytest.fixture
def base(project: ProjectWithKeys) -> str:
    return f"/api/v1/projects/{project.id}"


async def get(api: httpx.AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    response = await api.get(path, params=params)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def send_trace(api: httpx.AsyncClient, trace_id: str, **fields: Any) -> None:
    """Send a trace and an observation in it, as clients of generation 2 do."""
    time = "2026-11-20T10:00:00.000Z"
    bodies = [
        ("trace-create", {"id": trace_id, "timestamp": time, "input": "asked", "output": "whole trace", **fields}),
        ("span-create", {"id": f"{trace_id}-o", "traceId": trace_id, "startTime": time, "input": "sub", "output": "part"}),
    ]
    batch = [{"id": f"{trace_id}{kind}", "timestamp": time, "type": kind, "body": body} for kind, body in bodies]
    response = await api.post("/api/public/ingestion", json={"batch": batch})
    assert response.json()["errors"] == []


def payloads(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["input"], item["output"], item["expected_output"]


async def test_items_show_what_every_kind_of_client_sent(api: httpx.AsyncClient, base: str) -> None:
    dataset = await make_dataset(api, "d", "span", "trace", "part", "lost")
    await send_trace(api, "t-trace")
    await send_trace(api, "t-part")
    run_id = (await post_item(api, "r", "trace", traceId="t-trace"))["datasetRunId"]
    await post_item(api, "r", "part", traceId="t-part", observationId="t-part-o")
    await post_item(api, "r", "lost", traceId="never sent", observationId="nor this")
    sent = {"id": run_id, "name": "r", "dataset.id": dataset}
    await send_item(api, sent, "span", output="from the span")
    await send_item(api, sent, "of no dataset", output="alone")

    items = {item["dataset_item_id"]: item for item in (await get(api, f"{base}/dataset-run", id=run_id))["items"]}

    assert payloads(items["span"]) == ('{"q":1}', "from the span", '"expected"')
    assert payloads(items["trace"]) == ('{"q":1}', "whole trace", '"expected"')
    assert payloads(items["part"]) == ('{"q":1}', "part", '"expected"')
    assert payloads(items["lost"]) == ('{"q":1}', None, '"expected"')
    assert payloads(items["of no dataset"]) == ('{"q": 1}', "alone", "expected")
    assert {tuple(item["cut"]) for item in items.values()} == {()}


async def test_an_item_is_shown_as_it_was_when_it_was_run(api: httpx.AsyncClient, base: str) -> None:
    dataset = await make_dataset(api, "d", "a", "b")
    await send_item(api, {"id": "e", "name": "r", "dataset.id": dataset}, "a", start=now())
    await send_item(api, {"id": "e", "name": "r", "dataset.id": dataset}, "b", start=now() - 3600 * SECOND)
    for item_id in ("a", "b"):
        body = {"datasetName": "d", "id": item_id, "input": "changed", "expectedOutput": "later"}
        assert (await api.post(DATASET_ITEMS, json=body)).status_code == 200

    items = {item["dataset_item_id"]: item for item in (await get(api, f"{base}/dataset-run", id="e"))["items"]}

    assert (items["a"]["input"], items["a"]["expected_output"]) == ('{"q":1}', '"expected"')
    assert (items["b"]["input"], items["b"]["expected_output"]) == ('"changed"', '"later"'), "before the item there was none"


async def test_an_item_has_the_scores_of_what_came_out_and_its_trace(api: httpx.AsyncClient, base: str) -> None:
    dataset = await make_dataset(api, "d", "a", "b")
    trace_id, task = await send_item(api, {"id": "e", "name": "r", "dataset.id": dataset}, "a")
    await send_trace(api, "t-b")
    await post_item(api, "r", "b", traceId="t-b")
    for name, subject in (
        ("task", {"traceId": trace_id, "observationId": task}),
        ("trace", {"traceId": trace_id}),
        ("elsewhere", {"traceId": trace_id, "observationId": "another"}),
        ("below", {"traceId": "t-b", "observationId": "t-b-o"}),
    ):
        body = {"name": name, "value": 0.5, "comment": "why", **subject}
        assert (await api.post("/api/public/scores", json=body)).status_code == 200

    shown = await get(api, f"{base}/dataset", id=dataset)
    scores: dict[str, set[Any]] = {}
    for run in shown["runs"]:
        for item in (await get(api, f"{base}/dataset-run", id=run["id"]))["items"]:
            scores[item["dataset_item_id"]] = {(score["name"], score["value"], score["comment"]) for score in item["scores"]}

    assert scores == {"a": {("task", 0.5, "why"), ("trace", 0.5, "why")}, "b": {("below", 0.5, "why")}}


async def test_long_payloads_are_cut_in_the_page_and_whole_on_their_own(api: httpx.AsyncClient, base: str) -> None:
    dataset = await make_dataset(api, "d")
    body = {"datasetName": "d", "id": "a", "input": "i" * LONG, "expectedOutput": "e" * (LONG - 2)}
    assert (await api.post(DATASET_ITEMS, json=body)).status_code == 200
    output = "ä" * (LONG + 1)
    await send_item(api, {"id": "e", "name": "r", "dataset.id": dataset}, "a", output=output)

    [item] = (await get(api, f"{base}/dataset-run", id="e"))["items"]
    whole = await get(api, f"{base}/dataset-run-item", run_id="e", id=item["id"])

    assert item["cut"] == ["input", "output"]
    assert payloads(item) == ('"' + "i" * (LONG - 1), "ä" * LONG, '"' + "e" * (LONG - 2) + '"')
    assert payloads(whole) == ('"' + "i" * LONG + '"', output, item["expected_output"])
    assert {key: value for key, value in whole.items() if key not in ("input", "output", "cut")} == {
        key: value for key, value in item.items() if key not in ("input", "output", "cut")
    }
    assert whole["cut"] == []


async def test_more_items_than_are_read_at_once_keep_their_order(api: httpx.AsyncClient, base: str) -> None:
    dataset = await make_dataset(api, "d")
    begun = now() - 600 * SECOND
    for number in range(53):
        at = begun + number * SECOND
        await send_item(api, {"id": "e", "name": "r", "dataset.id": dataset}, f"i{number}", start=at, output=f"o{number}")

    items = (await get(api, f"{base}/dataset-run", id="e"))["items"]

    assert [item["output"] for item in items] == [f"o{number}" for number in reversed(range(53))]


async def test_an_item_that_is_not_there_is_not_found(api: httpx.AsyncClient, base: str) -> None:
    dataset = await make_dataset(api, "d", "a")
    await send_item(api, {"id": "e", "name": "r", "dataset.id": dataset}, "a")
    [item] = (await get(api, f"{base}/dataset-run", id="e"))["items"]
    for params in ({"run_id": "e", "id": "no"}, {"run_id": "no", "id": item["id"]}):
        response = await api.get(f"{base}/dataset-run-item", params=params)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
