"""Experiments and their items by time: spans, run items, both; filters, groups, cursors, scores."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from langfuse.api.core.pydantic_utilities import parse_obj_as
from langfuse.api.experiments.types.experiment_items_response import ExperimentItemsResponse
from langfuse.api.experiments.types.experiments_response import ExperimentsResponse

from spanwise_server.domain.datasets import experiment_id_of
from tests.accounts import BASE_URL, ProjectMaker, ProjectWithKeys
from tests.api.public.datasets.runs_of_clients import SECOND, make_dataset, now, post_item, send_item

EXPERIMENTS = "/api/public/experiments"
ITEMS = "/api/public/experiment-items"
LONG_AGO = "2020-01-01T00:00:00Z"


async def get(api: httpx.AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    response = await api.get(path, params={"fromStartTime": LONG_AGO, **params})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def ids(api: httpx.AsyncClient, **params: Any) -> list[str]:
    return [experiment["id"] for experiment in (await get(api, EXPERIMENTS, **params))["data"]]


async def item_ids(api: httpx.AsyncClient, **params: Any) -> list[tuple[str, str]]:
    page = await get(api, ITEMS, **params)
    return [(item["experimentId"], item["experimentItemId"]) for item in page["data"]]


async def add_score(api: httpx.AsyncClient, name: str, **fields: Any) -> None:
    response = await api.post("/api/public/scores", json={"name": name, "value": 1, **fields})
    assert response.status_code == 200, response.text


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker) -> ProjectWithKeys:
    """Return one project for all tests of the module, which only read, or add scores."""
    return await make_project()


@pytest.fixture(scope="module")
async def three_kinds(app: FastAPI, project: ProjectWithKeys) -> dict[str, str]:
    """Make runs of all kinds; return their ids by name."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, auth=project.auth) as client:
        return await make_runs(client, project)


async def make_runs(api: httpx.AsyncClient, project: ProjectWithKeys) -> dict[str, str]:
    """Make, in this order of time: a local experiment, a run of spans alone, of both, and of run items alone."""
    dataset = await make_dataset(api, "d", "a", "b")
    begun = now() - 600 * SECOND
    await send_item(api, {"id": "local", "name": "local"}, "hash", start=begun)
    own = experiment_id_of(project.id, dataset, "spans")
    for number, item in enumerate(("a", "b")):
        await send_item(
            api, {"id": own, "name": "spans", "dataset.id": dataset}, item, start=begun + (10 + number) * SECOND, is_apart=True
        )
    both = (await post_item(api, "both", "a", traceId="t-posted", createdAt="2026-01-01T00:00:00Z"))["datasetRunId"]
    trace, task = await send_item(
        api, {"id": both, "name": "both", "dataset.id": dataset, "description": "why"}, "b", start=begun + 100 * SECOND
    )
    await post_item(api, "both", "b", traceId=trace, observationId=task)
    items = (await post_item(api, "items", "a", traceId="t-items", datasetVersion="2099-01-01T00:00:00Z"))["datasetRunId"]
    alias = experiment_id_of(project.id, dataset, "both")
    return {"dataset": dataset, "local": "local", "spans": own, "both": both, "items": items, "alias of both": alias}


async def test_experiments_of_all_kinds(api: httpx.AsyncClient, three_kinds: dict[str, str]) -> None:
    k = three_kinds

    page = await get(api, EXPERIMENTS, fields="core,metadata")

    parse_obj_as(ExperimentsResponse, page)
    shown = {experiment["id"]: experiment for experiment in page["data"]}
    assert list(shown) == [k["items"], k["both"], k["spans"], "local"]
    assert {run: shown[k[run]]["itemCount"] for run in ("items", "both", "spans", "local")} == {
        "items": 1, "both": 2, "spans": 2, "local": 1,
    }  # fmt: skip
    assert [experiment["datasetId"] for experiment in page["data"]] == [k["dataset"], k["dataset"], k["dataset"], None]
    assert (shown[k["both"]]["name"], shown[k["both"]]["description"]) == ("both", "why")
    assert shown[k["spans"]]["metadata"] == {"model": "m"}
    assert shown["local"]["metadata"] == {"model": "m"}
    assert page["meta"] == {}
    assert "metadata" not in (await get(api, EXPERIMENTS))["data"][0]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"id": "{alias of both},local"}, ["both", "local"]),
        ({"id": "{both}"}, ["both"]),
        ({"id": "unknown"}, []),
        ({"name": "spans,items"}, ["items", "spans"]),
        ({"datasetId": "{dataset}"}, ["items", "both", "spans"]),
        ({"datasetId": "{dataset}", "name": "both"}, ["both"]),
        ({"filter": [("string", "name", "contains", "s")]}, ["items", "spans"]),
        ({"filter": [("stringOptions", "id", "any of", ["{alias of both}"])]}, ["both"]),
        ({"filter": [("stringOptions", "id", "none of", ["{alias of both}", "local"])]}, ["items", "spans"]),
        ({"filter": [("null", "datasetId", "is null", "")]}, ["local"]),
        ({"toStartTime": "2021-01-01T00:00:00Z"}, []),
    ],
)
async def test_experiments_are_filtered(
    api: httpx.AsyncClient, three_kinds: dict[str, str], params: dict[str, Any], expected: list[str]
) -> None:
    assert await ids(api, **filled(params, three_kinds)) == [three_kinds[name] for name in expected]


def filled(params: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    query = {name: value for name, value in params.items() if isinstance(value, str)}
    if "filter" in params:
        conditions = [
            dict(zip(("type", "column", "operator", "value"), condition, strict=True)) for condition in params["filter"]
        ]
        query["filter"] = json.dumps(conditions)
    for name, value in names.items():
        query = {key: text.replace("{" + name + "}", value) for key, text in query.items()}
    return query


async def test_pages_of_experiments_follow_each_other(api: httpx.AsyncClient, three_kinds: dict[str, str]) -> None:
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        page = await get(api, EXPERIMENTS, limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [experiment["id"] for experiment in page["data"]]
        cursor = page["meta"].get("cursor")

    assert cursor is None
    assert seen == await ids(api)


async def test_pages_of_items_follow_each_other(api: httpx.AsyncClient, three_kinds: dict[str, str]) -> None:
    k = three_kinds
    everything = await item_ids(api)
    seen: list[tuple[str, str]] = []
    cursor: str | None = None
    for _ in range(3):
        page = await get(api, ITEMS, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [(item["experimentId"], item["experimentItemId"]) for item in page["data"]]
        cursor = page["meta"].get("cursor")

    assert cursor is None
    assert seen == everything
    assert everything == [
        (k["items"], "a"), (k["both"], "b"), (k["spans"], "b"), (k["spans"], "a"), ("local", "hash"), (k["both"], "a"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"experimentId": "{alias of both}"}, [("both", "b"), ("both", "a")]),
        ({"experimentName": "items,local"}, [("items", "a"), ("local", "hash")]),
        ({"experimentItemId": "a"}, [("items", "a"), ("spans", "a"), ("both", "a")]),
        ({"datasetId": "{dataset}", "experimentItemId": "b"}, [("both", "b"), ("spans", "b")]),
        ({"filter": [("stringOptions", "experimentId", "none of", ["{alias of both}", "{spans}"])]},
         [("items", "a"), ("local", "hash")]),
        ({"toStartTime": "2026-06-01T00:00:00Z"}, [("both", "a")]),
    ],
)  # fmt: skip
async def test_items_are_filtered(
    api: httpx.AsyncClient, three_kinds: dict[str, str], params: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = await item_ids(api, **filled(params, three_kinds))

    assert found == [(three_kinds[run], item) for run, item in expected]


async def test_groups_of_an_item(api: httpx.AsyncClient, three_kinds: dict[str, str]) -> None:
    k = three_kinds
    groups = "core,dataset,io,metadata,itemMetadata,experimentMetadata,scores"

    page = await get(api, ITEMS, fields=groups)
    parse_obj_as(ExperimentItemsResponse, page)
    by_run = {(item["experimentId"], item["experimentItemId"]): item for item in page["data"]}

    span = by_run[k["spans"], "a"]
    assert (span["input"], span["output"], span["expectedOutput"]) == ('{"q": 1}', "answer", "expected")
    assert (span["experimentItemMetadata"], span["experimentMetadata"]) == ({"n": 1}, {"model": "m"})
    assert (span["environment"], span["level"], span["experimentDatasetId"]) == ("sdk-experiment", "DEFAULT", k["dataset"])
    posted = by_run[k["items"], "a"]
    assert (posted["expectedOutput"], posted["experimentItemMetadata"]) == ("expected", {"n": 1})
    assert (posted["id"], posted["traceId"], posted["endTime"]) == ("t-items", "t-items", None)
    assert posted["experimentItemVersion"] == "2099-01-01T00:00:00.000Z"
    light = (await get(api, ITEMS))["data"][0]
    assert {"experimentDatasetId", "experimentItemVersion"} <= set(light)
    assert not {"input", "metadata", "scores"} & set(light)
    assert "experimentDatasetId" not in (await get(api, ITEMS, fields="core"))["data"][0]


async def test_scores_of_experiments_and_items(api: httpx.AsyncClient, three_kinds: dict[str, str]) -> None:
    k = three_kinds
    item = (await get(api, ITEMS, experimentId=k["both"], experimentItemId="b"))["data"][0]
    await add_score(api, "by-run", datasetRunId=k["both"])
    await add_score(api, "by-alias", datasetRunId=k["alias of both"])
    await add_score(api, "of-item", traceId=item["traceId"], observationId=item["id"])
    await add_score(api, "of-trace", traceId=item["traceId"])
    await add_score(api, "of-another-span", traceId=item["traceId"], observationId="other")

    for some_id in (k["both"], k["alias of both"]):
        (experiment,) = (await get(api, EXPERIMENTS, id=some_id, fields="scores"))["data"]
        assert sorted(score["name"] for score in experiment["scores"]) == ["by-alias", "by-run"]
        v2 = (await api.get("/api/public/v2/scores", params={"datasetRunId": some_id})).json()
        v3 = (await api.get("/api/public/v3/scores", params={"experimentId": some_id})).json()
        for page in (v2, v3):
            assert sorted(score["name"] for score in page["data"]) == ["by-alias", "by-run"]
    (scored,) = (await get(api, ITEMS, experimentId=k["both"], experimentItemId="b", fields="scores"))["data"]
    assert sorted(score["name"] for score in scored["scores"]) == ["of-item", "of-trace"]
    (limited,) = (await get(api, ITEMS, experimentId=k["both"], experimentItemId="b", fields="scores", scoreLimit=1))["data"]
    assert len(limited["scores"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        "", "fromStartTime=x", f"fromStartTime={LONG_AGO}&limit=101", f"fromStartTime={LONG_AGO}&limit=0",
        f"fromStartTime={LONG_AGO}&scoreLimit=51", f"fromStartTime={LONG_AGO}&cursor=x", f"fromStartTime={LONG_AGO}&filter=x",
        f"fromStartTime={LONG_AGO}&filter=%5B%7B%22type%22%3A%22string%22%2C%22column%22%3A%22no%22%7D%5D",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", [EXPERIMENTS, ITEMS])
async def test_what_cannot_be_asked_is_refused(api: httpx.AsyncClient, path: str, query: str) -> None:
    response = await api.get(f"{path}?{query}")

    assert response.status_code == 400, response.text
