"""Model definitions over the API, and how observations show what they cost and why."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.accounts import BASE_URL, ProjectWithKeys

FLAT = {"modelName": "mine", "matchPattern": "(?i)^mine$", "inputPrice": 0.000001, "outputPrice": 0.000002, "unit": "TOKENS"}
DEFAULT_TIER = {"name": "Standard", "isDefault": True, "priority": 0, "conditions": [], "prices": {"input": 0.000001}}
LONG_TIER = {
    "name": "Long",
    "isDefault": False,
    "priority": 1,
    "conditions": [{"usageDetailPattern": "input", "operator": "gt", "value": 200000}],
    "prices": {"input": 0.000002},
}


async def _generation(api: httpx.AsyncClient, **body: Any) -> str:
    row_id = uuid.uuid4().hex
    event = {
        "id": uuid.uuid4().hex,
        "timestamp": "2026-11-20T10:00:00Z",
        "type": "generation-create",
        "body": {"id": row_id, **body},
    }
    answer = await api.post("/api/public/ingestion", json={"batch": [event]})
    assert answer.json()["errors"] == []
    return row_id


async def test_a_definition_is_made_read_replaced_and_deleted(api: httpx.AsyncClient) -> None:
    made = await api.post("/api/public/models", json={**FLAT, "tokenizerId": "openai", "tokenizerConfig": {"tokensPerName": 1}})

    model = made.json()
    assert made.status_code == 200
    assert model == {
        "id": model["id"],
        "modelName": "mine",
        "matchPattern": "(?i)^mine$",
        "startDate": None,
        "unit": "TOKENS",
        "inputPrice": 0.000001,
        "outputPrice": 0.000002,
        "totalPrice": None,
        "tokenizerId": "openai",
        "tokenizerConfig": {"tokensPerName": 1},
        "isLangfuseManaged": False,
        "createdAt": model["createdAt"],
        "prices": {"input": {"price": 0.000001}, "output": {"price": 0.000002}},
        "pricingTiers": [
            {
                "id": f"{model['id']}_tier_default",
                "name": "Standard",
                "isDefault": True,
                "priority": 0,
                "conditions": [],
                "prices": {"input": 0.000001, "output": 0.000002},
            }
        ],
    }
    url = f"/api/public/models/{model['id']}"
    assert (await api.get(url)).json() == model
    replaced = await api.put(
        url, json={"modelName": "mine", "matchPattern": "m", "totalPrice": 0.5, "startDate": "2026-01-01T00:00:00Z"}
    )
    assert replaced.status_code == 200
    assert (replaced.json()["totalPrice"], replaced.json()["inputPrice"]) == (0.5, None)
    assert replaced.json()["startDate"] == "2026-01-01T00:00:00.000Z"
    assert replaced.json()["createdAt"] == model["createdAt"]
    gone = await api.delete(url)
    assert (gone.status_code, gone.json()) == (200, {"message": "Model successfully deleted"})
    assert (await api.get(url)).status_code == 404
    assert (await api.delete(url)).status_code == 404
    assert (await api.get(url)).json()["message"] == "No model with this id found."


async def test_put_creates_under_an_id_of_the_clients(api: httpx.AsyncClient) -> None:
    row_id = uuid.uuid4().hex

    made = await api.put(f"/api/public/models/{row_id}", json=FLAT)

    assert (made.status_code, made.json()["id"]) == (200, row_id)


async def test_tiers_are_kept_in_order_with_ids(api: httpx.AsyncClient) -> None:
    attribute = {"source": "metadata", "key": "plan", "operator": "in", "values": ["gold"]}
    fast = {**LONG_TIER, "name": "Gold", "priority": 2, "conditions": [attribute]}

    answer = await api.post(
        "/api/public/models", json={"modelName": "t", "matchPattern": "^t$", "pricingTiers": [fast, LONG_TIER, DEFAULT_TIER]}
    )

    tiers = answer.json()["pricingTiers"]
    assert [tier["name"] for tier in tiers] == ["Standard", "Long", "Gold"]
    condition = {"usageDetailPattern": "input", "operator": "gt", "value": 200000, "caseSensitive": False}
    assert tiers[1]["conditions"] == [condition]
    assert tiers[2]["conditions"] == [attribute]
    assert len({tier["id"] for tier in tiers}) == 3


async def test_the_list_has_built_in_definitions_and_pages(api: httpx.AsyncClient) -> None:
    await api.post("/api/public/models", json={**FLAT, "modelName": "!first of all"})

    first = (await api.get("/api/public/models", params={"limit": 100})).json()
    second = (await api.get("/api/public/models", params={"limit": 100, "page": 2})).json()

    names = [model["modelName"] for model in (*first["data"], *second["data"])]
    assert names[0] == "!first of all"
    assert names == sorted(names)
    assert len({model["id"] for model in (*first["data"], *second["data"])}) == 200
    assert first["meta"]["totalItems"] > 2000
    assert {model["isLangfuseManaged"] for model in second["data"]} == {True}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"matchPattern": "x", "inputPrice": 1}, "modelName"),
        ({**FLAT, "matchPattern": "("}, "matchPattern"),
        ({**FLAT, "matchPattern": "a(?=b)"}, "matchPattern"),
        ({"modelName": "x", "matchPattern": "x"}, "pricingTiers"),
        ({**FLAT, "pricingTiers": [DEFAULT_TIER]}, "pricingTiers"),
        ({**FLAT, "totalPrice": 1}, "totalPrice"),
        ({**FLAT, "inputPrice": -1}, "inputPrice"),
        ({**FLAT, "unit": "PARSECS"}, "unit"),
        ({**FLAT, "tokenizerId": "mine"}, "tokenizerId"),
        ({**FLAT, "startDate": "yesterday"}, "startDate"),
        ({**FLAT, "modelName": "nul\0"}, "modelName"),
        ({"modelName": "x", "matchPattern": "x", "pricingTiers": [LONG_TIER]}, "pricingTiers"),
        ({"modelName": "x", "matchPattern": "x", "pricingTiers": [{**DEFAULT_TIER, "priority": 1}]}, "pricingTiers"),
        (
            {"modelName": "x", "matchPattern": "x", "pricingTiers": [DEFAULT_TIER, {**LONG_TIER, "name": "Standard"}]},
            "pricingTiers",
        ),
        (
            {"modelName": "x", "matchPattern": "x", "pricingTiers": [DEFAULT_TIER, {**LONG_TIER, "conditions": []}]},
            "pricingTiers",
        ),
        ({"modelName": "x", "matchPattern": "x", "pricingTiers": [DEFAULT_TIER, {**LONG_TIER, "priority": 0}]}, "pricingTiers"),
        (
            {"modelName": "x", "matchPattern": "x", "pricingTiers": [DEFAULT_TIER, {**LONG_TIER, "prices": {"output": 1}}]},
            "pricingTiers",
        ),
        ({"modelName": "x", "matchPattern": "x", "pricingTiers": [{**DEFAULT_TIER, "prices": {}}]}, "pricingTiers"),
    ],
)
async def test_what_is_wrong_is_named(api: httpx.AsyncClient, body: dict[str, Any], path: str) -> None:
    answer = await api.post("/api/public/models", json=body)

    assert answer.status_code == 400
    assert path in [issue["path"][0] for issue in answer.json()["error"]]


async def test_a_name_is_taken_once(api: httpx.AsyncClient) -> None:
    await api.post("/api/public/models", json=FLAT)

    again = await api.post("/api/public/models", json=FLAT)

    assert (again.status_code, again.json()["message"]) == (400, "Model name 'mine' already exists in project")


async def test_another_projects_definition_is_neither_seen_nor_used(
    api: httpx.AsyncClient, other_project: ProjectWithKeys
) -> None:
    made = (await api.post("/api/public/models", json=FLAT)).json()
    transport = api._transport
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, auth=other_project.auth) as stranger:
        row_id = await _generation(stranger, model="mine", usageDetails={"input": 5})
        shown = (await stranger.get(f"/api/public/observations/{row_id}")).json()

        assert (await stranger.get(f"/api/public/models/{made['id']}")).status_code == 404
        assert (await stranger.put(f"/api/public/models/{made['id']}", json=FLAT)).status_code == 404
        assert (shown["modelId"], shown["costDetails"]) == (None, {})


async def test_an_observation_shows_what_it_costs_and_why(api: httpx.AsyncClient) -> None:
    made = (await api.post("/api/public/models", json=FLAT)).json()
    row_id = await _generation(api, model="Mine", usageDetails={"input": 10, "output": 5})

    shown = (await api.get(f"/api/public/observations/{row_id}")).json()
    listed = (await api.get("/api/public/v2/observations", params={"fields": "core,model,usage"})).json()["data"][0]
    item = (await api.get("/api/public/observations")).json()["data"][0]

    expected = {
        "modelId": made["id"],
        "inputPrice": 0.000001,
        "outputPrice": 0.000002,
        "totalPrice": None,
        "calculatedInputCost": 0.00001,
        "calculatedOutputCost": 0.00001,
        "calculatedTotalCost": 0.00002,
        "usagePricingTierId": f"{made['id']}_tier_default",
        "usagePricingTierName": "Standard",
        "costDetails": {"input": 0.00001, "output": 0.00001, "total": 0.00002},
    }
    assert {key: shown[key] for key in expected} == expected
    assert {key: item[key] for key in expected} == expected
    assert {
        key: listed[key] for key in ("modelId", "internalModelId", "inputPrice", "outputPrice", "totalPrice", "totalCost")
    } == {
        "modelId": made["id"],
        "internalModelId": made["id"],
        "inputPrice": "0.000001",
        "outputPrice": "0.000002",
        "totalPrice": None,
        "totalCost": 0.00002,
    }
    assert listed["usagePricingTierName"] == "Standard"


async def test_native_view_tells_estimated_from_reported(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    trace_id = uuid.uuid4().hex
    counted = await _generation(api, traceId=trace_id, model="gpt-4o", input="hello world", output="hi")
    said = await _generation(api, traceId=trace_id, model="gpt-4o", usageDetails={"input": 1}, costDetails={"total": 2})

    answer = await api.get(f"/api/v1/projects/{project.id}/trace", params={"id": trace_id})

    found = {row["id"]: row for row in answer.json()["observations"]}
    assert (found[counted]["usage_estimated"], found[counted]["cost_source"]) == (True, "model")
    assert (found[said]["usage_estimated"], found[said]["cost_source"], found[said]["price_tier"]) == (False, "provided", None)


async def test_an_update_prices_anew_from_all_that_is_known(api: httpx.AsyncClient) -> None:
    row_id = await _generation(api, input="hello world")
    updates: list[dict[str, Any]] = [
        {"model": "gpt-4o"},
        {"usageDetails": {"input": 1000}},
        {"costDetails": {"total": 7}},
    ]
    for second, body in enumerate(updates, start=1):
        event = {
            "id": uuid.uuid4().hex,
            "timestamp": f"2026-11-20T10:00:0{second}Z",
            "type": "generation-update",
            "body": {"id": row_id, **body},
        }
        await api.post("/api/public/ingestion", json={"batch": [event]})
        shown = (await api.get(f"/api/public/observations/{row_id}")).json()
        expected = [{"input": 2, "total": 2}, {"input": 1000, "total": 1000}, {"input": 1000, "total": 1000}][second - 1]
        cost = [{"input": 0.000005, "total": 0.000005}, {"input": 0.0025, "total": 0.0025}, {"total": 7.0}][second - 1]
        assert (shown["usageDetails"], shown["costDetails"]) == (expected, cost)
