"""Annotation queues: what they need, what is refused, how items go through them, and whom they are given to."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.accounts import ProjectWithKeys
from tests.api.public.test_comments import make_user

QUEUES = "/api/public/annotation-queues"


async def make_config(api: httpx.AsyncClient) -> str:
    answer = await api.post("/api/public/score-configs", json={"name": "quality", "dataType": "NUMERIC"})
    config_id: str = answer.json()["id"]
    return config_id


async def make_queue(api: httpx.AsyncClient, name: str = "Review", **fields: Any) -> dict[str, Any]:
    body = {"name": name, "scoreConfigIds": [await make_config(api)], **fields}
    answer = await api.post(QUEUES, json=body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_what_is_made_is_read_back(api: httpx.AsyncClient) -> None:
    configs = [await make_config(api) for _ in range(2)]
    made = await make_queue(api, description="Twice a week", scoreConfigIds=[*configs, configs[0]])
    assert made == {
        "id": made["id"],
        "name": "Review",
        "description": "Twice a week",
        "scoreConfigIds": configs,
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
    }
    assert (await api.get(f"{QUEUES}/{made['id']}")).json() == made
    second = await make_queue(api, "Second")
    assert second["description"] is None
    page = (await api.get(QUEUES, params={"limit": 1})).json()
    assert page == {"data": [second], "meta": {"page": 1, "limit": 1, "totalItems": 2, "totalPages": 2}}


async def test_a_name_is_taken_once_a_project(
    api: httpx.AsyncClient, client: httpx.AsyncClient, other_project: ProjectWithKeys
) -> None:
    made = await make_queue(api)
    answer = await api.post(QUEUES, json={"name": "Review", "scoreConfigIds": made["scoreConfigIds"]})
    assert (answer.status_code, answer.json()["error"][0]["path"]) == (400, ["name"])
    client.auth = other_project.auth
    await make_queue(client)
    foreign = await client.post(QUEUES, json={"name": "Third", "scoreConfigIds": made["scoreConfigIds"]})
    assert (foreign.status_code, foreign.json()["error"][0]["path"]) == (400, ["scoreConfigIds"])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "", "scoreConfigIds": ["c"]}, ["name"]),
        ({"name": "x" * 201, "scoreConfigIds": ["c"]}, ["name"]),
        ({"scoreConfigIds": ["c"]}, ["name"]),
        ({"name": "x"}, ["scoreConfigIds"]),
        ({"name": "x", "scoreConfigIds": []}, ["scoreConfigIds"]),
        ({"name": "x", "scoreConfigIds": ["unknown"]}, ["scoreConfigIds"]),
        ({"name": "x", "scoreConfigIds": ["c"], "more": 1}, ["more"]),
    ],
)
async def test_what_is_wrong_with_a_queue_is_named(api: httpx.AsyncClient, body: Any, path: list[str]) -> None:
    answer = await api.post(QUEUES, json=body)
    assert (answer.status_code, answer.json()["error"][0]["path"]) == (400, path)


async def test_an_item_goes_through_a_queue(api: httpx.AsyncClient) -> None:
    items = f"{QUEUES}/{(queue := await make_queue(api))['id']}/items"
    made = (await api.post(items, json={"objectId": "t/1", "objectType": "TRACE"})).json()
    assert made == {
        "id": made["id"],
        "queueId": queue["id"],
        "objectId": "t/1",
        "objectType": "TRACE",
        "status": "PENDING",
        "completedAt": None,
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
    }
    one = f"{items}/{made['id']}"
    assert (await api.get(one)).json() == made

    done = (await api.patch(one, json={"status": "COMPLETED"})).json()
    assert done == {**made, "status": "COMPLETED", "completedAt": done["updatedAt"], "updatedAt": done["updatedAt"]}
    again = (await api.patch(one, json={"status": "PENDING"})).json()
    assert (again["status"], again["completedAt"]) == ("PENDING", done["completedAt"])
    for nothing in ({}, {"status": None}):
        assert (await api.patch(one, json=nothing)).json() == again

    assert (await api.delete(one)).json() == {"success": True, "message": "Annotation queue item deleted successfully"}
    for answer in (await api.get(one), await api.delete(one), await api.patch(one, json={"status": "COMPLETED"})):
        assert (answer.status_code, answer.json()["message"]) == (404, "Annotation queue item not found")


async def test_items_are_listed_by_status(api: httpx.AsyncClient) -> None:
    items = f"{QUEUES}/{(await make_queue(api))['id']}/items"
    for object_type, status in (("SESSION", None), ("OBSERVATION", "COMPLETED"), ("TRACE", "PENDING")):
        answer = await api.post(items, json={"objectId": "x", "objectType": object_type, "status": status})
        assert (answer.json()["completedAt"] is not None) is (status == "COMPLETED")

    async def found(**params: Any) -> list[str]:
        page = (await api.get(items, params=params)).json()
        assert page["meta"]["totalItems"] >= len(page["data"])
        return [row["objectType"] for row in page["data"]]

    assert await found() == ["TRACE", "OBSERVATION", "SESSION"]
    assert await found(status="PENDING") == ["TRACE", "SESSION"]
    assert await found(status="COMPLETED") == ["OBSERVATION"]
    assert await found(limit=2, page=2) == ["SESSION"]


@pytest.mark.parametrize(
    "body",
    [
        {"objectId": "t", "objectType": "PROMPT"},
        {"objectId": "", "objectType": "TRACE"},
        {"objectType": "TRACE"},
        {"objectId": "t", "objectType": "TRACE", "status": "DONE"},
        {"objectId": "t", "objectType": "TRACE", "more": 1},
    ],
)
async def test_items_that_are_refused(api: httpx.AsyncClient, body: Any) -> None:
    items = f"{QUEUES}/{(await make_queue(api))['id']}/items"
    assert (await api.post(items, json=body)).status_code == 400
    assert (await api.get(items)).json()["data"] == []


@pytest.mark.parametrize("path", [QUEUES, f"{QUEUES}/{{queue}}/items"])
async def test_unknown_parameters_are_refused(api: httpx.AsyncClient, path: str) -> None:
    url = path.format(queue=(await make_queue(api))["id"])
    assert (await api.get(url, params={"unknown": "1"})).status_code == 400


@pytest.mark.parametrize("queue", ["unknown", "%00"])
async def test_an_unknown_queue_is_a_404_everywhere(api: httpx.AsyncClient, queue: str) -> None:
    base = f"{QUEUES}/{queue}"
    item = {"objectId": "t", "objectType": "TRACE"}
    for answer in (
        await api.get(base),
        await api.get(f"{base}/items"),
        await api.post(f"{base}/items", json=item),
        await api.get(f"{base}/items/i"),
        await api.post(f"{base}/assignments", json={"userId": "u"}),
        await api.request("DELETE", f"{base}/assignments", json={"userId": "u"}),
    ):
        assert (answer.status_code, answer.json()["message"]) == (404, "Annotation queue not found")


async def test_a_queue_is_given_to_members(
    api: httpx.AsyncClient,
    project: ProjectWithKeys,
    other_project: ProjectWithKeys,
    accounts_database: MetadataDatabase,
) -> None:
    queue = await make_queue(api)
    path = f"{QUEUES}/{queue['id']}/assignments"
    member, stranger = [await make_user(accounts_database, each) for each in (project, other_project)]
    for _ in range(2):
        answer = await api.post(path, json={"userId": member})
        assert answer.json() == {"userId": member, "queueId": queue["id"], "projectId": project.id}
    for user_id in (stranger, "unknown"):
        answer = await api.post(path, json={"userId": user_id})
        assert (answer.status_code, answer.json()["message"]) == (404, "User not found or not authorized for this project")
    for _ in range(2):
        assert (await api.request("DELETE", path, json={"userId": member})).json() == {"success": True}
    assert (await api.request("DELETE", path)).status_code == 400
