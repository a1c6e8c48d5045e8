"""``/llm-connections``: made, replaced, listed and deleted, without a secret in any answer, log, error or document."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.accounts import ProjectWithKeys
from tools.export_openapi import openapi_text

PATH = "/api/public/llm-connections"
SECRET = "sk-nobody-may-ever-read-this-again-9f3c"
HEADER = "neither-this-value-of-a-header-77aa"
FULL: dict[str, Any] = {
    "provider": "my gateway",
    "adapter": "openai",
    "secretKey": SECRET,
    "baseURL": "https://gateway.example/v1",
    "customModels": ["large", "small"],
    "withDefaultModels": False,
    "extraHeaders": {"X-Team": HEADER, "Authorization-2": "b"},
    "config": {"useResponsesApi": True},
}


def small(**changes: Any) -> dict[str, Any]:
    return {"provider": "p", "adapter": "openai", "secretKey": SECRET, **changes}


async def test_it_is_made_replaced_listed_and_deleted(api: httpx.AsyncClient) -> None:
    made = await api.put(PATH, json=FULL)
    assert made.status_code == 201
    body = made.json()
    shown = {
        key: body[key] for key in ("provider", "adapter", "displaySecretKey", "baseURL", "customModels", "withDefaultModels")
    }
    assert shown == {
        "provider": "my gateway",
        "adapter": "openai",
        "displaySecretKey": "...9f3c",
        "baseURL": "https://gateway.example/v1",
        "customModels": ["large", "small"],
        "withDefaultModels": False,
    }
    assert (body["extraHeaderKeys"], body["config"]) == (["Authorization-2", "X-Team"], {"useResponsesApi": True})
    assert (await api.get(PATH)).json() == {"data": [body], "meta": {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}}

    replaced = await api.put(PATH, json=small(provider="my gateway", adapter="anthropic"))
    assert replaced.status_code == 200
    assert {**replaced.json(), "updatedAt": ""} == {
        "id": body["id"],
        "provider": "my gateway",
        "adapter": "anthropic",
        "displaySecretKey": "...9f3c",
        "baseURL": None,
        "customModels": [],
        "withDefaultModels": True,
        "extraHeaderKeys": [],
        "config": None,
        "createdAt": body["createdAt"],
        "updatedAt": "",
    }

    assert (await api.delete(f"{PATH}/{body['id']}")).json() == {"message": "LLM connection deleted successfully"}
    assert (await api.delete(f"{PATH}/{body['id']}")).status_code == 404
    assert (await api.get(PATH)).json()["meta"] == {"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0}


async def test_pages(api: httpx.AsyncClient) -> None:
    for number in range(3):
        await api.put(PATH, json=small(provider=f"p{number}"))

    page = (await api.get(PATH, params={"page": 2, "limit": 2})).json()
    assert [item["provider"] for item in page["data"]] == ["p2"]
    assert page["meta"] == {"page": 2, "limit": 2, "totalItems": 3, "totalPages": 2}


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "page=0", "page=x", "unknown=1", "provider=p"])
async def test_a_query_that_is_not_understood_is_refused(api: httpx.AsyncClient, query: str) -> None:
    assert (await api.get(f"{PATH}?{query}")).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        small(adapter="bedrock", config={"region": "eu-central-1"}),
        small(adapter="google-vertex-ai", config={"location": "europe-west3"}),
        small(adapter="google-vertex-ai"),
        small(config={}),
        small(config=None, customModels=None, withDefaultModels=None, extraHeaders=None, baseURL=None),
        small(baseURL=""),
        small(baseURL="http://127.0.0.1:11434/v1"),
        small(secretKey='{"accessKeyId": "a", "secretAccessKey": "b"}'),
        small(unknown=1),
        small(provider="ünïcode / slash"),
    ],
)
async def test_what_may_be_said(api: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await api.put(PATH, json=body)

    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"provider": ""}, "provider"),
        ({"provider": "a\0b"}, "provider"),
        ({"provider": "x" * 256}, "provider"),
        ({"provider": "\ud800"}, "provider"),
        ({"provider": None}, "provider"),
        ({"adapter": SECRET}, "adapter"),
        ({"secretKey": ""}, "secretKey"),
        ({"secretKey": None}, "secretKey"),
        ({"secretKey": [SECRET]}, "secretKey"),
        ({"baseURL": "ftp://host/" + SECRET}, "baseURL"),
        ({"baseURL": "javascript:" + SECRET}, "baseURL"),
        ({"baseURL": "//host"}, "baseURL"),
        ({"baseURL": "https://"}, "baseURL"),
        ({"baseURL": f"https://user:{SECRET}@host"}, "baseURL"),
        ({"baseURL": "https://host/a b"}, "baseURL"),
        ({"baseURL": "https://host:99999"}, "baseURL"),
        ({"baseURL": "https://[::1"}, "baseURL"),
        ({"customModels": [""]}, "customModels"),
        ({"customModels": ["m"] * 1001}, "customModels"),
        ({"customModels": "m"}, "customModels"),
        ({"withDefaultModels": "perhaps"}, "withDefaultModels"),
        ({"extraHeaders": {"X-A": HEADER + "\r\nX-B: y"}}, "extraHeaders"),
        ({"extraHeaders": {"X A": HEADER}}, "extraHeaders"),
        ({"extraHeaders": {"": HEADER}}, "extraHeaders"),
        ({"extraHeaders": {"X-A": 5}}, "extraHeaders"),
        ({"extraHeaders": {"X-A": HEADER, "x-a": HEADER}}, "extraHeaders"),
        ({"extraHeaders": {"\ud800": HEADER}}, "extraHeaders"),
        ({"extraHeaders": {f"X-{number}": "v" for number in range(101)}}, "extraHeaders"),
        ({"adapter": "bedrock"}, ""),
        ({"adapter": "bedrock", "config": {"region": ""}}, ""),
        ({"adapter": "bedrock", "config": {"region": "eu", "key": SECRET}}, ""),
        ({"config": {"useResponsesApi": "yes"}}, ""),
        ({"config": {"useResponsesApi": 1}}, ""),
        ({"adapter": "azure", "config": {"a": SECRET}}, ""),
        ({"config": [SECRET]}, "config"),
    ],
)
async def test_what_may_not_is_refused_without_being_repeated(
    api: httpx.AsyncClient, changes: dict[str, Any], path: str
) -> None:
    content = json.dumps({**FULL, "config": None, **changes})
    response = await api.put(PATH, content=content, headers={"Content-Type": "application/json"})

    assert response.status_code == 400, response.text
    assert (response.json()["error"][0]["path"] or [""])[0] in (path, "body"), response.text
    assert SECRET not in response.text
    assert HEADER not in response.text
    assert (await api.get(PATH)).json()["data"] == []


def _bytes_of(folder: Path) -> Iterator[bytes]:
    for path in folder.iterdir():
        if path.is_file():
            yield path.read_bytes()


async def test_no_secret_is_found_anywhere(
    api: httpx.AsyncClient, project: ProjectWithKeys, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        await api.put(PATH, json={**FULL, "provider": f"{project.id} gateway"}),
        await api.put(PATH, json={**FULL, "provider": f"{project.id} gateway"}),
        await api.get(PATH),
        await api.put(PATH, json={**FULL, "adapter": "azure"}),
        await api.put(PATH, content=json.dumps(FULL)[:-5], headers={"Content-Type": "application/json"}),
    ]
    answers.append(await api.delete(f"{PATH}/{answers[0].json()['id']}x"))

    files = b"".join(_bytes_of(data_dir))
    assert project.id.encode() + b" gateway" in files  # the control: what is not secret is found
    answered = b"".join(answer.content for answer in answers)
    places = {"files": files, "log": caplog.text.encode(), "answers": answered, "document": openapi_text().encode()}
    assert [(place, secret) for place, text in places.items() for secret in (SECRET, HEADER) if secret.encode() in text] == []


async def test_projects_do_not_meet(api: httpx.AsyncClient, client: httpx.AsyncClient, other_project: ProjectWithKeys) -> None:
    made = (await api.put(PATH, json=FULL)).json()
    auth = other_project.auth

    assert (await client.get(PATH, auth=auth)).json()["data"] == []
    assert (await client.delete(f"{PATH}/{made['id']}", auth=auth)).status_code == 404
    assert (await client.put(PATH, json=FULL, auth=auth)).json()["id"] != made["id"]
    assert (await api.get(PATH)).json()["data"] == [made]
