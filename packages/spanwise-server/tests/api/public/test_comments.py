"""Comments: what can be commented on, who may be the author, what is refused, and filtering observations by them."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from spanwise_server._lib.clock import system_clock
from spanwise_server.domain.accounts import Role, User
from spanwise_server.services.container import Services
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.api.filters import filters
from tests.event_rows import observation, write

COMMENTS = "/api/public/comments"
IDS = {"TRACE": "t1", "OBSERVATION": "o1", "SESSION": "s1"}


@pytest.fixture
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with a trace of four observations in a session."""
    made = await make_project()
    rows = [observation(made.id, f"o{number}", trace_id="t1", session_id="s1", at=number) for number in range(1, 5)]
    await write(services, rows)
    return made


async def comment(api: httpx.AsyncClient, project: ProjectWithKeys, **fields: Any) -> httpx.Response:
    body = {"projectId": project.id, "objectType": "OBSERVATION", "objectId": "o1", "content": "Look here", **fields}
    return await api.post(COMMENTS, json=body)


async def make_user(database: MetadataDatabase, project: ProjectWithKeys) -> str:
    """Return the id of a new member of the project."""
    user_id = f"user-{uuid.uuid4()}"
    user = User(id=user_id, email=f"{user_id}@spanwise.test", name="Anna", password_hash=None, created_at=system_clock())

    def work(connection: MetadataTransaction) -> None:
        users.add_user(connection, user)
        users.ensure_project_member(connection, project.id, user_id, Role.MEMBER)

    await database.write(work)
    return user_id


@pytest.mark.parametrize("object_type", sorted(IDS))
async def test_what_is_made_is_read_back(api: httpx.AsyncClient, project: ProjectWithKeys, object_type: str) -> None:
    answer = await comment(api, project, objectType=object_type, objectId=IDS[object_type], content="Ünïcode **md**")
    assert answer.status_code == 200, answer.text
    [comment_id] = answer.json().values()
    one = (await api.get(f"{COMMENTS}/{comment_id}")).json()
    assert one == {
        "id": comment_id,
        "projectId": project.id,
        "createdAt": one["createdAt"],
        "updatedAt": one["createdAt"],
        "objectType": object_type,
        "objectId": IDS[object_type],
        "content": "Ünïcode **md**",
        "authorUserId": None,
    }
    meta = {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}
    assert (await api.get(COMMENTS)).json() == {"data": [one], "meta": meta}


async def test_a_prompt_is_commented_on_by_the_id_of_a_version(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    prompt = (await api.post("/api/public/v2/prompts", json={"name": "greeting", "prompt": "Hello", "type": "text"})).json()
    assert (await comment(api, project, objectType="PROMPT", objectId=prompt["id"])).status_code == 200
    assert (await comment(api, project, objectType="PROMPT", objectId="greeting")).status_code == 404


@pytest.mark.parametrize("object_type", [*sorted(IDS), "PROMPT"])
async def test_what_does_not_exist_cannot_be_commented_on(
    api: httpx.AsyncClient, project: ProjectWithKeys, object_type: str
) -> None:
    answer = await comment(api, project, objectType=object_type, objectId="unknown")
    assert (answer.status_code, "unknown not found" in answer.json()["message"]) == (404, True)
    assert (await api.get(COMMENTS)).json()["data"] == []


async def test_the_author_is_a_member(
    api: httpx.AsyncClient, project: ProjectWithKeys, other_project: ProjectWithKeys, accounts_database: MetadataDatabase
) -> None:
    member, stranger = [await make_user(accounts_database, each) for each in (project, other_project)]
    assert (await comment(api, project, authorUserId=member)).status_code == 200
    assert (await comment(api, project, authorUserId=stranger)).status_code == 404
    assert (await comment(api, project, authorUserId="unknown")).status_code == 404
    assert [row["authorUserId"] for row in (await api.get(COMMENTS)).json()["data"]] == [member]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"projectId": "another"}, ["projectId"]),
        ({"objectType": "SPAN"}, ["objectType"]),
        ({"objectId": ""}, ["objectId"]),
        ({"objectId": "x" * 801}, ["objectId"]),
        ({"objectId": "nul\0"}, ["objectId"]),
        ({"content": ""}, ["content"]),
        ({"content": "x" * 5001}, ["content"]),
        ({"content": None}, ["content"]),
        ({"authorUserId": "nul\0"}, ["authorUserId"]),
        ({"author": "me"}, ["author"]),
    ],
)
async def test_what_is_wrong_with_a_comment_is_named(
    api: httpx.AsyncClient, project: ProjectWithKeys, fields: dict[str, Any], path: list[str]
) -> None:
    answer = await comment(api, project, **fields)
    assert (answer.status_code, answer.json()["error"][0]["path"]) == (400, path)


async def test_the_longest_comment_is_kept(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    assert (await comment(api, project, content="ü" * 5000)).status_code == 200
    assert (await api.get(COMMENTS)).json()["data"][0]["content"] == "ü" * 5000


async def test_lists_are_narrowed_and_paged(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    for object_id in ("o1", "o2", "o1"):
        await comment(api, project, objectId=object_id)
    await comment(api, project, objectType="TRACE", objectId="t1")

    async def found(**params: Any) -> list[str]:
        return [row["objectId"] for row in (await api.get(COMMENTS, params=params)).json()["data"]]

    assert await found() == ["t1", "o1", "o2", "o1"]
    assert await found(objectType="OBSERVATION") == ["o1", "o2", "o1"]
    assert await found(objectType="OBSERVATION", objectId="o1") == ["o1", "o1"]
    assert await found(limit=2, page=2) == ["o2", "o1"]
    assert await found(authorUserId="nobody") == []
    assert await found(objectType="TRACE", objectId="nul\0") == []


@pytest.mark.parametrize("params", [{"objectId": "o1"}, {"unknown": "1"}, {"objectType": "SPAN"}, {"limit": "101"}])
async def test_parameters_that_are_refused(api: httpx.AsyncClient, params: dict[str, str]) -> None:
    assert (await api.get(COMMENTS, params=params)).status_code == 400


@pytest.mark.parametrize("comment_id", ["unknown", "%00", "%ff"])
async def test_an_unknown_comment_is_a_404(api: httpx.AsyncClient, comment_id: str) -> None:
    answer = await api.get(f"{COMMENTS}/{comment_id}")
    assert (answer.status_code, answer.json()["message"]) == (404, "Comment not found within authorized project")


ALL = {"o1", "o2", "o3", "o4"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("string", "commentContent", "contains", "50%"), {"o2"}),
        (("string", "commentContent", "contains", "Bad"), {"o1"}),
        (("string", "commentContent", "does not contain", "bad"), {"o1", "o3", "o4"}),
        (("string", "commentContent", "starts with", "very"), {"o2"}),
        (("string", "commentContent", "ends with", "answer"), {"o1", "o2"}),
        (("string", "commentContent", "=", "Bad answer"), {"o1"}),
        (("string", "commentContent", "contains", "x" * 60_000), set()),
        (("string", "commentContent", "does not contain", "nul\0"), ALL),
        (("stringOptions", "commentContent", "any of", ["Bad answer", "fine"]), {"o1"}),
        (("stringOptions", "commentContent", "any of", [f"no {number}" for number in range(3000)]), set()),
        (("stringOptions", "commentContent", "none of", ["Bad answer"]), {"o2", "o3", "o4"}),
        (("null", "commentContent", "is null", ""), {"o3", "o4"}),
        (("null", "commentContent", "is not null", ""), {"o1", "o2"}),
        (("number", "commentCount", "=", 0), {"o3", "o4"}),
        (("number", "commentCount", ">=", 2), {"o2"}),
        (("number", "commentCount", "<", 2), {"o1", "o3", "o4"}),
        (("number", "commentCount", ">=", 0), ALL),
        (("number", "commentCount", ">", 5), set()),
        (("null", "commentCount", "is not null", ""), ALL),
        (("null", "commentCount", "is null", ""), set()),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, tuple) else "",
)
async def test_observations_are_filtered_by_their_comments(
    api: httpx.AsyncClient, project: ProjectWithKeys, condition: tuple[Any, ...], expected: set[str]
) -> None:
    await comment(api, project, objectId="o1", content="Bad answer")
    await comment(api, project, objectId="o2", content="very bad answer")
    await comment(api, project, objectId="o2", content="50% right")
    await comment(api, project, objectType="TRACE", objectId="t1", content="bad answer")

    for path in ("/api/public/v2/observations", "/api/public/observations"):
        answer = await api.get(path, params={"filter": filters(condition)})
        assert answer.status_code == 200, answer.text
        assert {row["id"] for row in answer.json()["data"]} == expected, path


async def test_conditions_on_comments_go_with_others(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    await comment(api, project, objectId="o1")
    await comment(api, project, objectId="o2")
    both = filters(("number", "commentCount", ">", 0), ("string", "id", "=", "o2"))
    answer = await api.get("/api/public/v2/observations", params={"filter": both})
    assert [row["id"] for row in answer.json()["data"]] == ["o2"]


async def test_what_is_said_of_a_trace_goes_with_it(
    api: httpx.AsyncClient, project: ProjectWithKeys, services: Services
) -> None:
    await write(services, [observation(project.id, "other", trace_id="t2", session_id="s1")])
    kept = []
    for object_type, object_id in (*IDS.items(), ("TRACE", "t2"), ("OBSERVATION", "other")):
        made = await comment(api, project, objectType=object_type, objectId=object_id)
        if object_id not in ("t1", "o1"):
            kept.append(made.json()["id"])
    config = (await api.post("/api/public/score-configs", json={"name": "x", "dataType": "TEXT"})).json()["id"]
    queue = (await api.post("/api/public/annotation-queues", json={"name": "q", "scoreConfigIds": [config]})).json()["id"]
    items = f"/api/public/annotation-queues/{queue}/items"
    for object_type, object_id in (("TRACE", "t1"), ("TRACE", "t2"), ("SESSION", "t1")):
        await api.post(items, json={"objectType": object_type, "objectId": object_id})

    assert (await api.delete("/api/public/traces/t1")).status_code == 200

    assert [row["id"] for row in (await api.get(COMMENTS)).json()["data"]] == kept[::-1]
    left = [(row["objectType"], row["objectId"]) for row in (await api.get(items)).json()["data"]]
    assert left == [("SESSION", "t1"), ("TRACE", "t2")]
