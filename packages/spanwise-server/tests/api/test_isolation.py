"""No caller gets past a route's policy, and none sees another's project. The cases are made from the router itself.

A new route is covered by being registered. One without a policy fails; one with a path parameter that these tests
cannot fill fails until ``PATH_VALUES`` knows it; one that reads single things should be in ``READS``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx
import pytest
from fastapi import FastAPI

from spanwise_server._lib.clock import system_clock
from spanwise_server.api.auth import OWN_ORIGIN_HEADER, SESSION_COOKIE
from spanwise_server.api.policies import Credential, Policy, PolicyRoute
from spanwise_server.domain.accounts import LoginSession, Role, User
from spanwise_server.domain.media import media_id_of
from spanwise_server.services.logins import hash_token
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.web.assets import FILE_ROUTES, PAGE_ROUTES
from tests.accounts import BASE_URL, ProjectMaker, ProjectWithKeys
from tests.annotation_rows import add_annotation
from tests.api.mcp.agents import connected
from tests.media_files import upload

OWN_ORIGIN = {OWN_ORIGIN_HEADER: "1"}
BODIES = {"POST", "PUT", "PATCH"}
COOKIES = {Credential.LOGIN, Credential.PROJECT_KEY_OR_LOGIN, Credential.PROJECT_LOGIN}


@dataclass(frozen=True, slots=True)
class Tenant:
    """A project with something in it, and a person who may see it."""

    project: ProjectWithKeys
    marker: str
    """Part of every id and text of this tenant."""
    cookie: str
    connection_id: str = ""
    """Drawn by the server, unlike the others; so are the next three."""
    dataset_id: str = ""
    run_id: str = ""
    run_item_id: str = ""

    @property
    def path_values(self) -> Mapping[str, str]:
        """What to put into a path so that it names something of this tenant."""
        return {
            "project_id": self.project.id,
            "trace_id": f"trace-{self.marker}",
            "observation_id": f"observation-{self.marker}",
            "session_id": f"session-{self.marker}",
            "score_id": f"score-{self.marker}",
            "config_id": f"config-{self.marker}",
            "comment_id": f"comment-{self.marker}",
            "queue_id": f"queue-{self.marker}",
            "item_id": f"item-{self.marker}",
            "model_id": f"model-{self.marker}",
            "name": f"folder/name-{self.marker}",
            "version": "1",
            "media_id": media_id_of(hashlib.sha256(self.marker.encode()).digest()),
            "connection_id": self.connection_id,
            "dataset_id": self.dataset_id,
            "dataset_name": f"dataset/{self.marker}",
            "run_id": self.run_id,
            "run_item_id": self.run_item_id,
            "run_name": f"run/{self.marker}",
            "organization_id": f"organization-{self.marker}",
            "api_key_id": f"key-{self.marker}",
            "path": "login",
        }

    def url(self, path: str) -> str:
        """Fill ``path`` with this tenant's ids."""
        return path.replace(":path}", "}").format_map(self.path_values)


def _routes(app: FastAPI) -> list[tuple[str, str, Policy]]:
    return [
        (method, route.path, route.policy)
        for route in app.router.routes
        if isinstance(route, PolicyRoute)
        for method in sorted(route.methods or ())
    ]


async def _request(
    client: httpx.AsyncClient, method: str, url: str, headers: Mapping[str, str], params: Mapping[str, str] | None = None
) -> httpx.Response:
    client.cookies.clear()
    content = b"{}" if method in BODIES else None
    return await client.request(method, url, headers=dict(headers), content=content, params=params)


def _basic(public_key: str, secret_key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()}


def _cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={token}", **OWN_ORIGIN}


@pytest.fixture(scope="module")
async def tenant(app: FastAPI, make_project: ProjectMaker, accounts_database: MetadataDatabase) -> Tenant:
    return await _make_tenant(app, make_project, accounts_database)


@pytest.fixture(scope="module")
async def stranger(app: FastAPI, make_project: ProjectMaker, accounts_database: MetadataDatabase) -> Tenant:
    return await _make_tenant(app, make_project, accounts_database)


async def _make_tenant(app: FastAPI, make_project: ProjectMaker, database: MetadataDatabase) -> Tenant:
    project, marker, token = await make_project(), uuid.uuid4().hex, uuid.uuid4().hex
    now = system_clock()
    user = User(id=marker, email=f"{marker}@spanwise.test", name=marker, password_hash=None, created_at=now)
    session = LoginSession(token_hash=hash_token(token), user_id=user.id, created_at=now, expires_at=now + 3_600_000_000)

    def work(connection: MetadataTransaction) -> None:
        users.add_user(connection, user)
        users.ensure_project_member(connection, project.id, user.id, Role.OWNER)
        users.add_login_session(connection, session)
        add_annotation(connection, project.id, marker)

    await database.write(work)
    made = Tenant(project, marker, token)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL, auth=project.auth) as client:
        response = await client.post("/api/public/ingestion", json={"batch": _events(made)})
        await _add_prompt(client, made)
        connection_id = await _add_llm_connection(client, made)
        model = {"modelName": f"!{marker}", "matchPattern": marker, "inputPrice": 1}
        assert (await client.put(f"/api/public/models/{made.path_values['model_id']}", json=model)).status_code == 200
        made = replace(made, connection_id=connection_id)
        made = await _with_run(client, made)
        await upload(client, marker.encode(), traceId=made.path_values["trace_id"], contentType=f"image/x-{marker}")
    assert response.status_code == 207
    assert response.json()["errors"] == []
    return made


async def _add_llm_connection(client: httpx.AsyncClient, tenant: Tenant) -> str:
    body = {"provider": tenant.marker, "adapter": "openai", "secretKey": tenant.marker}
    return str((await client.put("/api/public/llm-connections", json=body)).json()["id"])


async def _with_run(client: httpx.AsyncClient, tenant: Tenant) -> Tenant:
    ids = tenant.path_values
    dataset = (await client.post("/api/public/v2/datasets", json={"name": ids["dataset_name"]})).json()
    item = {"datasetName": ids["dataset_name"], "id": ids["item_id"], "input": tenant.marker}
    assert (await client.post("/api/public/dataset-items", json=item)).status_code == 200
    link = {"runName": ids["run_name"], "datasetItemId": ids["item_id"], "traceId": ids["trace_id"]}
    run_item = (await client.post("/api/public/dataset-run-items", json=link)).json()
    return replace(tenant, dataset_id=dataset["id"], run_id=run_item["datasetRunId"], run_item_id=run_item["id"])


async def _add_prompt(client: httpx.AsyncClient, tenant: Tenant) -> None:
    body = {"name": tenant.path_values["name"], "prompt": tenant.marker, "labels": ["production"]}
    created = await client.post("/api/public/v2/prompts", json=body)
    labels = f"/api/v1/projects/{tenant.project.id}/protected-labels"
    request = client.build_request("PUT", labels, json={"labels": [tenant.marker]}, headers=_cookie(tenant.cookie))
    protected = await client.send(request, auth=None)
    assert (created.status_code, protected.status_code) == (201, 200)


def _events(tenant: Tenant) -> list[dict[str, object]]:
    ids = tenant.path_values
    time = "2026-11-20T10:00:00.000Z"
    bodies: list[tuple[str, dict[str, object]]] = [
        (
            "trace-create",
            {"id": ids["trace_id"], "name": tenant.marker, "sessionId": ids["session_id"], "input": tenant.marker},
        ),
        (
            "generation-create",
            {
                "id": ids["observation_id"],
                "traceId": ids["trace_id"],
                "name": tenant.marker,
                "model": tenant.marker,
                "startTime": time,
                "output": tenant.marker,
            },
        ),
        (
            "score-create",
            {"id": ids["score_id"], "traceId": ids["trace_id"], "name": "quality", "value": 1, "comment": tenant.marker},
        ),
    ]
    return [{"id": uuid.uuid4().hex, "timestamp": time, "type": kind, "body": body} for kind, body in bodies]


def test_every_route_declares_a_policy(app: FastAPI) -> None:
    without = [route for route in app.router.routes if not isinstance(route, PolicyRoute)]

    assert without == []
    assert len(_routes(app)) > 20


OPEN_ROUTES = {
    "/api/public/health",
    "/api/public/ready",
    "/api/v1/login",
    # Their token is the permission: tests/api/public/test_media_files.py tries them without it and with others.
    "/api/public/media/upload/{media_id}",
    "/api/public/media/{media_id}/content",
    # Says where the endpoint is, and of nobody's data.
    "/api/well-known/mcp.json",
    *PAGE_ROUTES,
    *FILE_ROUTES,
}
"""All that anybody may call. A route is added here by decision, never to make a test pass."""


def test_only_these_routes_are_open_to_anybody(app: FastAPI) -> None:
    assert {path for _, path, policy in _routes(app) if policy.credential is Credential.NONE} == OPEN_ROUTES


def test_a_route_cannot_be_made_without_a_policy() -> None:
    async def endpoint() -> None: ...

    with pytest.raises(TypeError, match="policy"):
        PolicyRoute("/somewhere", endpoint)  # type: ignore[call-arg]  # leaving it out is what is tested


async def test_without_credentials_only_public_routes_answer(app: FastAPI, client: httpx.AsyncClient, tenant: Tenant) -> None:
    wrong = {}
    for method, path, policy in _routes(app):
        response = await _request(client, method, tenant.url(path), OWN_ORIGIN)
        is_refused = response.status_code == 401
        if is_refused is (policy.credential is Credential.NONE) or response.status_code >= 500:
            wrong[method, path] = response.status_code
        assert tenant.marker not in response.text.replace(tenant.url(path), "")

    assert wrong == {}


@pytest.mark.parametrize(
    "fault", ["unknown public key", "wrong secret", "secret of another project", "malformed", "no such login"]
)
async def test_wrong_credentials_are_refused(
    app: FastAPI, client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, fault: str
) -> None:
    keys = tenant.project.keys
    headers = {
        "unknown public key": _basic("pk-lf-unknown", keys.secret_key),
        "wrong secret": _basic(keys.public_key, "sk-lf-wrong"),
        "secret of another project": _basic(keys.public_key, stranger.project.keys.secret_key),
        "malformed": {"Authorization": "Basic ???"},
        "no such login": _cookie("no-such-token"),
    }[fault]
    answered = {}
    for method, path, policy in _routes(app):
        if policy.credential is Credential.NONE:
            continue
        response = await _request(client, method, tenant.url(path), {**OWN_ORIGIN, **headers})
        if response.status_code != 401 or "message" not in response.json():
            answered[method, path] = response.status_code

    assert answered == {}


async def test_public_key_alone_writes_scores_and_nothing_else(app: FastAPI, client: httpx.AsyncClient, tenant: Tenant) -> None:
    headers = {"Authorization": f"Bearer {tenant.project.keys.public_key}"}
    wrong = {}
    for method, path, policy in _routes(app):
        if policy.credential not in (Credential.PROJECT_KEY, Credential.PROJECT_KEY_OR_LOGIN):
            continue
        response = await _request(client, method, tenant.url(path), headers)
        if (response.status_code == 403) is policy.allows_scores_scope:
            wrong[method, path] = response.status_code

    assert wrong == {}


async def test_another_projects_key_sees_and_changes_nothing(
    app: FastAPI, client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant
) -> None:
    keys = stranger.project.keys
    leaks = {}
    for method, path, policy in _routes(app):
        if policy.credential not in (Credential.PROJECT_KEY, Credential.PROJECT_KEY_OR_LOGIN):
            continue
        response = await _request(client, method, tenant.url(path), _basic(keys.public_key, keys.secret_key), _query(tenant))
        shown = response.text
        for value in (tenant.url(path), *tenant.path_values.values()):
            # An error may repeat what was asked for; it may not tell more.
            shown = shown.replace(value, "") if response.status_code >= 400 else shown
        if tenant.marker in shown or response.status_code >= 500:
            leaks[method, path] = shown
        if policy.credential is Credential.PROJECT_KEY_OR_LOGIN and response.status_code != 404:
            leaks[method, path] = str(response.status_code)

    assert leaks == {}
    await _assert_untouched(client, tenant)


async def test_another_projects_member_sees_and_changes_nothing(
    app: FastAPI, client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant
) -> None:
    answers = {}
    for method, path, policy in _routes(app):
        if policy.credential not in (Credential.PROJECT_KEY_OR_LOGIN, Credential.PROJECT_LOGIN):
            continue
        response = await _request(client, method, tenant.url(path), _cookie(stranger.cookie), _query(tenant))
        answers[method, path] = response.status_code

    assert set(answers.values()) == {404}
    await _assert_untouched(client, tenant)


async def test_cookie_is_no_key_and_key_is_no_login(app: FastAPI, client: httpx.AsyncClient, tenant: Tenant) -> None:
    keys = tenant.project.keys
    wrong = {}
    for method, path, policy in _routes(app):
        if policy.credential in (Credential.PROJECT_KEY, Credential.ORGANIZATION_KEY, Credential.ADMIN_KEY):
            response = await _request(client, method, tenant.url(path), _cookie(tenant.cookie))
        elif policy.credential in (Credential.LOGIN, Credential.PROJECT_LOGIN):
            response = await _request(
                client, method, tenant.url(path), {**OWN_ORIGIN, **_basic(keys.public_key, keys.secret_key)}
            )
        else:
            continue
        if response.status_code != 401:
            wrong[method, path] = response.status_code

    assert wrong == {}


async def test_cookie_without_own_origin_changes_nothing(app: FastAPI, client: httpx.AsyncClient, tenant: Tenant) -> None:
    wrong = {}
    for method, path, policy in _routes(app):
        takes_cookie = policy.credential in COOKIES or policy.needs_own_origin
        if method in ("GET", "HEAD") or not takes_cookie:
            continue
        response = await _request(client, method, tenant.url(path), {"Cookie": f"{SESSION_COOKIE}={tenant.cookie}"})
        if response.status_code != 403:
            wrong[method, path] = response.status_code

    assert wrong == {}


METRICS_QUERY = json.dumps(
    {
        "view": "observations",
        "metrics": [{"measure": "count", "aggregation": "count"}],
        "dimensions": [{"field": "name"}],
        "fromTimestamp": "2026-11-20T00:00:00Z",
        "toTimestamp": "2026-11-21T00:00:00Z",
    }
)
READS: Mapping[str, Mapping[str, str]] = {
    "/api/public/metrics": {"query": METRICS_QUERY.replace("{", "{{").replace("}", "}}")},
    "/api/public/v2/metrics": {"query": METRICS_QUERY.replace("{", "{{").replace("}", "}}")},
    "/api/public/metrics/daily": {},
    "/api/public/traces": {},
    "/api/public/traces/{trace_id:path}": {},
    "/api/public/observations": {},
    "/api/public/observations/{observation_id:path}": {},
    "/api/public/v2/observations": {"fields": "core,basic,io"},
    "/api/public/sessions": {},
    "/api/public/sessions/{session_id:path}": {},
    "/api/public/scores": {},
    "/api/public/scores/{score_id:path}": {},
    "/api/public/v2/scores": {},
    "/api/public/v2/scores/{score_id:path}": {},
    "/api/public/v3/scores": {},
    "/api/public/v2/prompts": {},
    "/api/public/v2/prompts/{name:path}": {},
    "/api/public/prompts": {"name": "{name}"},
    "/api/public/models": {"limit": "1"},
    "/api/public/models/{model_id}": {},
    "/api/public/score-configs": {},
    "/api/public/score-configs/{config_id}": {},
    "/api/public/comments": {},
    "/api/public/comments/{comment_id}": {},
    "/api/public/annotation-queues": {},
    "/api/public/annotation-queues/{queue_id}": {},
    "/api/public/annotation-queues/{queue_id}/items": {},
    "/api/public/annotation-queues/{queue_id}/items/{item_id}": {},
    "/api/public/v2/datasets": {},
    "/api/public/v2/datasets/{dataset_name:path}": {},
    "/api/public/datasets": {},
    "/api/public/datasets/{dataset_name:path}": {},
    "/api/public/datasets/{dataset_name:path}/runs": {},
    "/api/public/datasets/{dataset_name:path}/runs/{run_name:path}": {},
    "/api/public/dataset-items": {"datasetName": "{dataset_name}"},
    "/api/public/dataset-items/{item_id:path}": {},
    "/api/public/dataset-run-items": {"datasetId": "{dataset_id}", "runName": "{run_name}"},
    "/api/public/experiments": {"fromStartTime": "2020-01-01T00:00:00Z"},
    "/api/public/experiment-items": {"fromStartTime": "2020-01-01T00:00:00Z"},
    "/api/v1/projects/{project_id}/datasets": {},
    "/api/v1/projects/{project_id}/dataset": {"id": "{dataset_id}"},
    "/api/v1/projects/{project_id}/dataset-run": {"id": "{run_id}"},
    "/api/v1/projects/{project_id}/dataset-run-item": {"run_id": "{run_id}", "id": "{run_item_id}"},
    "/api/public/media/{media_id}": {},
    "/api/public/llm-connections": {},
    "/api/v1/projects/{project_id}/media": {"id": "{media_id}"},
    "/api/v1/projects/{project_id}/traces": {},
    "/api/v1/projects/{project_id}/trace": {"id": "{trace_id}"},
    "/api/v1/projects/{project_id}/observation": {"id": "{observation_id}", "trace_id": "{trace_id}"},
    "/api/v1/projects/{project_id}/session": {"id": "{session_id}"},
    "/api/v1/projects/{project_id}/prompts": {},
    "/api/v1/projects/{project_id}/prompt": {"name": "{name}"},
    "/api/v1/projects/{project_id}/protected-labels": {},
    "/api/v1/projects/{project_id}/comments": {"object_type": "TRACE", "object_id": "{trace_id}"},
    "/api/v1/projects/{project_id}/score-configs": {},
    "/api/v1/projects/{project_id}/annotation-queues": {},
    "/api/v1/projects/{project_id}/annotation-queues/{queue_id}/next": {},
}
"""Reads of telemetry with the query that makes them answer."""
OTHER_READS = {
    # Names the project of the key.
    "/api/public/projects",
    # Refused as a method; the tools are called below.
    "/api/public/mcp",
}
"""Reads in which nothing of the tenant's telemetry is to be seen."""


async def test_the_owner_does_see_it(app: FastAPI, client: httpx.AsyncClient, tenant: Tenant) -> None:
    """The control: what these tests look for is there to be seen, in every read."""
    keys = tenant.project.keys
    blind = {}
    for method, path, policy in _routes(app):
        is_read = policy.credential in (Credential.PROJECT_KEY, Credential.PROJECT_KEY_OR_LOGIN) and method == "GET"
        if not is_read or path in OTHER_READS:
            continue
        query = {name: value.format_map(tenant.path_values) for name, value in READS[path].items()}
        response = await _request(client, method, tenant.url(path), _basic(keys.public_key, keys.secret_key), query)
        if response.status_code != 200 or tenant.marker not in response.text:
            blind[path] = response.text

    assert blind == {}


async def test_tools_show_the_owner_and_nobody_else(app: FastAPI, tenant: Tenant, stranger: Tenant) -> None:
    """Every tool that reads, with whatever arguments of its name something of the tenant."""
    arguments = _query(tenant) | {_camel(name): value for name, value in tenant.path_values.items()}
    shown: dict[str, set[str]] = {}
    for caller in (tenant, stranger):
        async with connected(app, caller.project) as client:
            tools = (await client.list_tools()).tools
            for tool in tools:
                if tool.annotations is None or not tool.annotations.read_only_hint:
                    continue
                known = {name: arguments[name] for name in tool.input_schema["properties"] if name in arguments}
                result = await client.call_tool(tool.name, known)
                answer = result.model_dump_json()
                if result.is_error:
                    for value in known.values():
                        answer = answer.replace(value, "")
                if tenant.marker in answer:
                    shown.setdefault(caller.project.id, set()).add(tool.name)

    assert shown.keys() == {tenant.project.id}
    assert len(shown[tenant.project.id]) > 20


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _query(tenant: Tenant) -> dict[str, str]:
    """Return every parameter that names a single thing; a route ignores or refuses those it does not know."""
    ids = tenant.path_values
    return {
        "id": ids["trace_id"],
        "trace_id": ids["trace_id"],
        "traceId": ids["trace_id"],
        "name": ids["name"],
        "datasetName": ids["dataset_name"],
        "datasetId": ids["dataset_id"],
        "runName": ids["run_name"],
        "fromStartTime": "2020-01-01T00:00:00Z",
        "query": METRICS_QUERY,
    }


async def _assert_untouched(client: httpx.AsyncClient, tenant: Tenant) -> None:
    for kind in ("trace", "observation", "session", "score"):
        path = f"/api/public/{kind}s/" + tenant.path_values[f"{kind}_id"]
        assert (await client.get(path, auth=tenant.project.auth)).status_code == 200, path
    item = tenant.url("/api/public/annotation-queues/{queue_id}/items/{item_id}")
    assert (await client.get(item, auth=tenant.project.auth)).json()["status"] == "PENDING"
    media = tenant.url("/api/public/media/{media_id}")
    run = tenant.url("/api/public/datasets/{dataset_name}/runs/{run_name}")
    dataset_item = tenant.url("/api/public/dataset-items/{item_id}")
    for path in ("/api/public/v2/prompts/" + tenant.path_values["name"], media, run, dataset_item):
        assert (await client.get(path, auth=tenant.project.auth)).status_code == 200, path
    connections = (await client.get("/api/public/llm-connections", auth=tenant.project.auth)).json()["data"]
    assert [connection["id"] for connection in connections] == [tenant.connection_id]
