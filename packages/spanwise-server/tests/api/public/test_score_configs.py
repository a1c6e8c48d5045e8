"""Score configs over HTTP, and what they do to scores that come in by each door."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

CONFIGS = "/api/public/score-configs"
SCORES = "/api/public/scores"
TIME = "2026-11-20T10:00:00.000Z"
MOODS = [{"label": "calm", "value": 2}, {"label": "wild", "value": -1.5}]


async def make(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await api.post(CONFIGS, json={"name": "quality", "dataType": "NUMERIC", **fields})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def faults(answer: httpx.Response) -> list[list[Any]]:
    assert answer.status_code == 400, answer.text
    return [fault["path"] for fault in answer.json()["error"]]


async def test_every_key_is_there(api: httpx.AsyncClient) -> None:
    made = await make(api, minValue=0, maxValue=1.5, description="How good")
    assert made == {
        "id": made["id"],
        "name": "quality",
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
        "projectId": made["projectId"],
        "dataType": "NUMERIC",
        "isArchived": False,
        "minValue": 0,
        "maxValue": 1.5,
        "categories": None,
        "description": "How good",
    }
    assert (await api.get(f"{CONFIGS}/{made['id']}")).json() == made
    assert (await api.get(CONFIGS)).json() == {
        "data": [made],
        "meta": {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1},
    }


async def test_categories_are_set_by_the_server_for_booleans(api: httpx.AsyncClient) -> None:
    boolean = await make(api, dataType="BOOLEAN", name="safe")
    assert boolean["categories"] == [{"label": "True", "value": 1}, {"label": "False", "value": 0}]
    categorical = await make(api, dataType="CATEGORICAL", name="mood", categories=MOODS, minValue=None)
    assert categorical["categories"] == MOODS
    assert (await make(api, dataType="TEXT", name="note"))["categories"] is None

    sent = {"name": "safe", "dataType": "BOOLEAN", "categories": boolean["categories"]}
    assert faults(await api.post(CONFIGS, json=sent)) == [["categories"]]
    assert faults(await api.patch(f"{CONFIGS}/{boolean['id']}", json={"categories": boolean["categories"]})) == [["categories"]]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "", "dataType": "NUMERIC"}, ["name"]),
        ({"name": "a/b", "dataType": "NUMERIC"}, ["name"]),
        ({"dataType": "NUMERIC"}, ["name"]),
        ({"name": "x"}, ["dataType"]),
        ({"name": "x", "dataType": "CORRECTION"}, ["dataType"]),
        ({"name": "x", "dataType": "NUMERIC", "minValue": 2, "maxValue": 2}, ["maxValue"]),
        ({"name": "x", "dataType": "NUMERIC", "minValue": "2"}, ["minValue"]),
        ({"name": "x", "dataType": "NUMERIC", "minValue": True}, ["minValue"]),
        ({"name": "x", "dataType": "TEXT", "minValue": 1}, ["minValue"]),
        ({"name": "x", "dataType": "CATEGORICAL"}, ["categories"]),
        ({"name": "x", "dataType": "CATEGORICAL", "categories": [*MOODS, MOODS[0]]}, ["categories", 2, "label"]),
        ({"name": "x", "dataType": "CATEGORICAL", "categories": [{"label": "a"}]}, ["categories", 0, "value"]),
        ({"name": "nul\0", "dataType": "TEXT"}, ["name"]),
    ],
)
async def test_what_makes_no_sense_is_a_400_that_says_where(api: httpx.AsyncClient, body: Any, path: list[Any]) -> None:
    assert path in faults(await api.post(CONFIGS, json=body))


@pytest.mark.parametrize("number", ["1e400", "NaN", "-Infinity", "1" + "0" * 400])
async def test_numbers_that_do_not_fit(api: httpx.AsyncClient, number: str) -> None:
    body = f'{{"name": "x", "dataType": "NUMERIC", "minValue": {number}}}'
    answer = await api.post(CONFIGS, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text


async def test_text_that_cannot_be_kept(api: httpx.AsyncClient) -> None:
    body = r'{"name": "x", "dataType": "TEXT", "description": "\ud800"}'
    assert faults(await api.post(CONFIGS, content=body, headers={"content-type": "application/json"})) == [["description"]]


async def test_a_change_is_a_subset_and_checked_again(api: httpx.AsyncClient) -> None:
    made = await make(api, minValue=0, maxValue=1, description="How good")
    path = f"{CONFIGS}/{made['id']}"

    changed = (await api.patch(path, json={"isArchived": True, "maxValue": 10, "description": None, "name": None})).json()
    assert changed == {**made, "isArchived": True, "maxValue": 10, "description": None, "updatedAt": changed["updatedAt"]}
    assert (await api.patch(path, json={"minValue": None})).json()["minValue"] is None
    assert (await api.get(CONFIGS)).json()["data"][0]["isArchived"] is True  # archived ones are listed

    assert faults(await api.patch(path, json={"minValue": 10})) == [["maxValue"]]
    assert faults(await api.patch(path, json={"dataType": "TEXT"})) == [["dataType"]]
    assert faults(await api.patch(path, json={"categories": MOODS})) == [["categories"]]
    for nothing in ({}, {"name": None}):
        answer = await api.patch(path, json=nothing)
        assert (answer.status_code, "cannot be empty" in answer.text) == (400, True)


async def test_an_unknown_config_is_a_404(api: httpx.AsyncClient) -> None:
    for answer in (await api.get(f"{CONFIGS}/unknown"), await api.patch(f"{CONFIGS}/unknown", json={"name": "x"})):
        assert (answer.status_code, answer.json()["message"]) == (404, "Score config not found within authorized project")


# Scores that name a config


async def test_a_score_takes_name_and_type_from_its_config(api: httpx.AsyncClient) -> None:
    mood = await make(api, dataType="CATEGORICAL", name="mood", categories=MOODS)
    safe = await make(api, dataType="BOOLEAN", name="safe")
    bodies = [
        {"id": "m", "traceId": "t", "name": "whatever", "value": "wild", "configId": mood["id"]},
        {"id": "s", "traceId": "t", "name": "whatever", "value": 1.0, "configId": safe["id"], "dataType": None},
    ]
    for body in bodies:
        assert (await api.post(SCORES, json=body)).json() == {"id": body["id"]}

    stored = {row["id"]: row for row in (await api.get("/api/public/v2/scores")).json()["data"]}
    shown = {
        name: [row[key] for key in ("name", "dataType", "value", "stringValue", "configId")] for name, row in stored.items()
    }
    assert shown == {
        "m": ["mood", "CATEGORICAL", -1.5, "wild", mood["id"]],
        "s": ["safe", "BOOLEAN", 1, "True", safe["id"]],
    }
    later = (await api.get("/api/public/v3/scores", params={"id": "s", "fields": "details"})).json()["data"][0]
    assert (later["value"], later["configId"], later["metadata"]) == (True, safe["id"], {})


async def test_one_violating_score_is_a_400_that_names_it(api: httpx.AsyncClient) -> None:
    config = await make(api, maxValue=1)
    body = {"traceId": "t", "name": "quality", "value": 2, "configId": config["id"]}
    answer = await api.post(SCORES, json=body)

    assert answer.status_code == 400
    message = f"2 is above 1, the greatest value of score config {config['id']} (quality)"
    assert answer.json()["error"] == [{"code": "config_violation", "path": ["value"], "message": message}]
    assert faults(await api.post(SCORES, json={**body, "configId": "unknown"})) == [["configId"]]
    assert faults(await api.post(SCORES, json={**body, "dataType": "TEXT", "value": "x"})) == [["dataType"]]
    assert (await api.get("/api/public/v2/scores")).json()["data"] == []


async def test_violating_scores_of_an_array_are_refused_one_by_one(api: httpx.AsyncClient) -> None:
    config = await make(api, maxValue=1)
    scores = [
        {"id": f"s{value}", "traceId": "t", "name": "quality", "value": value, "configId": config["id"]} for value in (0, 2, 1)
    ]
    answer = await api.post(SCORES, json=[*scores, {"traceId": "t"}])

    assert answer.status_code == 207
    result = answer.json()
    assert (result["accepted"], result["rejected"]) == (2, 2)
    reason = f"Score 1: value: 2 is above 1, the greatest value of score config {config['id']} (quality)"
    assert reason in [error["message"] for error in result["errors"]]
    assert {row["id"] for row in (await api.get("/api/public/v2/scores")).json()["data"]} == {"s0", "s1"}


async def test_an_archived_config_takes_no_more_scores(api: httpx.AsyncClient) -> None:
    config = await make(api)
    body = {"id": "s", "traceId": "t", "name": "quality", "value": 1, "configId": config["id"]}
    assert (await api.post(SCORES, json=body)).status_code == 200
    await api.patch(f"{CONFIGS}/{config['id']}", json={"isArchived": True})
    assert faults(await api.post(SCORES, json=body)) == [["configId"]]
    await api.patch(f"{CONFIGS}/{config['id']}", json={"isArchived": False})
    assert (await api.post(SCORES, json=body)).status_code == 200


async def test_a_batch_keeps_a_violating_score_and_says_so(api: httpx.AsyncClient) -> None:
    """An error would make the SDKs of the batch send everything again, and in the end drop it."""
    config = await make(api, maxValue=1)

    async def send(value: float, time: str) -> dict[str, Any]:
        body = {"id": "s", "traceId": "t", "name": "as sent", "value": value, "configId": config["id"], "metadata": {"k": 1}}
        event = {"id": "e", "type": "score-create", "timestamp": time, "body": body}
        answer = await api.post("/api/public/ingestion", json={"batch": [event]})
        assert answer.status_code == 207
        result: dict[str, Any] = answer.json()
        return result

    async def read() -> dict[str, Any]:
        row: dict[str, Any] = (await api.get("/api/public/v2/scores/s")).json()
        return row

    reason = f"value: 2 is above 1, the greatest value of score config {config['id']} (quality)"
    kept = {"id": "e", "status": 201, "message": f"Kept without its score config: {reason}"}
    assert await send(2, "2026-11-20T10:00:00.000Z") == {"successes": [kept], "errors": []}
    row = await read()
    assert (row["name"], row["value"], row["configId"]) == ("as sent", 2, None)
    assert row["metadata"] == {"k": 1, "score_config_violation": reason}
    marked = '[{"type":"null","column":"configViolation","operator":"is not null","value":""}]'
    found = (await api.get("/api/public/v2/scores", params={"filter": marked})).json()["data"]
    assert [row["id"] for row in found] == ["s"]

    assert await send(1, "2026-11-20T10:00:01.000Z") == {"successes": [{"id": "e", "status": 201}], "errors": []}
    row = await read()
    assert (row["name"], row["value"], row["configId"], row["metadata"]) == ("quality", 1, config["id"], {"k": 1})


async def test_another_projects_config_does_not_exist(
    api: httpx.AsyncClient, client: httpx.AsyncClient, other_project: Any
) -> None:
    foreign = await client.post(CONFIGS, json={"name": "theirs", "dataType": "NUMERIC"}, auth=other_project.auth)
    body = {"traceId": "t", "name": "quality", "value": 1, "configId": foreign.json()["id"]}
    assert faults(await api.post(SCORES, json=body)) == [["configId"]]
