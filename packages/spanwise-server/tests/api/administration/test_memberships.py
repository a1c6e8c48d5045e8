"""Members are set and removed by the organization's key; what that opens and closes shows in the browser's API."""

from __future__ import annotations

import functools
import uuid

import pytest

from spanwise_server.domain.accounts import Role, User
from spanwise_server.services.container import Services
from spanwise_server.storage.metadata import memberships, users
from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.accounts import ProjectWithKeys
from tests.api.administration.owners import Owner

OF_ORGANIZATION = "/api/public/organizations/memberships"


@pytest.fixture
async def people(accounts_database: MetadataDatabase) -> tuple[str, str]:
    """Return the ids of two people without memberships."""
    ids = []
    for name in ("ada", "grace"):
        user = User(id=uuid.uuid4().hex, email=f"{name}-{uuid.uuid4().hex}@x.test", name=name, password_hash=None, created_at=1)
        await accounts_database.write(functools.partial(users.add_user, user=user))
        ids.append(user.id)
    return ids[0], ids[1]


async def _role(services: Services, user_id: str, project: ProjectWithKeys) -> str | None:
    found = await services.logins.membership(user_id, project.id)
    return found.role.value if found else None


async def test_the_way_of_a_membership(owner: Owner, services: Services, people: tuple[str, str]) -> None:
    ada, grace = people
    made = await owner.http.put(OF_ORGANIZATION, json={"userId": ada, "role": "OWNER"})
    assert made.status_code == 200
    assert (made.json()["userId"], made.json()["role"], made.json()["name"]) == (ada, "OWNER", "ada")
    await owner.http.put(OF_ORGANIZATION, json={"userId": grace, "role": "VIEWER"})
    assert await _role(services, grace, owner.project) == "VIEWER"
    await owner.http.put(OF_ORGANIZATION, json={"userId": grace, "role": "ADMIN"})
    assert await _role(services, grace, owner.project) == "ADMIN"
    listed = (await owner.http.get(OF_ORGANIZATION)).json()["memberships"]
    assert [(member["userId"], member["role"]) for member in listed] == [(ada, "OWNER"), (grace, "ADMIN")]

    removed = await owner.http.request("DELETE", OF_ORGANIZATION, json={"userId": grace})
    assert (removed.status_code, removed.json()["userId"]) == (200, grace)
    assert await _role(services, grace, owner.project) is None
    assert (await owner.http.request("DELETE", OF_ORGANIZATION, json={"userId": grace})).status_code == 404


async def test_a_role_in_the_project_wins_and_none_shows_nothing(
    owner: Owner, services: Services, people: tuple[str, str]
) -> None:
    of_project = f"/api/public/projects/{owner.project.id}/memberships"
    person = people[0]
    await owner.http.put(OF_ORGANIZATION, json={"userId": person, "role": "NONE"})
    assert await _role(services, person, owner.project) is None

    await owner.http.put(of_project, json={"userId": person, "role": "MEMBER"})
    assert await _role(services, person, owner.project) == "MEMBER"
    listed = (await owner.http.get(of_project)).json()["memberships"]
    assert [(member["userId"], member["role"]) for member in listed] == [(person, "MEMBER")]

    await owner.http.put(OF_ORGANIZATION, json={"userId": person, "role": "ADMIN"})
    await owner.http.put(of_project, json={"userId": person, "role": "NONE"})
    assert await _role(services, person, owner.project) is None

    removed = await owner.http.request("DELETE", of_project, json={"userId": person})
    assert removed.status_code == 200
    assert await _role(services, person, owner.project) == "ADMIN"
    assert (await owner.http.request("DELETE", of_project, json={"userId": person})).status_code == 404


async def test_leaving_the_organization_ends_roles_in_its_projects_alone(
    owner: Owner,
    services: Services,
    people: tuple[str, str],
    other_project: ProjectWithKeys,
    accounts_database: MetadataDatabase,
) -> None:
    person = people[0]
    await owner.http.put(OF_ORGANIZATION, json={"userId": person, "role": "MEMBER"})
    await owner.http.put(f"/api/public/projects/{owner.project.id}/memberships", json={"userId": person, "role": "ADMIN"})
    await accounts_database.write(
        lambda connection: memberships.set_project_role(connection, other_project.id, person, Role.VIEWER)
    )

    await owner.http.request("DELETE", OF_ORGANIZATION, json={"userId": person})

    assert await _role(services, person, owner.project) is None
    assert await _role(services, person, other_project) == "VIEWER"


async def test_the_last_owner_stays(owner: Owner, people: tuple[str, str]) -> None:
    ada, grace = people
    await owner.http.put(OF_ORGANIZATION, json={"userId": ada, "role": "OWNER"})
    for answer in (
        await owner.http.request("DELETE", OF_ORGANIZATION, json={"userId": ada}),
        await owner.http.put(OF_ORGANIZATION, json={"userId": ada, "role": "ADMIN"}),
    ):
        assert answer.status_code == 400
        assert "last owner" in answer.json()["message"]

    await owner.http.put(OF_ORGANIZATION, json={"userId": grace, "role": "OWNER"})
    assert (await owner.http.request("DELETE", OF_ORGANIZATION, json={"userId": ada})).status_code == 200


async def test_only_people_with_an_account_become_members(owner: Owner) -> None:
    for path in (OF_ORGANIZATION, f"/api/public/projects/{owner.project.id}/memberships"):
        answer = await owner.http.put(path, json={"userId": "nobody", "role": "MEMBER"})
        assert (answer.status_code, answer.json()["message"]) == (404, "User not found")


@pytest.mark.parametrize("body", [{}, {"userId": "x"}, {"userId": "x", "role": "GOD"}, {"userId": "", "role": "MEMBER"}])
async def test_a_wrong_membership_is_refused(owner: Owner, body: dict[str, str]) -> None:
    assert (await owner.http.put(OF_ORGANIZATION, json=body)).status_code == 400


async def test_only_members_of_the_organization_get_a_role_in_a_project(owner: Owner, people: tuple[str, str]) -> None:
    of_project = f"/api/public/projects/{owner.project.id}/memberships"
    body = {"userId": people[0], "role": "MEMBER"}

    refused = await owner.http.put(of_project, json=body)
    assert (refused.status_code, refused.json()["message"]) == (404, "User is not a member of the organization")
    await owner.http.put(OF_ORGANIZATION, json={**body, "role": "NONE"})
    assert (await owner.http.put(of_project, json=body)).status_code == 200
