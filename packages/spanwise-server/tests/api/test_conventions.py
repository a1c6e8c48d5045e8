"""What holds for every public route alike: the words of a refusal, and how lists are paged. The cases come from the router."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from spanwise_server.api.policies import Credential, PolicyRoute
from spanwise_server.services.administration.api_keys import KeyRequest
from spanwise_server.services.api_keys import KeyTerms
from spanwise_server.services.container import Services
from tests.accounts import BASE_URL, ProjectWithKeys

CONFIRM = "Confirm that you've configured the correct host."
OF_PROJECT = (403, "Project ID not found for API token. Are you using an organization key?", "ForbiddenError")
OTHERWISE = {
    "/api/public/projects": (403, "Invalid API key. Are you using an organization key?", "ForbiddenError"),
    "/api/public/ingestion": (401, "Missing projectId in scope. Are you using an organization key?", "UnauthorizedError"),
}
"""Routes that refuse the key of an organization in words of their own."""
STRICT = re.compile(r"/api/public/(comments|annotation-queues|v3/scores|llm-connections)")
DEFAULTS, MOST = {"/api/public/v2/prompts": 10}, {"/api/public/v2/observations": 1000}
"""Items on a page if nothing is asked for, and at most, where it is not 50 and 100."""
NEEDED = {
    "/api/public/dataset-run-items": {"datasetId": "d", "runName": "r"},
    "/api/public/experiments": {"fromStartTime": "2026-01-01T00:00:00Z"},
    "/api/public/experiment-items": {"fromStartTime": "2026-01-01T00:00:00Z"},
}


def _basic(public_key: str, secret_key: str) -> str:
    return "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()


def _url(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "unknown", path)


def _routes(app: FastAPI, credential: Credential) -> Iterator[tuple[str, str]]:
    for route in app.router.routes:
        if isinstance(route, PolicyRoute) and route.path.startswith("/api/public/") and route.policy.credential is credential:
            yield from ((method, route.path) for method in sorted(route.methods or ()))


async def _refusals(
    client: httpx.AsyncClient, app: FastAPI, credential: Credential, header: str | None
) -> dict[str, tuple[int, str, str]]:
    """Return what every route says to this header: status, message and error."""
    found = {}
    for method, path in _routes(app, credential):
        content = b"{}" if method in {"POST", "PUT", "PATCH"} else None
        headers = {"Authorization": header} if header else {}
        answer = await client.request(method, _url(path), headers=headers, content=content)
        body = answer.json()
        found[f"{method} {path}"] = (answer.status_code, body["message"], body["error"])
    assert found
    return found


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "No authorization header"),
        (_basic("pk-lf-unknown", "sk-lf-unknown"), f"Invalid credentials. {CONFIRM}"),
        ("Basic %%%", "Invalid authorization header"),
        ("Digest abc", "Invalid authorization header"),
        ("Bearer pk-lf-unknown", f"Invalid public key. {CONFIRM}"),
    ],
)
@pytest.mark.parametrize("credential", [Credential.PROJECT_KEY, Credential.ORGANIZATION_KEY])
async def test_who_is_unknown_is_told_so_in_the_same_words_everywhere(
    app: FastAPI, client: httpx.AsyncClient, credential: Credential, header: str | None, message: str
) -> None:
    found = await _refusals(client, app, credential, header)

    assert {name: said for name, said in found.items() if said != (401, message, "UnauthorizedError")} == {}


@pytest.fixture
async def organization_key(services: Services, project: ProjectWithKeys) -> str:
    organization = (await services.projects.get(project.id)).organization.id
    request = KeyRequest(terms=KeyTerms(note="conventions"))
    made = await services.administration.api_keys.create_for_organization(organization, request)
    return _basic(made.key.public_key, made.secret_key)


async def test_the_key_of_an_organization_opens_nothing_of_a_project(
    app: FastAPI, client: httpx.AsyncClient, organization_key: str
) -> None:
    found = await _refusals(client, app, Credential.PROJECT_KEY, organization_key)

    assert {name: said for name, said in found.items() if said != OTHERWISE.get(name.split()[1], OF_PROJECT)} == {}


async def test_the_key_of_a_project_administers_nothing(
    app: FastAPI, client: httpx.AsyncClient, project: ProjectWithKeys
) -> None:
    header = _basic(project.keys.public_key, project.keys.secret_key)
    found = await _refusals(client, app, Credential.ORGANIZATION_KEY, header)

    said = (403, "Invalid API key. Organization-scoped API key required for this operation.", "ForbiddenError")
    assert set(found.values()) == {said}


def _lists(app: FastAPI) -> dict[str, set[str]]:
    """Return the path of every list and the names of its parameters."""
    documented: dict[str, Any] = app.openapi()["paths"]
    named = {
        path: {parameter["name"] for parameter in operations.get("get", {}).get("parameters", ())}
        for path, operations in documented.items()
        if path.startswith("/api/public/")
    }
    lists = {path: names for path, names in named.items() if "limit" in names}
    assert len(lists) > 20, lists
    return lists


@pytest.fixture
async def reader(app: FastAPI, project: ProjectWithKeys) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL, auth=project.auth) as opened:
        yield opened


async def _statuses(reader: httpx.AsyncClient, app: FastAPI, asked: dict[str, str], *, paged: bool = False) -> dict[str, int]:
    """Return how every list answers; with ``paged`` only those with numbered pages."""
    return {
        path: (await reader.get(_url(path), params={**NEEDED.get(path, {}), **asked})).status_code
        for path, names in _lists(app).items()
        if not paged or "page" in names
    }


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5"])
async def test_a_page_or_limit_that_is_none_is_refused_by_every_list(
    reader: httpx.AsyncClient, app: FastAPI, value: str
) -> None:
    assert set((await _statuses(reader, app, {"page": value}, paged=True)).values()) == {400}
    assert set((await _statuses(reader, app, {"limit": value})).values()) == {400}


async def test_every_list_gives_a_hundred_and_not_one_more(reader: httpx.AsyncClient, app: FastAPI) -> None:
    for path in _lists(app):
        for limit, is_taken in ((MOST.get(path, 100), True), (MOST.get(path, 100) + 1, False)):
            answer = await reader.get(_url(path), params={**NEEDED.get(path, {}), "limit": limit})
            assert (answer.status_code != 400) == is_taken, (path, limit, answer.text)


async def test_what_is_empty_counts_as_absent_in_every_list(reader: httpx.AsyncClient, app: FastAPI) -> None:
    assert {path for path, status in (await _statuses(reader, app, {"limit": ""})).items() if status == 400} == set()
    assert 400 not in (await _statuses(reader, app, {"page": "", "limit": ""}, paged=True)).values()


async def test_unknown_parameters_are_refused_by_strict_lists_alone(reader: httpx.AsyncClient, app: FastAPI) -> None:
    found = await _statuses(reader, app, {"nonsense": "1"})

    assert {path for path, status in found.items() if status == 400} == {path for path in found if STRICT.match(path)}


async def test_an_empty_list_says_so(reader: httpx.AsyncClient, app: FastAPI) -> None:
    for path, names in _lists(app).items():
        answer = await reader.get(_url(path), params=NEEDED.get(path, {}))
        if answer.status_code == 200 and path != "/api/public/models":  # which has built-in ones
            body, limit = answer.json(), DEFAULTS.get(path, 50)
            numbered = {"page": 1, "limit": limit, "totalItems": 0, "totalPages": 0}
            assert body["data"] == [], path
            assert body["meta"] == (numbered if "page" in names else {"limit": 50} if "v3" in path else {}), path
