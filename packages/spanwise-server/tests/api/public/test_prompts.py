"""Prompts over HTTP: what every client generation sends, and each rule of names, versions, labels, references and pages."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from spanwise_server.services.container import Services
from tests.accounts import ProjectWithKeys
from tests.event_rows import observation, write

PROMPTS = "/api/public/v2/prompts"
V1 = "/api/public/prompts"


async def create(api: httpx.AsyncClient, name: str = "greeting", prompt: Any = "Hello {{name}}", **fields: Any) -> Any:
    response = await api.post(PROMPTS, json={"name": name, "prompt": prompt, **fields})
    assert response.status_code == 201, response.text
    return response.json()


def tag(name: str, **selector: Any) -> str:
    [(key, value)] = selector.items()
    return f"@@@langfusePrompt:name={name}|{key}={value}@@@"


async def read(api: httpx.AsyncClient, name: str = "greeting", **params: Any) -> httpx.Response:
    return await api.get(f"{PROMPTS}/{quote(name, safe='')}", params=params)


async def test_a_created_prompt_has_every_key(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    body = await create(
        api, config={"model": "gpt-4o", "n": [1, 2.5]}, labels=["production", "b"], tags=["x"], commitMessage="first"
    )
    times = {body.pop("createdAt"), body.pop("updatedAt")}
    assert len(times) == 1
    assert len(body.pop("id")) == 36
    assert body == {
        "projectId": project.id,
        "createdBy": "API",
        "prompt": "Hello {{name}}",
        "name": "greeting",
        "version": 1,
        "type": "text",
        "isActive": None,
        "config": {"model": "gpt-4o", "n": [1, 2.5]},
        "tags": ["x"],
        "labels": ["b", "production", "latest"],
        "commitMessage": "first",
    }


async def test_versions_count_and_labels_move(api: httpx.AsyncClient) -> None:
    first = await create(api, labels=["production", "latest"], tags=["t"])
    second = await create(api, prompt="Hi", labels=["staging", "staging"])
    assert (first["version"], second["version"], second["labels"], second["tags"]) == (1, 2, ["staging", "latest"], ["t"])
    assert [(await read(api, **params)).json()["version"] for params in ({}, {"label": "latest"}, {"label": "staging"})] == [
        1,
        2,
        2,
    ]

    response = await api.patch(f"{PROMPTS}/greeting/versions/2", json={"newLabels": ["production"]})
    assert response.status_code == 200
    assert response.json()["labels"] == ["production", "staging", "latest"]
    assert set(response.json()) == set(second)
    old, new = (await read(api, version=1)).json(), (await read(api)).json()
    assert (old["labels"], old["isActive"], new["version"], new["isActive"]) == ([], False, 2, True)
    assert old["updatedAt"] > first["updatedAt"] or old["createdAt"] == first["createdAt"]


async def test_tags_belong_to_the_name(api: httpx.AsyncClient) -> None:
    await create(api, tags=["old"])
    await create(api, tags=None)
    assert (await read(api, version=2)).json()["tags"] == ["old"]
    await create(api, tags=["new", "new", "other"])
    assert (await read(api, version=1)).json()["tags"] == ["new", "other"]
    await create(api, tags=[])
    assert (await read(api, version=1)).json()["tags"] == []


async def test_a_chat_prompt_keeps_messages_and_placeholders(api: httpx.AsyncClient) -> None:
    messages = [
        {"type": "chatmessage", "role": "system", "content": "Be {{mood}}", "name": "x"},
        {"type": "placeholder", "name": "history", "extra": 1},
        {"role": "user", "content": ""},
    ]
    body = await create(api, prompt=messages, type="chat", labels=["production"])
    expected = [
        {"role": "system", "content": "Be {{mood}}"},
        {"type": "placeholder", "name": "history"},
        {"role": "user", "content": ""},
    ]
    assert (body["prompt"], body["type"]) == (expected, "chat")
    assert (await read(api)).json()["prompt"] == expected


async def test_a_prompt_keeps_its_type(api: httpx.AsyncClient) -> None:
    await create(api)
    response = await api.post(PROMPTS, json={"name": "greeting", "type": "chat", "prompt": []})
    assert response.status_code == 400
    assert response.json()["error"][0]["path"] == ["type"]


@pytest.mark.parametrize("config", [None, 0, False, "text", [1], {"a": {"b": None}}])
async def test_config_is_any_json(api: httpx.AsyncClient, config: Any) -> None:
    body = await create(api, config=config)
    assert body["config"] == ({} if config is None else config)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "a|b"}, ["name"]),
        ({"name": "/a"}, ["name"]),
        ({"name": "a//b"}, ["name"]),
        ({"name": "<b>x</b>"}, ["name"]),
        ({"name": "new"}, ["name"]),
        ({"name": "n" * 256}, ["name"]),
        ({"name": "a\0b"}, ["name"]),
        ({"name": 5}, ["name"]),
        ({"type": "poem"}, ["type"]),
        ({"prompt": 5}, ["prompt"]),
        ({"prompt": [{"role": "user", "content": "x"}]}, ["prompt"]),
        ({"prompt": "x", "type": "chat"}, ["prompt"]),
        ({"prompt": [{"role": "user", "content": ["x"]}], "type": "chat"}, ["prompt", 0, "content"]),
        ({"prompt": [{"type": "placeholder", "name": "1"}], "type": "chat"}, ["prompt", 0, "name"]),
        (
            {"prompt": [{"type": "placeholder", "name": "h"}, {"role": "user", "content": "{{ h }}"}], "type": "chat"},
            ["prompt", 1, "content"],
        ),
        ({"labels": ["Upper"]}, ["labels", 0]),
        ({"labels": ["ok", "l" * 37]}, ["labels", 1]),
        ({"labels": "production"}, ["labels"]),
        ({"tags": [1]}, ["tags", 0]),
        ({"commitMessage": "m" * 501}, ["commitMessage"]),
        ({"commitMessage": "a\0"}, ["commitMessage"]),
        ({"prompt": "@@@langfusePrompt:name=x@@@"}, ["prompt"]),
    ],
)
async def test_what_is_no_prompt(api: httpx.AsyncClient, fields: dict[str, Any], path: list[Any]) -> None:
    response = await api.post(PROMPTS, json={"name": "greeting", "prompt": "Hello", **fields})
    assert (response.status_code, response.json()["message"]) == (400, "Invalid request data")
    assert path in [issue["path"] for issue in response.json()["error"]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"name": "\xff", "prompt": "x"}',
        b'{"name": "n", "prompt": "\\ud800"}',
        b'{"name": "n", "prompt": "x", "config": NaN}',
        b'{"name": "n", "prompt": "x", "config": 1e400}',
        b'{"name": "n", "prompt": "x", "config": ' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"name": "n", "prompt": "x", "config": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
@pytest.mark.parametrize("path", [PROMPTS, V1])
async def test_what_is_no_body(api: httpx.AsyncClient, path: str, body: bytes) -> None:
    response = await api.post(path, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400, response.text
    assert (await api.get(PROMPTS)).json()["meta"]["totalItems"] == 0


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("nothing", {}, "Prompt not found: 'nothing' with label 'production'"),
        ("greeting", {"label": "staging"}, "Prompt not found: 'greeting' with label 'staging'"),
        ("greeting", {"version": 7}, "Prompt not found: 'greeting' with version 7"),
        ("greeting", {"version": 10**30}, f"Prompt not found: 'greeting' with version {10**30}"),
        ("a%00b", {}, None),
        ("a%2500b", {"label": "\0"}, None),
        ("%ff", {}, None),
    ],
)
async def test_what_is_not_there(api: httpx.AsyncClient, path: str, params: dict[str, Any], message: str | None) -> None:
    await create(api)
    response = await api.get(f"{PROMPTS}/{path}", params=params)
    assert (response.status_code, response.json()["error"]) == (404, "LangfuseNotFoundError")
    assert message is None or response.json()["message"] == message


@pytest.mark.parametrize("params", [{"version": 1, "label": "a"}, {"version": "0"}, {"version": "x"}, {"resolve": "perhaps"}])
async def test_what_cannot_be_asked(api: httpx.AsyncClient, params: dict[str, str]) -> None:
    await create(api)
    assert (await read(api, **params)).status_code == 400


async def test_an_empty_parameter_is_none(api: httpx.AsyncClient) -> None:
    await create(api, labels=["production"])
    assert (await read(api, version="", label="", resolve="")).json()["version"] == 1


@pytest.mark.parametrize("name", ["folder/my prompt", "a/b/c", "50% off", "a%2Fb", "ünï/çödé", "x/versions/3", "q?x#y&z"])
async def test_every_spelling_of_a_name_reaches_it(api: httpx.AsyncClient, name: str) -> None:
    await create(api, name, labels=["production"])
    spellings = {quote(name, safe=""), quote(name), quote(quote(name, safe=""), safe="")}
    for spelling in spellings:
        response = await api.get(f"{PROMPTS}/{spelling}")
        assert (response.status_code, response.json()["name"]) == (200, name), spelling
        response = await api.patch(f"{PROMPTS}/{spelling}/versions/1", json={"newLabels": ["moved"]})
        assert response.status_code == 200, spelling
    assert (await api.get(V1, params={"name": name})).json()["name"] == name
    assert (await api.delete(f"{PROMPTS}/{quote(name, safe='')}")).status_code == 204
    assert (await read(api, name)).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"newLabels": ["latest"]}, 400),
        ({"newLabels": ["Upper"]}, 400),
        ({"newLabels": "x"}, 400),
        ({}, 400),
        ([], 400),
        ({"newLabels": []}, 200),
    ],
)
async def test_labels_that_can_be_given(api: httpx.AsyncClient, body: Any, status: int) -> None:
    await create(api)
    assert (await api.patch(f"{PROMPTS}/greeting/versions/1", json=body)).status_code == status


@pytest.mark.parametrize("path", ["greeting/versions/2", "nothing/versions/1", f"greeting/versions/{10**20}"])
async def test_a_version_that_is_not_there_takes_no_labels(api: httpx.AsyncClient, path: str) -> None:
    await create(api)
    assert (await api.patch(f"{PROMPTS}/{path}", json={"newLabels": ["x"]})).status_code == 404


async def test_delete_by_version_label_and_name(api: httpx.AsyncClient) -> None:
    for labels in (["a"], ["b"], ["c"], []):
        await create(api, labels=labels)
    assert (await api.delete(f"{PROMPTS}/greeting", params={"version": 4})).status_code == 204
    assert (await read(api, label="latest")).json()["version"] == 3
    assert (await api.delete(f"{PROMPTS}/greeting", params={"label": "a"})).status_code == 204
    assert (await api.delete(f"{PROMPTS}/greeting", params={"label": "a"})).status_code == 404
    assert (await api.delete(f"{PROMPTS}/greeting", params={"label": "b", "version": 3})).status_code == 404
    assert (await api.get(PROMPTS)).json()["data"][0]["versions"] == [2, 3]
    assert (await create(api))["version"] == 4
    response = await api.delete(f"{PROMPTS}/greeting")
    assert (response.status_code, response.content) == (204, b"")
    assert (await api.get(PROMPTS)).json()["data"] == []
    assert (await api.delete(f"{PROMPTS}/greeting")).status_code == 404
    assert (await create(api, type="chat", prompt=[]))["version"] == 1


async def test_references_are_resolved_on_read(api: httpx.AsyncClient) -> None:
    leaf = await create(api, "leaf", 'say "hi"\n{{x}}', labels=["production"])
    middle = await create(api, "folder/middle", f"[{tag('leaf', version=1)}]", labels=["stable"])
    content = f"{tag('folder/middle', label='stable')} and {tag('leaf', label='production')}"
    root = await create(api, "root", [{"role": "user", "content": content}], type="chat", labels=["production"])

    resolved = (await read(api, "root")).json()
    assert resolved["prompt"] == [{"role": "user", "content": '[say "hi"\n{{x}}] and say "hi"\n{{x}}'}]

    def node(version: Any) -> Any:
        return {key: version[key] for key in ("name", "version", "id")}

    assert resolved["resolutionGraph"] == {
        "root": node(root),
        "dependencies": {root["id"]: [node(middle), node(leaf)], middle["id"]: [node(leaf)]},
    }
    as_written = (await read(api, "root", resolve="false")).json()
    assert (as_written["prompt"][0]["content"], as_written["resolutionGraph"]) == (content, None)

    await create(api, "leaf", "bye", labels=["production"])
    assert (await read(api, "root")).json()["prompt"][0]["content"] == '[say "hi"\n{{x}}] and bye'


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        (tag("nothing", label="production"), "which does not exist"),
        (tag("leaf", version=9), "which does not exist"),
        (tag("chat", version=1), "not a text prompt"),
        (tag("root", version=1), "Circular reference: root → root"),
        ("@@@langfusePrompt:version=1|name=leaf@@@", "is not a reference"),
        ("@@@langfusePrompt:name=leaf|version=1|label=x@@@", "is not a reference"),
        ("@@@langfusePrompt:name=leaf|version=one@@@", "is not a reference"),
        (" ".join(tag("leaf", version=number) for number in range(1, 102)), "at most 100"),
    ],
)
async def test_references_that_lead_nowhere_are_refused(api: httpx.AsyncClient, prompt: str, message: str) -> None:
    await create(api, "leaf")
    await create(api, "chat", [], type="chat")
    await create(api, "root", "first")
    response = await api.post(PROMPTS, json={"name": "root", "prompt": prompt})
    assert response.status_code == 400
    assert message in response.json()["error"][0]["message"]


async def test_a_circle_that_a_label_closes_is_a_conflict(api: httpx.AsyncClient) -> None:
    await create(api, "a", "first", labels=["x"])
    await create(api, "b", tag("a", label="x"), labels=["x"])
    await create(api, "c", "plain", labels=["x"])
    await create(api, "a", tag("c", label="x"))
    await create(api, "c", tag("b", label="x"))
    await api.patch(f"{PROMPTS}/a/versions/2", json={"newLabels": ["x"]})
    response = await api.patch(f"{PROMPTS}/c/versions/2", json={"newLabels": ["x"]})
    assert response.status_code == 200

    conflict = await read(api, "b", label="x")
    assert conflict.status_code == 409
    assert "Circular reference: b → a → c → b" in conflict.json()["message"]
    assert (await read(api, "b", label="x", resolve="false")).status_code == 200


async def test_depth_is_bounded(api: httpx.AsyncClient) -> None:
    await create(api, "p0", "end")
    for number in range(1, 6):
        await create(api, f"p{number}", tag(f"p{number - 1}", label="latest"))
    assert (await read(api, "p5", label="latest")).json()["prompt"] == "end"
    response = await api.post(PROMPTS, json={"name": "p6", "prompt": tag("p5", label="latest")})
    assert response.status_code == 400
    assert "nested deeper than 5" in response.json()["error"][0]["message"]


async def test_size_is_bounded(api: httpx.AsyncClient) -> None:
    await create(api, "p0", "x" * 100_000)
    await create(api, "p1", tag("p0", label="latest") * 30)
    response = await api.post(PROMPTS, json={"name": "p2", "prompt": tag("p1", label="latest") * 100})
    assert response.status_code == 400
    assert "longer than" in response.json()["error"][0]["message"]


async def test_what_others_refer_to_cannot_be_deleted(api: httpx.AsyncClient) -> None:
    for labels in (["production"], ["staging"], []):
        await create(api, "leaf", labels=labels)
    await create(api, "root", f"{tag('leaf', label='production')} {tag('leaf', version=3)} {tag('leaf', label='latest')}")
    refused: list[dict[str, Any]] = [{}, {"version": 1}, {"label": "production"}, {"version": 3}]
    for params in refused:
        response = await api.delete(f"{PROMPTS}/leaf", params=params)
        assert response.status_code == 400
        assert "'root' version 1" in response.json()["message"]
    assert (await api.delete(f"{PROMPTS}/leaf", params={"label": "staging"})).status_code == 204
    assert (await api.delete(f"{PROMPTS}/root")).status_code == 204
    assert (await api.delete(f"{PROMPTS}/leaf")).status_code == 204


@pytest.fixture
async def filled(api: httpx.AsyncClient) -> None:
    await create(api, "a", labels=["production"], tags=["x", "y"], config={"model": "m1", "n": {"deep": 3}, "on": True})
    await create(api, "a", "newer", config={"model": "m2"})
    await create(api, "folder/b", [], type="chat", labels=["production", "staging"], config="text")
    await create(api, "c", tags=["y"])


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, {"a": [1, 2], "c": [1], "folder/b": [1]}),
        ({"name": "a"}, {"a": [1, 2]}),
        ({"name": "A"}, {}),
        ({"name": "a\0"}, {}),
        ({"version": "2"}, {"a": [2]}),
        ({"label": "production"}, {"a": [1], "folder/b": [1]}),
        ({"tag": "y"}, {"a": [1, 2], "c": [1]}),
        ({"tag": "x", "label": "latest"}, {"a": [2]}),
        ({"limit": "1", "page": "2"}, {"c": [1]}),
        ({"limit": "2", "page": "9"}, {}),
        ({"fromUpdatedAt": "2020-01-01T00:00:00Z"}, {"a": [1, 2], "c": [1], "folder/b": [1]}),
        ({"toUpdatedAt": "2020-01-01T00:00:00Z"}, {}),
        ({"filter": [("string", "name", "contains", "b")]}, {"folder/b": [1]}),
        ({"filter": [("stringOptions", "type", "any of", ["chat"])]}, {"folder/b": [1]}),
        ({"filter": [("number", "version", ">", 1)]}, {"a": [2]}),
        ({"filter": [("datetime", "updatedAt", ">", "2020-01-01T00:00:00Z")], "toUpdatedAt": "2020-01-01T00:00:00Z"},
         {"a": [1, 2], "c": [1], "folder/b": [1]}),
        ({"filter": [("datetime", "createdAt", "<", "2020-01-01T00:00:00Z")]}, {}),
        ({"filter": [("arrayOptions", "labels", "all of", ["production", "staging"])]}, {"folder/b": [1]}),
        ({"filter": [("arrayOptions", "tags", "none of", ["x"])]}, {"c": [1], "folder/b": [1]}),
        ({"filter": [("stringObject", "config", "=", "m1", "model")]}, {"a": [1]}),
        ({"filter": [("stringObject", "config", "is set", "", "model")]}, {"a": [1, 2]}),
        ({"filter": [("numberObject", "config", ">=", 3, "n.deep")]}, {"a": [1]}),
        ({"filter": [("booleanObject", "config", "=", True, "on")]}, {"a": [1]}),
        ({"filter": [("string", "name", "=", "c")], "name": "a"}, {"c": [1]}),
    ],
)  # fmt: skip
async def test_list(api: httpx.AsyncClient, params: dict[str, Any], expected: dict[str, list[int]]) -> None:
    if "filter" in params:
        names = ("type", "column", "operator", "value", "key")
        params = {**params, "filter": json.dumps([dict(zip(names, row, strict=False)) for row in params["filter"]])}
    response = await api.get(PROMPTS, params=params)
    assert response.status_code == 200, response.text
    assert {item["name"]: item["versions"] for item in response.json()["data"]} == expected


@pytest.mark.usefixtures("filled")
async def test_list_shape(api: httpx.AsyncClient) -> None:
    body = (await api.get(PROMPTS, params={"name": "a"})).json()
    assert body["meta"] == body["pagination"] == {"page": 1, "limit": 10, "totalItems": 1, "totalPages": 1}
    [item] = body["data"]
    assert item.pop("lastUpdatedAt") == (await read(api, "a", version=2)).json()["updatedAt"]
    assert item == {
        "name": "a",
        "type": "text",
        "versions": [1, 2],
        "labels": ["production", "latest"],
        "tags": ["x", "y"],
        "lastConfig": {"model": "m2"},
    }


@pytest.mark.parametrize(
    "params", [{"limit": "101"}, {"page": "0"}, {"filter": "x"}, {"filter": '[{"type":"string","column":"prompt"}]'}]
)
async def test_list_refusals(api: httpx.AsyncClient, params: dict[str, str]) -> None:
    assert (await api.get(PROMPTS, params=params)).status_code == 400


async def test_the_first_version_of_the_api(api: httpx.AsyncClient) -> None:
    response = await api.post(V1, json={"name": "old", "prompt": "x", "isActive": True, "labels": ["a"]})
    assert (response.status_code, response.json()["labels"]) == (201, ["a", "production", "latest"])
    await create(api, "old", "y")
    assert (await api.get(V1, params={"name": "old"})).json()["prompt"] == "x"
    assert (await api.get(V1, params={"name": "old", "version": 2})).json()["prompt"] == "y"
    assert (await api.get(V1)).status_code == 400
    assert (await api.get(V1, params={"name": "other"})).status_code == 404


async def test_a_reader_can_ask_whether_it_is_current(api: httpx.AsyncClient) -> None:
    await create(api, labels=["production"])
    first = await read(api)
    etag = first.headers["etag"]
    assert (first.headers["cache-control"], first.headers["vary"]) == ("private, no-cache", "Authorization")
    for given in (etag, f"W/{etag}", f'"other", {etag}'):
        response = await api.get(f"{PROMPTS}/greeting", headers={"If-None-Match": given})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", etag)
    await create(api, prompt="changed", labels=["production"])
    response = await api.get(f"{PROMPTS}/greeting", headers={"If-None-Match": etag})
    assert (response.status_code, response.json()["prompt"]) == (200, "changed")


async def test_other_projects_see_nothing(
    api: httpx.AsyncClient, client: httpx.AsyncClient, other_project: ProjectWithKeys
) -> None:
    await create(api, labels=["production"])
    assert (await read(api)).status_code == 200
    client.auth = other_project.auth
    assert (await read(client)).status_code == 404
    assert (await client.get(PROMPTS)).json()["data"] == []
    assert (await client.delete(f"{PROMPTS}/greeting")).status_code == 404
    response = await client.post(PROMPTS, json={"name": "thief", "prompt": tag("greeting", label="production")})
    assert response.status_code == 400


async def test_observations_name_the_version_they_were_made_with(
    api: httpx.AsyncClient, project: ProjectWithKeys, services: Services
) -> None:
    version = await create(api, "folder/linked")
    rows = [
        observation(project.id, "known", type="GENERATION", prompt_name="folder/linked", prompt_version=1),
        observation(project.id, "unknown", at=1, prompt_name="folder/linked", prompt_version=2),
        observation(project.id, "without", at=2),
    ]
    await write(services, rows)
    expected = {"known": version["id"], "unknown": None, "without": None}

    def ids(rows: list[Any]) -> dict[str, str | None]:
        return {row["id"]: row["promptId"] for row in rows}

    assert ids((await api.get("/api/public/observations")).json()["data"]) == expected
    assert ids((await api.get("/api/public/v2/observations", params={"fields": "core,prompt"})).json()["data"]) == expected
    assert ids((await api.get("/api/public/traces/trace")).json()["observations"]) == expected
    assert (await api.get("/api/public/observations/known")).json()["promptId"] == version["id"]
    await api.delete(f"{PROMPTS}/folder%2Flinked")
    assert (await api.get("/api/public/observations/known")).json()["promptId"] is None
