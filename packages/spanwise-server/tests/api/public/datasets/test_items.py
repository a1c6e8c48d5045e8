"""Dataset items: upsert by id, versions by time, archive, tombstones, conflicts, media references."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from typing import Any

import httpx
import pytest
from langfuse.api.commons.types.dataset_item import DatasetItem
from langfuse.api.core.pydantic_utilities import parse_obj_as

from tests.accounts import ProjectWithKeys

DATASETS = "/api/public/v2/datasets"
ITEMS = "/api/public/dataset-items"


@pytest.fixture(autouse=True)
async def dataset(api: httpx.AsyncClient) -> dict[str, Any]:
    response = await api.post(DATASETS, json={"name": "my data/set 1"})
    body: dict[str, Any] = response.json()
    return body


async def save(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await api.post(ITEMS, json={"datasetName": "my data/set 1", **fields})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def listed(api: httpx.AsyncClient, **params: Any) -> list[str]:
    response = await api.get(ITEMS, params={"datasetName": "my data/set 1", **params})
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["data"]]


async def test_an_item_is_created_and_read_back(api: httpx.AsyncClient, dataset: dict[str, Any]) -> None:
    made = await save(api, input={"q": 1}, expectedOutput="a", sourceTraceId="t", sourceObservationId="o")

    assert (made["datasetId"], made["datasetName"]) == (dataset["id"], "my data/set 1")
    assert (made["input"], made["expectedOutput"], made["metadata"]) == ({"q": 1}, "a", None)
    assert (made["sourceTraceId"], made["sourceObservationId"], made["status"]) == ("t", "o", "ACTIVE")
    assert made["mediaReferences"] == []
    assert (await api.get(f"{ITEMS}/{made['id']}")).json() == made
    assert parse_obj_as(DatasetItem, made).input == {"q": 1}


async def test_an_item_is_changed_by_its_id(api: httpx.AsyncClient) -> None:
    first = await save(api, id="a/b c", input=1, expectedOutput=2, metadata={"k": 3}, sourceTraceId="t")

    second = await save(api, id="a/b c", input=None, expectedOutput=[4])

    kept = ("input", "metadata", "sourceTraceId", "createdAt", "status")
    assert {name: second[name] for name in kept} == {name: first[name] for name in kept}
    assert second["expectedOutput"] == [4]
    assert second["updatedAt"] > first["updatedAt"]
    assert second["version"] == second["updatedAt"]
    assert (await api.get(f"{ITEMS}/a%2Fb%20c")).json() == second
    assert await listed(api) == ["a/b c"]


async def test_a_string_that_is_json_is_shown_as_what_it_says(api: httpx.AsyncClient) -> None:
    made = await save(api, input='{"q": 1}', expectedOutput="42", metadata="plain {")

    assert (made["input"], made["expectedOutput"], made["metadata"]) == ({"q": 1}, 42, "plain {")


async def test_archived_items_are_found_by_id_only(api: httpx.AsyncClient) -> None:
    await save(api, id="a", input=1)
    await save(api, id="b")

    await save(api, id="a", status="ARCHIVED")

    assert await listed(api) == ["b"]
    archived = (await api.get(f"{ITEMS}/a")).json()
    assert (archived["status"], archived["input"]) == ("ARCHIVED", 1)
    await save(api, id="a", status="ACTIVE")
    assert sorted(await listed(api)) == ["a", "b"]


async def test_an_id_belongs_to_one_dataset(api: httpx.AsyncClient) -> None:
    await save(api, id="a")
    await api.post(DATASETS, json={"name": "other"})

    refused = await api.post(ITEMS, json={"datasetName": "other", "id": "a"})

    assert refused.status_code == 409
    assert refused.json()["message"].startswith("Dataset item id a already exists in another dataset")
    await api.delete(f"{ITEMS}/a")
    assert (await api.post(ITEMS, json={"datasetName": "other", "id": "a"})).status_code == 200


async def test_a_deleted_item_is_gone_but_was(api: httpx.AsyncClient) -> None:
    made = await save(api, id="a", input="kept")

    deleted = await api.delete(f"{ITEMS}/a")

    assert deleted.json() == {"message": "Dataset item successfully deleted"}
    for response in (await api.get(f"{ITEMS}/a"), await api.delete(f"{ITEMS}/a")):
        assert response.status_code == 404
        assert response.json()["message"] == "Dataset item not found"
    assert await listed(api) == []
    assert await listed(api, version=made["version"]) == ["a"]
    again = await save(api, id="a")
    assert again["input"] is None
    assert again["createdAt"] > made["createdAt"]


async def test_a_version_is_the_dataset_as_it_was(api: httpx.AsyncClient) -> None:
    first = await save(api, id="a", input=1)
    second = await save(api, id="a", input=2)
    await save(api, id="b")
    await save(api, id="a", status="ARCHIVED")
    await api.delete(f"{ITEMS}/b")

    async def inputs(version: str) -> list[Any]:
        page = await api.get(ITEMS, params={"datasetName": "my data/set 1", "version": version})
        return [item["input"] for item in page.json()["data"] if item["id"] == "a"]

    assert await inputs(first["version"]) == [1]
    assert await inputs(second["version"]) == [2]
    assert await inputs("2020-01-01T00:00:00Z") == []
    assert await listed(api) == []


async def test_a_version_needs_a_dataset(api: httpx.AsyncClient) -> None:
    refused = await api.get(ITEMS, params={"version": "2026-01-01T00:00:00Z"})

    assert refused.status_code == 400
    assert "version needs datasetName" in refused.json()["message"]


async def test_items_are_paged_newest_first(api: httpx.AsyncClient) -> None:
    made = [await save(api, id=f"item-{number}") for number in range(5)]
    order = [item["id"] for item in sorted(made, key=lambda item: (-_millis(item["createdAt"]), item["id"]))]

    pages = [
        (await api.get(ITEMS, params={"datasetName": "my data/set 1", "limit": 2, "page": page})).json() for page in (1, 2, 3)
    ]

    assert [item["id"] for page in pages for item in page["data"]] == order
    assert pages[0]["meta"] == {"page": 1, "limit": 2, "totalItems": 5, "totalPages": 3}
    version = made[2]["version"]
    older = [item_id for item_id in order if _millis(made[int(item_id[-1])]["version"]) <= _millis(version)]
    assert await listed(api, version=version) == older


def _millis(text: str) -> int:
    return int("".join(character for character in text if character.isdigit()))


async def test_items_are_found_by_dataset_in_every_spelling_and_by_source(api: httpx.AsyncClient) -> None:
    await save(api, id="a", sourceTraceId="t", sourceObservationId="o1")
    await save(api, id="b", sourceTraceId="t")
    await api.post(DATASETS, json={"name": "other"})
    await api.post(ITEMS, json={"datasetName": "other", "id": "c", "sourceTraceId": "t"})

    double = await api.get(f"{ITEMS}?datasetName=my%2520data%2Fset%25201&limit=50&page=1")
    everywhere = await api.get(ITEMS, params={"sourceTraceId": "t"})

    assert sorted(item["id"] for item in double.json()["data"]) == ["a", "b"]
    assert sorted(item["id"] for item in everywhere.json()["data"]) == ["a", "b", "c"]
    assert await listed(api, sourceTraceId="t", sourceObservationId="o1") == ["a"]
    assert (await api.get(ITEMS, params={"datasetName": "no"})).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [{"id": "x" * 256}, {"id": "a\0"}, {"status": "DELETED"}, {"input": "\ud800"}, {"sourceTraceId": 1}, {"id": 1}],
)
async def test_what_is_no_item_is_refused(api: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    body = json.dumps({"datasetName": "my data/set 1", **fields})
    response = await api.post(ITEMS, content=body, headers={"content-type": "application/json"})

    assert response.status_code == 400, response.text
    assert await listed(api) == []


async def test_writers_of_one_item_do_not_lose_each_other(api: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(api.post(ITEMS, json={"datasetName": "my data/set 1", "id": "a"}) for _ in range(5)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["version"] for answer in answers}) == 5
    assert await listed(api) == ["a"]


async def test_references_to_files_are_resolved(
    api: httpx.AsyncClient, client: httpx.AsyncClient, project: ProjectWithKeys, dataset: dict[str, Any]
) -> None:
    content = b"a picture"
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    upload = {
        "datasetId": dataset["id"], "datasetItemId": "a", "contentType": "image/png", "contentLength": len(content),
        "sha256Hash": digest, "field": "input",
    }  # fmt: skip
    ticket = (await api.post("/api/public/media", json=upload)).json()
    headers = {"content-type": "image/png", "x-amz-checksum-sha256": digest}
    assert (await client.put(ticket["uploadUrl"], content=content, headers=headers)).status_code == 200
    token = f"@@@langfuseMedia:type=image/png|id={ticket['mediaId']}|source=bytes@@@"
    missing = f"@@@langfuseMedia:type=image/png|id={'x' * 22}|source=bytes@@@"

    made = await save(
        api, id="a", input={"pictures": [token, f"see {token}"], "other": missing}, metadata=token, expectedOutput=[[token]]
    )

    assert {(reference["field"], reference["jsonPath"]) for reference in made["mediaReferences"]} == {
        ("input", "$['pictures'][0]"),
        ("metadata", "$"),
        ("expectedOutput", "$[0][0]"),
    }
    reference = made["mediaReferences"][0]
    assert reference["referenceString"] == token
    assert (reference["media"]["mediaId"], reference["media"]["contentLength"]) == (ticket["mediaId"], len(content))
    assert (await client.get(reference["media"]["url"])).content == content
    assert len(parse_obj_as(DatasetItem, made).media_references) == 3
