"""Runs by name: run items, spans, both, and the paths that lead to them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from spanwise_server.domain.datasets import experiment_id_of
from tests.accounts import ProjectWithKeys
from tests.api.public.datasets.runs_of_clients import SECOND, make_dataset, now, post_item, send_item

RUN_ITEMS = "/api/public/dataset-run-items"
NAME = "my data/set 1"
RUNS = "/api/public/datasets/my%20data%2Fset%201/runs"


@pytest.fixture
async def dataset_id(api: httpx.AsyncClient) -> str:
    return await make_dataset(api, NAME, "a", "b")


async def names(api: httpx.AsyncClient, path: str = RUNS) -> list[str]:
    response = await api.get(path)
    assert response.status_code == 200, response.text
    return [run["name"] for run in response.json()["data"]]


async def items(api: httpx.AsyncClient, run: str) -> list[tuple[str, str, str | None]]:
    response = await api.get(f"{RUNS}/{run}")
    assert response.status_code == 200, response.text
    return sorted(
        (item["datasetItemId"], item["traceId"], item["observationId"]) for item in response.json()["datasetRunItems"]
    )


async def test_run_items_make_a_run(api: httpx.AsyncClient, dataset_id: str) -> None:
    first = await post_item(api, "R/1 x", "a", traceId="t1", runDescription="about", metadata={"k": 1})
    second = await post_item(api, "R/1 x", "b", traceId="t2", observationId="o2")
    third = await post_item(api, "R/1 x", "a", traceId="t3", metadata="text", datasetVersion="2099-01-01T00:00:00Z")

    assert {first["datasetRunId"]} == {second["datasetRunId"], third["datasetRunId"]}
    assert (second["datasetRunName"], second["observationId"]) == ("R/1 x", "o2")
    run = (await api.get(f"{RUNS}/R%2F1%20x")).json()
    assert (run["id"], run["name"], run["description"]) == (first["datasetRunId"], "R/1 x", "about")
    assert run["metadata"] == {"metadata": "text", "dataset_version": "2099-01-01T00:00:00.000Z"}
    assert (run["datasetId"], run["datasetName"]) == (dataset_id, NAME)
    assert await items(api, "R%2F1%20x") == [("a", "t1", None), ("a", "t3", None), ("b", "t2", "o2")]


async def test_run_items_are_paged(api: httpx.AsyncClient, dataset_id: str) -> None:
    for number in range(3):
        await post_item(api, "r", "a", traceId=f"t{number}", createdAt=f"2026-11-20T10:00:0{number}Z")
    query: dict[str, str | int] = {"datasetId": dataset_id, "runName": "r", "limit": 2}

    pages = [(await api.get(RUN_ITEMS, params={**query, "page": page})).json() for page in (1, 2)]

    assert [[item["traceId"] for item in page["data"]] for page in pages] == [["t2", "t1"], ["t0"]]
    assert pages[0]["data"][0]["createdAt"] == "2026-11-20T10:00:02.000Z"
    assert pages[0]["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}


async def test_the_trace_is_found_by_the_observation(api: httpx.AsyncClient, dataset_id: str) -> None:
    trace_id, task = await send_item(api, {"id": "x"}, "a")

    linked = await post_item(api, "r", "a", observationId=task)

    assert (linked["traceId"], linked["observationId"]) == (trace_id, task)
    missing = await api.post(RUN_ITEMS, json={"runName": "r", "datasetItemId": "a", "observationId": "no"})
    assert (missing.status_code, missing.json()["message"]) == (404, "Observation not found")


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({}, 400, "Invalid request data"),
        ({"traceId": "", "observationId": ""}, 400, "Invalid request data"),
        ({"traceId": "t", "extra": 1}, 400, "Invalid request data"),
        ({"traceId": "t", "runName": ""}, 400, "Invalid request data"),
        ({"traceId": "t", "datasetItemId": "no"}, 404, "Dataset item not found"),
        ({"traceId": "t", "datasetItemId": "old"}, 404, "Dataset item not found"),
        ({"traceId": "t", "datasetVersion": "2020-01-01T00:00:00Z"}, 404, "Dataset item not found"),
    ],
)
async def test_what_is_no_run_item_is_refused(
    api: httpx.AsyncClient, dataset_id: str, fields: dict[str, Any], status: int, message: str
) -> None:
    await api.post("/api/public/dataset-items", json={"datasetName": NAME, "id": "old", "status": "ARCHIVED"})

    response = await api.post(RUN_ITEMS, json={"runName": "r", "datasetItemId": "a", **fields})

    assert (response.status_code, response.json()["message"]) == (status, message)
    assert await names(api) == []


async def test_spans_alone_make_a_run(api: httpx.AsyncClient, project: ProjectWithKeys, dataset_id: str) -> None:
    own = experiment_id_of(project.id, dataset_id, "R1")
    attributes = {"id": own, "name": "R1", "description": "about", "dataset.id": dataset_id}
    sent = [("a", *await send_item(api, attributes, "a")), ("b", *await send_item(api, attributes, "b"))]

    assert await names(api) == ["R1"]
    run = (await api.get(f"{RUNS}/R1")).json()
    assert (run["id"], run["name"], run["description"], run["metadata"]) == (own, "R1", "about", {"model": "m"})
    assert await items(api, "R1") == sorted(sent)
    listed = (await api.get(RUN_ITEMS, params={"datasetId": dataset_id, "runName": "R1"})).json()
    assert {item["id"] for item in listed["data"]} == {item["id"] for item in run["datasetRunItems"]}


async def test_run_items_and_spans_of_one_name_are_one_run(
    api: httpx.AsyncClient, project: ProjectWithKeys, dataset_id: str
) -> None:
    """Generation 5 announces a run, then generation 4 (both ways) and generation 2 (run items alone) go on with it."""
    own = experiment_id_of(project.id, dataset_id, "R1")
    fifth = await send_item(api, {"id": own, "name": "R1", "dataset.id": dataset_id}, "a")
    second = await post_item(api, "R1", "b", traceId="legacy")
    run_id = second["datasetRunId"]
    fourth = await send_item(api, {"id": run_id, "name": "R1", "dataset.id": dataset_id}, "b")
    await post_item(api, "R1", "b", traceId=fourth[0], observationId=fourth[1])

    assert await names(api) == ["R1"]
    assert (await api.get(f"{RUNS}/R1")).json()["id"] == run_id
    assert await items(api, "R1") == sorted([("a", *fifth), ("b", *fourth), ("b", "legacy", None)])


async def test_another_experiment_of_the_same_name_is_another_run(
    api: httpx.AsyncClient, project: ProjectWithKeys, dataset_id: str
) -> None:
    own = experiment_id_of(project.id, dataset_id, "R1")
    await send_item(api, {"id": "chosen", "name": "R1", "dataset.id": dataset_id}, "a", start=now() - 60 * SECOND)
    await send_item(api, {"id": own, "name": "R1", "dataset.id": dataset_id}, "a", start=now() - 120 * SECOND)

    assert await names(api) == ["R1", "R1"]
    assert (await api.get(f"{RUNS}/R1")).json()["id"] == own


async def test_a_deleted_run_is_gone_and_can_begin_anew(
    api: httpx.AsyncClient, project: ProjectWithKeys, dataset_id: str
) -> None:
    own = experiment_id_of(project.id, dataset_id, "R1")
    attributes = {"id": own, "name": "R1", "dataset.id": dataset_id}
    trace_id, _ = await send_item(api, attributes, "a")
    await post_item(api, "R1", "a", traceId=trace_id)
    await post_item(api, "kept", "a", traceId=trace_id)

    deleted = await api.delete(f"{RUNS}/R1")

    assert deleted.json() == {"message": "Dataset run successfully deleted"}
    assert await names(api) == ["kept"]
    for gone in (await api.get(f"{RUNS}/R1"), await api.delete(f"{RUNS}/R1")):
        assert (gone.status_code, gone.json()["message"]) == (404, "Dataset run not found")
    assert (await api.get(f"/api/public/traces/{trace_id}")).status_code == 200
    again = await send_item(api, attributes, "b")
    assert await items(api, "R1") == [("b", *again)]


async def test_runs_are_listed_newest_first(api: httpx.AsyncClient, dataset_id: str) -> None:
    await send_item(api, {"id": "e1", "name": "spans", "dataset.id": dataset_id}, "a", start=now() - 3600 * SECOND)
    await post_item(api, "items", "a", traceId="t")

    first, second = [(await api.get(RUNS, params={"limit": 1, "page": page})).json() for page in (1, 2)]

    assert [run["name"] for page in (first, second) for run in page["data"]] == ["items", "spans"]
    assert first["meta"] == {"page": 1, "limit": 1, "totalItems": 2, "totalPages": 2}


@pytest.mark.parametrize(
    ("dataset", "run", "path"),
    [
        ("my data/set 1", "R/1 x", "my%20data%2Fset%201/runs/R%2F1%20x"),
        ("my data/set 1", "R/1 x", "my%20data/set%201/runs/R/1%20x"),
        ("a/runs/b", "c", "a/runs/b/runs/c"),
        ("a", "b/runs/c", "a/runs/b/runs/c"),
        ("a", "runs", "a/runs/runs"),
        ("a", "x/runs", "a/runs/x/runs"),
        ("runs", "runs", "runs/runs/runs"),
        ("a b", "c d", "a%2520b/runs/c%2520d"),
    ],
)
async def test_names_with_slashes_lead_to_their_run(api: httpx.AsyncClient, dataset: str, run: str, path: str) -> None:
    await make_dataset(api, dataset, "i")
    linked = await post_item(api, run, "i", traceId="t")

    found = await api.get(f"/api/public/datasets/{path}")

    assert found.status_code == 200, found.text
    assert (found.json()["id"], found.json()["name"]) == (linked["datasetRunId"], run)


async def test_unknown_names_are_not_found(api: httpx.AsyncClient, dataset_id: str) -> None:
    answers = {
        "/api/public/datasets/no/runs": "Dataset not found",
        "/api/public/datasets/no/runs/r": "Dataset not found",
        f"{RUNS}/no": "Dataset run not found",
        f"{RUN_ITEMS}?datasetId=no&runName=r": "Dataset not found",
        f"{RUN_ITEMS}?datasetId={dataset_id}&runName=no": "Dataset run not found",
    }
    for path, message in answers.items():
        response = await api.get(path)
        assert (response.status_code, response.json()["message"]) == (404, message), path


async def test_the_answers_have_what_the_sdks_insist_on(api: httpx.AsyncClient, dataset_id: str) -> None:
    await post_item(api, "r", "a", traceId="t")

    run = (await api.get(f"{RUNS}/r")).json()
    assert {"id", "name", "metadata", "datasetId", "datasetName", "createdAt", "updatedAt", "datasetRunItems"} <= set(run)
    (item,) = run["datasetRunItems"]
    assert {"id", "datasetRunId", "datasetRunName", "datasetItemId", "traceId", "createdAt", "updatedAt"} <= set(item)
