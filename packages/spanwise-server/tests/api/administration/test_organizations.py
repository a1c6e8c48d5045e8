"""An organization's key sees its projects and its own keys."""

from __future__ import annotations

from tests.accounts import ProjectWithKeys
from tests.api.administration.owners import Owner


async def test_an_organization_lists_its_own_keys_masked(owner: Owner, other_project: ProjectWithKeys) -> None:
    answer = await owner.http.get("/api/public/organizations/apiKeys")

    assert [key["publicKey"] for key in answer.json()["apiKeys"]] == [owner.public_key]
    assert owner.secret_key not in answer.text


async def test_an_organization_lists_its_projects_alone(owner: Owner, other_project: ProjectWithKeys) -> None:
    answer = await owner.http.get("/api/public/organizations/projects")

    assert [project["id"] for project in answer.json()["projects"]] == [owner.project.id]
