"""Datasets: upsert by name, lists, names in every spelling, schemas, deletion, and the first API."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from langfuse.api.commons.types.dataset import Dataset
from langfuse.api.core.pydantic_utilities import parse_obj_as

from tests.accounts import ProjectWithKeys

DATASETS = "/api/public/v2/datasets"
ITEMS = "/api/public/dataset-items"
NAME = "my data/set 1"


async def save(api: httpx.AsyncClient, name: str, **fields: Any) -> dict[str, Any]:
    response = await api.post(DATASETS, json={"name": name, **fields})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def save_item(api: httpx.AsyncClient, dataset: str, **fields: Any) -> httpx.Response:
    return await api.post(ITEMS, json={"datasetName": dataset, **fields})


async def test_a_dataset_is_created_and_read_back(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    made = await save(api, "d", description="about", metadata={"k": [1, 2.50, "x"]})

    assert made["projectId"] == project.id
    assert (made["name"], made["description"], made["metadata"]) == ("d", "about", {"k": [1, 2.5, "x"]})
    assert made["inputSchema"] is None
    assert (await api.get(f"{DATASETS}/d")).json() == made
    parsed = parse_obj_as(Dataset, made)
    assert parsed.created_at == parsed.updated_at


async def test_posting_a_name_again_changes_what_is_given(api: httpx.AsyncClient) -> None:
    first = await save(api, "d", description="about", metadata=1)

    second = await save(api, "d", description=None, metadata={"now": True})

    assert second["id"] == first["id"]
    assert (second["description"], second["metadata"]) == ("about", {"now": True})
    assert second["createdAt"] == first["createdAt"]
    assert (await api.get(DATASETS)).json()["meta"]["totalItems"] == 1


async def test_datasets_are_listed_newest_first(api: httpx.AsyncClient) -> None:
    for name in ("a", "b", "c"):
        await save(api, name)

    pages = [(await api.get(DATASETS, params={"limit": 2, "page": page})).json() for page in (1, 2, 3)]

    assert [[dataset["name"] for dataset in page["data"]] for page in pages] == [["c", "b"], ["a"], []]
    assert pages[0]["meta"] == {"page": 1, "limit": 2, "totalItems": 3, "totalPages": 2}


@pytest.mark.parametrize("path", ["my%20data%2Fset%201", "my%20data/set%201", "my%2520data%252Fset%25201"])
async def test_a_name_is_found_in_every_spelling(api: httpx.AsyncClient, path: str) -> None:
    made = await save(api, NAME)

    assert (await api.get(f"{DATASETS}/{path}")).json() == made


async def test_a_name_with_an_escape_in_it_is_itself_first(api: httpx.AsyncClient) -> None:
    escaped, plain = await save(api, "a%20b"), await save(api, "a b")

    assert (await api.get(f"{DATASETS}/a%2520b")).json()["id"] == escaped["id"]
    assert (await api.get(f"{DATASETS}/a%20b")).json()["id"] == plain["id"]


async def test_an_unknown_dataset_is_not_found(api: httpx.AsyncClient) -> None:
    for response in (await api.get(f"{DATASETS}/no"), await api.delete(f"{DATASETS}/no"), await save_item(api, "no")):
        assert response.status_code == 404
        assert response.json() == {"message": "Dataset not found", "error": "LangfuseNotFoundError"}


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"name": ""}',
        b'{"name": "/a"}',
        b'{"name": "a/"}',
        b'{"name": "a//b"}',
        b'{"name": "a\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"name": "a", "metadata": NaN}',
        b'{"name": "a", "metadata": 1e999}',
        b'{"name": "a", "metadata": "\\udfff"}',
        b'{"name": "a", "metadata": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"name": "a", "inputSchema": 1}',
        b'{"name": "a", "inputSchema": {"type": "nonsense"}}',
        b'{"name": "a", "expectedOutputSchema": {"$ref": "http://127.0.0.1:1/schema.json"}}',
        b"[",
    ],
)
async def test_what_is_no_dataset_is_refused(api: httpx.AsyncClient, body: bytes) -> None:
    response = await api.post(DATASETS, content=body, headers={"content-type": "application/json"})

    assert response.status_code == 400, response.text
    assert (await api.get(DATASETS)).json()["data"] == []


async def test_values_come_back_digit_for_digit(api: httpx.AsyncClient) -> None:
    text = '{"n":123456789012345678901234567890,"z":"\\u0000"}'

    response = await api.post(
        DATASETS, content=f'{{"name":"d","metadata":{text}}}', headers={"content-type": "application/json"}
    )

    assert text in response.text


async def test_a_schema_holds_for_new_items(api: httpx.AsyncClient) -> None:
    schema = {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}}
    await save(api, "d", inputSchema=schema, expectedOutputSchema={"type": "string"})

    refused = await save_item(api, "d", input={"q": 1}, expectedOutput=2)
    accepted = await save_item(api, "d", input={"q": "x"}, expectedOutput="y")

    assert refused.status_code == 400
    assert refused.json()["message"].startswith("Dataset item validation failed: input/q: 1 is not of type 'string'")
    assert "expectedOutput/: 2 is not" in refused.json()["message"]
    assert accepted.status_code == 200


async def test_a_new_schema_must_fit_the_active_items(api: httpx.AsyncClient) -> None:
    made = await save(api, "d")
    for item_id, value, status in (("good", 1, "ACTIVE"), ("bad", "x", "ACTIVE"), ("old", "y", "ARCHIVED")):
        await save_item(api, "d", id=item_id, input=value, status=status)

    refused = await api.post(DATASETS, json={"name": "d", "inputSchema": {"type": "integer"}})

    assert refused.status_code == 400
    assert [fault["path"] for fault in refused.json()["error"]] == [["items", "bad", "input"]]
    assert (await api.get(f"{DATASETS}/d")).json() == made
    await save_item(api, "d", id="bad", status="ARCHIVED")
    assert (await save(api, "d", inputSchema={"type": "integer"}))["inputSchema"] == {"type": "integer"}
    unarchived = await save_item(api, "d", id="bad", status="ACTIVE")
    assert unarchived.status_code == 400
    assert (await save(api, "d", inputSchema={}))["inputSchema"] == {}
    assert (await save_item(api, "d", id="bad", status="ACTIVE")).status_code == 200


async def test_a_deleted_dataset_takes_its_items_and_runs_along(api: httpx.AsyncClient) -> None:
    await save(api, NAME)
    await save_item(api, NAME, id="i")
    run = {"runName": "r", "datasetItemId": "i", "traceId": "t"}
    assert (await api.post("/api/public/dataset-run-items", json=run)).status_code == 200

    deleted = await api.delete(f"{DATASETS}/my%20data%2Fset%201")

    assert deleted.json() == {"message": "Dataset successfully deleted"}
    assert (await api.get(f"{ITEMS}/i")).status_code == 404
    again = await save(api, NAME)
    assert (await api.get(f"/api/public/datasets/{NAME}/runs")).json()["data"] == []
    assert (await save_item(api, NAME, id="i")).json()["datasetId"] == again["id"]


async def test_the_first_api_shows_items_and_runs(api: httpx.AsyncClient) -> None:
    created = await api.post("/api/public/datasets", json={"name": NAME})
    assert (created.json()["items"], created.json()["runs"]) == ([], [])
    await save_item(api, NAME, id="i", input="q")
    await api.post("/api/public/dataset-run-items", json={"runName": "r", "datasetItemId": "i", "traceId": "t"})

    listed = (await api.get("/api/public/datasets")).json()
    single = (await api.get("/api/public/datasets/my%20data/set%201")).json()

    assert [(dataset["items"], dataset["runs"]) for dataset in listed["data"]] == [(["i"], ["r"])]
    assert [(item["id"], item["input"]) for item in single["items"]] == [("i", "q")]
    assert single["runs"] == ["r"]


async def test_another_project_has_names_of_its_own(
    api: httpx.AsyncClient, client: httpx.AsyncClient, other_project: ProjectWithKeys
) -> None:
    await save(api, "d")

    assert (await client.get(f"{DATASETS}/d", auth=other_project.auth)).status_code == 404
    made = await client.post(DATASETS, json={"name": "d"}, auth=other_project.auth)
    assert made.json()["projectId"] == other_project.id
