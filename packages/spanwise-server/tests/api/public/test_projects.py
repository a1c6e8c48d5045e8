"""``GET /api/public/projects`` answers whose key it is, in each form of credentials."""

from __future__ import annotations

import httpx

from tests.accounts import ProjectWithKeys


async def test_key_pair_names_its_project_with_every_key_clients_read(
    project_client: httpx.AsyncClient, project: ProjectWithKeys
) -> None:
    response = await project_client.get("/api/public/projects")

    assert response.status_code == 200
    (found,) = response.json()["data"]
    assert found["id"] == project.id
    assert found["name"] == "Test project"
    assert found["organization"]["name"] == "Test organization"
    assert found["metadata"] == {}
    assert "retentionDays" not in found


async def test_literal_bearer_pair_is_accepted(client: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    header = f"Bearer {project.keys.public_key}:{project.keys.secret_key}"

    response = await client.get("/api/public/projects", headers={"Authorization": header})

    assert [found["id"] for found in response.json()["data"]] == [project.id]
