"""Keys of a project: made with a secret that shows once, listed masked, gone at once when revoked."""

from __future__ import annotations

import datetime as dt
import logging

import httpx
import pytest

from spanwise_server.services.container import Services
from tests.accounts import BASE_URL
from tests.api.administration.owners import Owner


@pytest.fixture
def path(owner: Owner) -> str:
    return f"/api/public/projects/{owner.project.id}/apiKeys"


async def _status(client: httpx.AsyncClient, public_key: str, secret_key: str) -> int:
    return (await client.get("/api/public/projects", auth=(public_key, secret_key))).status_code


async def test_a_key_is_made_works_at_once_and_is_revoked_at_once(
    owner: Owner, path: str, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = (await owner.http.post(path, json={"note": "for the crawler"})).json()
    assert made["publicKey"].startswith("pk-lf-")
    assert made["secretKey"].startswith("sk-lf-")
    assert made["displaySecretKey"] == f"sk-lf-...{made['secretKey'][-4:]}"
    assert await _status(client, made["publicKey"], made["secretKey"]) == 200

    listed = await owner.http.get(path)
    assert made["secretKey"] not in listed.text
    first, second = listed.json()["apiKeys"]
    assert first["publicKey"] == owner.project.keys.public_key
    assert second == {
        **{name: made[name] for name in ("id", "createdAt", "name", "note", "publicKey", "displaySecretKey")},
        "expiresAt": None,
        "lastUsedAt": None,
    }

    deleted = await owner.http.delete(f"{path}/{made['id']}")
    assert (deleted.status_code, deleted.json()) == (200, {"success": True})
    assert await _status(client, made["publicKey"], made["secretKey"]) == 401
    assert (await owner.http.delete(f"{path}/{made['id']}")).status_code == 404
    assert made["secretKey"] not in caplog.text
    assert owner.secret_key not in caplog.text


async def test_name_and_note_are_one_thing_under_two_words(owner: Owner, path: str) -> None:
    for word in ("name", "note"):
        made = (await owner.http.post(path, json={word: "crawler"})).json()
        assert (made["name"], made["note"]) == ("crawler", "crawler")

    both = await owner.http.post(path, json={"name": "crawler", "note": ""})
    assert both.status_code == 400
    assert "give one of them" in both.json()["error"][0]["message"]


async def test_a_given_pair_is_taken_once(owner: Owner, path: str, client: httpx.AsyncClient) -> None:
    pair = {"publicKey": f"pk-lf-{owner.project.id}", "secretKey": "sk-lf-given-secret"}
    made = await owner.http.post(path, json=pair)

    assert made.status_code == 201
    assert made.json()["displaySecretKey"] == "sk-lf-...cret"
    assert await _status(client, pair["publicKey"], pair["secretKey"]) == 200
    again = await owner.http.post(path, json=pair)
    assert again.status_code == 400
    assert again.json()["error"][0]["message"] == "publicKey is in use already"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"publicKey": "pk-lf-alone"}, "secretKey"),
        ({"secretKey": "sk-lf-alone-as-well"}, "publicKey"),
        ({"publicKey": "pk-1", "secretKey": "sk-lf-long-enough-1"}, "publicKey"),
        ({"publicKey": "pk-lf-1", "secretKey": "secret-long-enough-1"}, "secretKey"),
        ({"publicKey": "pk-lf-1", "secretKey": "sk-lf-short"}, "secretKey"),
        ({"publicKey": "pk-lf-a:b", "secretKey": "sk-lf-long-enough-1"}, "publicKey"),
        ({"publicKey": "pk-lf-é", "secretKey": "sk-lf-long-enough-1"}, "publicKey"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"expiresAt": "soon"}, "expiresAt"),
        ({"note": "x" * 501}, "note"),
    ],
)
async def test_what_is_wrong_with_a_key_is_named_and_no_secret_repeated(
    owner: Owner, path: str, body: dict[str, str], field: str
) -> None:
    answer = await owner.http.post(path, json=body)

    assert answer.status_code == 400
    assert [issue["path"] for issue in answer.json()["error"]] == [[field]]
    assert body.get("secretKey", "sk-lf-") not in answer.text.replace("start with sk-lf-", "")


async def test_a_key_tells_when_it_ends_and_when_it_was_used(
    owner: Owner, path: str, client: httpx.AsyncClient, services: Services
) -> None:
    ends = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made = (await owner.http.post(path, json={"expiresAt": ends})).json()
    assert made["expiresAt"] == ends
    assert await _status(client, made["publicKey"], made["secretKey"]) == 200

    await services.authenticator.record_uses()

    found = {key["id"]: key for key in (await owner.http.get(path)).json()["apiKeys"]}[made["id"]]
    assert found["expiresAt"] == ends
    assert found["lastUsedAt"] >= made["createdAt"]


async def test_an_empty_body_makes_a_key(owner: Owner, path: str) -> None:
    assert (await owner.http.post(path)).status_code == 201
    assert (await owner.http.post(path, json={})).status_code == 201


async def test_a_key_of_a_sister_project_is_not_this_projects(owner: Owner, path: str) -> None:
    sister = (await owner.http.post("/api/public/projects", json={"name": "Sister"})).json()
    key = (await owner.http.post(f"/api/public/projects/{sister['id']}/apiKeys")).json()

    assert (await owner.http.delete(f"{path}/{key['id']}")).status_code == 404
    assert (await owner.http.delete(f"/api/public/projects/{sister['id']}/apiKeys/{key['id']}")).status_code == 200


REFUSALS = {
    ("GET", "/api/public/projects"): (403, "Invalid API key. Are you using an organization key?"),
    ("POST", "/api/public/ingestion"): (401, "Missing projectId in scope. Are you using an organization key?"),
    ("GET", "/api/public/traces"): (403, "Project ID not found for API token. Are you using an organization key?"),
    ("POST", "/api/public/scores"): (403, "Project ID not found for API token. Are you using an organization key?"),
}


@pytest.mark.parametrize(("method", "url"), REFUSALS)
async def test_an_organizations_key_opens_no_project(owner: Owner, method: str, url: str) -> None:
    answer = await owner.http.request(method, url)

    assert (answer.status_code, answer.json()["message"]) == REFUSALS[method, url]


async def test_the_public_half_of_an_organizations_key_is_nothing(owner: Owner, client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/public/scores", headers={"Authorization": f"Bearer {owner.public_key}"})

    assert answer.status_code == 401


async def test_a_projects_key_administers_nothing(owner: Owner, client: httpx.AsyncClient, path: str) -> None:
    for method, url in (("GET", path), ("POST", path), ("GET", "/api/public/organizations/projects")):
        answer = await client.request(method, f"{BASE_URL}{url}", auth=owner.project.auth)
        assert answer.status_code == 403
        assert answer.json()["message"] == "Invalid API key. Organization-scoped API key required for this operation."
