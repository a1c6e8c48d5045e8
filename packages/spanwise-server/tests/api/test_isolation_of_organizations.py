"""Keys of organizations, the admin key and keys of projects stay apart. The cases are made from the router itself."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from spanwise_server.api.auth import ADMIN_KEY_HEADER, ADMIN_PROJECT_HEADER, OWN_ORIGIN_HEADER
from spanwise_server.api.policies import Credential, Policy, PolicyRoute
from spanwise_server.domain.accounts import Role, User
from spanwise_server.services.administration.api_keys import KeyRequest
from spanwise_server.services.api_keys import KeyTerms
from spanwise_server.services.container import Services
from spanwise_server.storage.metadata import memberships, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.accounts import ADMIN_API_KEY, ProjectMaker, ProjectWithKeys

PARAMETER = "unknown-"
"""What fills a path parameter that names nothing here."""


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization with a project, a key, a member, and a marker in each of them."""

    id: str
    project: ProjectWithKeys
    marker: str
    authorization: str
    public_key: str
    key_id: str

    def url(self, path: str) -> str:
        """Fill ``path`` with what this organization has."""
        known = {"project_id": self.project.id, "organization_id": self.id, "api_key_id": self.key_id}
        return path.replace(":path}", "}").format_map(_Known(known))


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return PARAMETER + name


def _basic(public_key: str, secret_key: str) -> str:
    return "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()


async def _make(services: Services, make_project: ProjectMaker, database: MetadataDatabase) -> Organization:
    project, marker = await make_project(), uuid.uuid4().hex
    organization_id = (await services.projects.get(project.id)).organization.id
    terms = KeyTerms(note=marker)
    made = await services.administration.api_keys.create_for_organization(organization_id, KeyRequest(terms=terms))
    await services.administration.api_keys.create_for_project(organization_id, project.id, KeyRequest(terms=terms))
    user = User(id=f"user-{marker}", email=f"{marker}@spanwise.test", name=marker, password_hash=None, created_at=1)

    def work(connection: MetadataTransaction) -> None:
        users.add_user(connection, user)
        memberships.set_organization_role(connection, organization_id, user.id, Role.OWNER)
        memberships.set_project_role(connection, project.id, user.id, Role.OWNER)

    await database.write(work)
    return Organization(
        organization_id, project, marker, _basic(made.key.public_key, made.secret_key), made.key.public_key, made.key.id
    )


@pytest.fixture(scope="module")
async def organization(services: Services, make_project: ProjectMaker, accounts_database: MetadataDatabase) -> Organization:
    return await _make(services, make_project, accounts_database)


@pytest.fixture(scope="module")
async def stranger(services: Services, make_project: ProjectMaker, accounts_database: MetadataDatabase) -> Organization:
    return await _make(services, make_project, accounts_database)


def _routes(app: FastAPI, *credentials: Credential) -> list[tuple[str, str, Policy]]:
    found = [
        (method, route.path, route.policy)
        for route in app.router.routes
        if isinstance(route, PolicyRoute) and route.policy.credential in credentials
        for method in sorted(route.methods or ())
    ]
    assert found
    return found


async def _request(client: httpx.AsyncClient, method: str, url: str, authorization: str) -> httpx.Response:
    content = b"{}" if method in {"POST", "PUT", "PATCH", "DELETE"} else None
    return await client.request(method, url, content=content, headers={"Authorization": authorization, OWN_ORIGIN_HEADER: "1"})


PROJECT_ROUTES = (Credential.PROJECT_KEY, Credential.PROJECT_KEY_OR_LOGIN, Credential.PROJECT_LOGIN, Credential.LOGIN)


async def test_an_organizations_key_opens_nothing_of_a_project(
    app: FastAPI, client: httpx.AsyncClient, organization: Organization
) -> None:
    wrong = {}
    for method, path, policy in _routes(app, *PROJECT_ROUTES, Credential.ADMIN_KEY):
        answer = await _request(client, method, organization.url(path), organization.authorization)
        if answer.status_code not in (401, 403, 404) or organization.marker in answer.text:
            wrong[method, path, policy.name] = (answer.status_code, answer.text)

    assert wrong == {}


async def test_a_projects_key_opens_nothing_of_its_organization(
    app: FastAPI, client: httpx.AsyncClient, organization: Organization
) -> None:
    keys = organization.project.keys
    wrong = {}
    for method, path, policy in _routes(app, Credential.ORGANIZATION_KEY, Credential.ADMIN_KEY):
        for authorization in (_basic(keys.public_key, keys.secret_key), f"Bearer {keys.public_key}"):
            answer = await _request(client, method, organization.url(path), authorization)
            expected = 403 if policy.credential is Credential.ORGANIZATION_KEY else 401
            if answer.status_code != expected or organization.marker in answer.text:
                wrong[method, path] = (answer.status_code, answer.text)

    assert wrong == {}


async def test_another_organizations_key_sees_and_changes_nothing(
    app: FastAPI, client: httpx.AsyncClient, organization: Organization, stranger: Organization
) -> None:
    wrong = {}
    for method, path, _ in _routes(app, Credential.ORGANIZATION_KEY):
        answer = await _request(client, method, organization.url(path), stranger.authorization)
        is_ours = "{" in path and answer.status_code < 400
        if is_ours or organization.marker in answer.text or answer.status_code >= 500:
            wrong[method, path] = (answer.status_code, answer.text)

    assert wrong == {}
    for authorization in (organization.authorization, stranger.authorization):
        assert (await _request(client, "GET", "/api/public/organizations/projects", authorization)).status_code == 200


async def test_its_own_key_does_see_it(app: FastAPI, client: httpx.AsyncClient, organization: Organization) -> None:
    """The control: what these tests look for is there to be seen."""
    blind = {}
    for method, path, _ in _routes(app, Credential.ORGANIZATION_KEY):
        if method != "GET":
            continue
        answer = await _request(client, method, organization.url(path), organization.authorization)
        shown = organization.marker in answer.text or organization.project.id in answer.text
        if answer.status_code != 200 or not shown:
            blind[path] = (answer.status_code, answer.text)

    assert blind == {}


async def test_the_admin_key_opens_the_installation_and_nothing_else(
    app: FastAPI, client: httpx.AsyncClient, organization: Organization
) -> None:
    bearer = f"Bearer {ADMIN_API_KEY}"
    for method, path, _ in _routes(app, Credential.ADMIN_KEY):
        if method == "GET":
            assert (await _request(client, method, organization.url(path), bearer)).status_code == 200, path
    wrong = {}
    for method, path, _ in _routes(app, *PROJECT_ROUTES, Credential.ORGANIZATION_KEY):
        answer = await _request(client, method, organization.url(path), bearer)
        if answer.status_code != 401:
            wrong[method, path] = (answer.status_code, answer.text)
    assert wrong == {}


async def test_the_admin_key_names_a_project_where_that_is_allowed_and_nowhere_else(
    app: FastAPI, client: httpx.AsyncClient, organization: Organization
) -> None:
    named = {
        "Authorization": f"Bearer {ADMIN_API_KEY}",
        ADMIN_KEY_HEADER: ADMIN_API_KEY,
        ADMIN_PROJECT_HEADER: organization.project.id,
    }
    half_right = [
        {**named, ADMIN_KEY_HEADER: "something else"},
        {**named, "Authorization": "Bearer something else"},
        {**named, "Authorization": organization.authorization},
    ]
    for method, path, policy in _routes(app, Credential.PROJECT_KEY):
        if method != "GET":
            continue
        url = organization.url(path)
        answer = await client.get(url, headers=named)
        assert (answer.status_code in (401, 403)) is not policy.allows_admin_key, path
        if policy.allows_admin_key:
            for headers in half_right:
                assert (await client.get(url, headers=headers)).status_code == 401, path
            nowhere = await client.get(url, headers={**named, ADMIN_PROJECT_HEADER: "none"})
            assert nowhere.status_code == 404
            nameless = {name: value for name, value in named.items() if name != ADMIN_PROJECT_HEADER}
            assert (await client.get(url, headers=nameless)).status_code == 400
