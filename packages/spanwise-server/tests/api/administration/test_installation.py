"""The holder of the admin key manages organizations and their keys."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from spanwise_server.services.container import Services
from spanwise_server.storage.metadata import api_keys
from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.accounts import ADMIN_API_KEY, BASE_URL, ProjectWithKeys
from tests.api.openapi_document import OpenApiDocument

ORGANIZATIONS = "/api/admin/organizations"


@pytest.fixture
async def admin(app: FastAPI, openapi_document: OpenApiDocument) -> AsyncIterator[httpx.AsyncClient]:
    hooks = {"response": [openapi_document.check]}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=BASE_URL,
        headers={"Authorization": f"Bearer {ADMIN_API_KEY}"},
        event_hooks=hooks,
    ) as client:
        yield client


async def test_from_an_organization_to_a_first_trace(admin: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    made = await admin.post(ORGANIZATIONS, json={"name": "New", "metadata": {"plan": "free"}})
    assert made.status_code == 201
    organization = made.json()
    key = (await admin.post(f"{ORGANIZATIONS}/{organization['id']}/apiKeys", json={"note": "first"})).json()
    auth = (key["publicKey"], key["secretKey"])
    project = (await client.post("/api/public/projects", json={"name": "First"}, auth=auth)).json()
    pair = (await client.post(f"/api/public/projects/{project['id']}/apiKeys", auth=auth)).json()
    batch = {"batch": [{"id": "e", "timestamp": "2026-11-20T10:00:00Z", "type": "trace-create", "body": {"id": "t"}}]}
    project_auth = (pair["publicKey"], pair["secretKey"])
    assert (await client.post("/api/public/ingestion", json=batch, auth=project_auth)).json()["errors"] == []
    assert (await client.get("/api/public/traces/t", auth=project_auth)).status_code == 200

    shown = (await admin.get(f"{ORGANIZATIONS}/{organization['id']}")).json()
    assert [found["id"] for found in shown["projects"]] == [project["id"]]
    assert shown["metadata"] == {"plan": "free"}
    assert shown in (await admin.get(ORGANIZATIONS)).json()["organizations"]

    refused = await admin.delete(f"{ORGANIZATIONS}/{organization['id']}")
    assert (refused.status_code, refused.json()["message"]) == (400, "The organization still has 1 project")
    assert (await client.delete(f"/api/public/projects/{project['id']}", auth=auth)).status_code == 202
    assert (await admin.delete(f"{ORGANIZATIONS}/{organization['id']}")).status_code == 200
    assert (await client.get("/api/public/organizations/projects", auth=auth)).status_code == 401
    assert (await admin.get(f"{ORGANIZATIONS}/{organization['id']}")).status_code == 404


async def test_an_organization_is_renamed_and_loses_a_key(admin: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    organization = (await admin.post(ORGANIZATIONS, json={"name": "Old", "metadata": {"a": 1}})).json()
    path = f"{ORGANIZATIONS}/{organization['id']}"
    renamed = (await admin.put(path, json={"name": "Renamed"})).json()
    assert (renamed["name"], renamed["metadata"]) == ("Renamed", {"a": 1})

    key = (await admin.post(f"{path}/apiKeys")).json()
    listed = await admin.get(f"{path}/apiKeys")
    assert [found["id"] for found in listed.json()["apiKeys"]] == [key["id"]]
    assert key["secretKey"] not in listed.text
    auth = (key["publicKey"], key["secretKey"])
    assert (await client.get("/api/public/organizations/apiKeys", auth=auth)).status_code == 200
    assert (await admin.delete(f"{path}/apiKeys/{key['id']}")).json() == {"success": True}
    assert (await client.get("/api/public/organizations/apiKeys", auth=auth)).status_code == 401
    assert (await admin.delete(f"{path}/apiKeys/{key['id']}")).status_code == 404


async def test_keys_that_were_changed_elsewhere_are_looked_up_again(
    admin: httpx.AsyncClient, client: httpx.AsyncClient, project: ProjectWithKeys, accounts_database: MetadataDatabase
) -> None:
    assert (await client.get("/api/public/projects", auth=project.auth)).status_code == 200
    # As another process would: this one does not know yet.
    await accounts_database.write(lambda connection: api_keys.delete_api_key(connection, project.keys.public_key))
    assert (await client.get("/api/public/projects", auth=project.auth)).status_code == 200

    assert (await admin.post("/api/admin/api-keys", json={"action": "invalidate"})).status_code == 200

    assert (await client.get("/api/public/projects", auth=project.auth)).status_code == 401


async def test_faults_are_told_as_in_the_public_api(admin: httpx.AsyncClient, services: Services) -> None:
    assert services.settings.admin_api_key is not None
    wrong = await admin.post(ORGANIZATIONS, json={"name": ""})
    assert (wrong.status_code, wrong.json()["error"][0]["path"]) == (400, ["name"])
    missing = await admin.get(f"{ORGANIZATIONS}/none")
    assert (missing.status_code, missing.json()) == (
        404,
        {"message": "Organization not found", "error": "LangfuseNotFoundError"},
    )
    assert (await admin.post("/api/admin/api-keys", json={"action": "explode"})).status_code == 400
    assert ADMIN_API_KEY not in repr(services.settings)
