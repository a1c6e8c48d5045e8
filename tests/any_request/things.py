"""Makes one of everything on an empty server, and returns what each is called in a path."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import httpx

ADMIN_KEY = "an-admin-key-for-any-request"
PROJECT = "matrix-project"
TIME = "2026-11-20T10:00:00.000Z"
_PICTURE = b"\x89PNG\r\n\x1a\n a picture"


def make_things(client: httpx.Client) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, str]]:
    """Return the headers that prove us, by security scheme, and the names of the things, by path parameter."""
    admin = {"Authorization": f"Bearer {ADMIN_KEY}", "x-langfuse-admin-api-key": ADMIN_KEY, "x-langfuse-project-id": PROJECT}
    # Without the client's own credentials, which would replace the header.
    path = "/api/admin/organizations/matrix-org/apiKeys"
    organization = _json(client.post(path, headers=admin, json={"note": "any request"}, auth=httpx.Auth()))
    login = client.post(
        "/api/v1/login",
        headers={"X-Spanwise-Request": "1"},
        json={"email": "matrix@example.org", "password": "correct horse battery"},
    )
    cookie = f"spanwise_session={login.cookies['spanwise_session']}"
    client.cookies.clear()
    headers = {
        "keyPair": _basic("pk-lf-matrix", "sk-lf-matrix"),
        "organizationKeyPair": _basic(organization["publicKey"], organization["secretKey"]),
        "adminKey": admin,
        "login": {"Cookie": cookie, "X-Spanwise-Request": "1"},
    }
    things = {
        "project_id": PROJECT,
        "organization_id": "matrix-org",
        "api_key_id": organization["id"],
        **_telemetry(client),
        **_prompts_and_datasets(client),
        **_annotation(client),
        **_rest(client),
    }
    for path in (
        "v2/prompts/{name}",
        "score-configs/{config_id}",
        "models/{model_id}",
        "media/{media_id}",
        "traces/{trace_id}",
    ):
        _json(client.get("/api/public/" + path.format_map(things)))
    return headers, things


def _telemetry(client: httpx.Client) -> dict[str, str]:
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("trace-create", {"id": "trace-1", "name": "trace", "sessionId": "session-1", "userId": "ada", "tags": ["a"]}),
        (
            "generation-create",
            {"id": "observation-1", "traceId": "trace-1", "model": "gpt-4o", "usage": {"input": 1, "output": 1}},
        ),
        ("score-create", {"id": "score-1", "traceId": "trace-1", "name": "quality", "value": 1}),
    ]
    batch = [{"id": f"event-{kind}", "timestamp": TIME, "type": kind, "body": body} for kind, body in bodies]
    assert _json(client.post("/api/public/ingestion", json={"batch": batch}))["errors"] == []
    return {"trace_id": "trace-1", "observation_id": "observation-1", "session_id": "session-1", "score_id": "score-1"}


def _prompts_and_datasets(client: httpx.Client) -> dict[str, str]:
    _json(client.post("/api/public/v2/prompts", json={"name": "folder/prompt", "prompt": "Hi", "labels": ["production"]}))
    _json(client.post("/api/public/v2/datasets", json={"name": "dataset"}))
    _json(client.post("/api/public/dataset-items", json={"datasetName": "dataset", "id": "item-1", "input": 1}))
    run_item = {"runName": "run", "datasetItemId": "item-1", "traceId": "trace-1"}
    _json(client.post("/api/public/dataset-run-items", json=run_item))
    return {"name": "folder/prompt", "version": "1", "dataset_name": "dataset", "item_id": "item-1", "run_name": "run"}


def _annotation(client: httpx.Client) -> dict[str, str]:
    config = _json(client.post("/api/public/score-configs", json={"name": "quality", "dataType": "NUMERIC"}))
    comment = {"projectId": PROJECT, "objectType": "TRACE", "objectId": "trace-1", "content": "so"}
    comment = _json(client.post("/api/public/comments", json=comment))
    queue = _json(client.post("/api/public/annotation-queues", json={"name": "queue", "scoreConfigIds": [config["id"]]}))
    path = f"/api/public/annotation-queues/{queue['id']}/items"
    item = _json(client.post(path, json={"objectId": "trace-1", "objectType": "TRACE"}))
    in_queue = "item_id of /api/public/annotation-queues/{queue_id}/items/{item_id}"
    native = "item_id of /api/v1/projects/{project_id}/annotation-queues/{queue_id}/items/{item_id}/complete"
    return {
        "config_id": config["id"],
        "comment_id": comment["id"],
        "queue_id": queue["id"],
        in_queue: item["id"],
        native: item["id"],
    }


def _rest(client: httpx.Client) -> dict[str, str]:
    model = {"modelName": "mine", "matchPattern": "^mine$", "unit": "TOKENS", "inputPrice": 0.001}
    model = _json(client.post("/api/public/models", json=model))
    connection = {"provider": "fake", "adapter": "openai", "secretKey": "sk-none"}
    connection = _json(client.put("/api/public/llm-connections", json=connection))
    digest = base64.b64encode(hashlib.sha256(_PICTURE).digest()).decode()
    file = {
        "traceId": "trace-1",
        "contentType": "image/png",
        "contentLength": len(_PICTURE),
        "sha256Hash": digest,
        "field": "input",
    }
    media = _json(client.post("/api/public/media", json=file))
    upload = httpx.put(media["uploadUrl"], content=_PICTURE, headers={"Content-Type": "image/png"})
    assert upload.status_code == 200, upload.text
    return {"model_id": model["id"], "connection_id": connection["id"], "media_id": media["mediaId"]}


def _basic(public_key: str, secret_key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()}


def _json(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code < 300, f"{response.request.url}: {response.status_code} {response.text}"
    answer: dict[str, Any] = response.json()
    return answer
