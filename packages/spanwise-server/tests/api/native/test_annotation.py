"""Comments, score configs and queues for the browser: who writes, as whom, and what comes next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import httpx
import pytest

from spanwise_server._lib.clock import system_clock
from spanwise_server.api.auth import OWN_ORIGIN_HEADER, SESSION_COOKIE
from spanwise_server.domain.accounts import LoginSession, Role, User
from spanwise_server.services.container import Services
from spanwise_server.services.logins import hash_token
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.event_rows import observation, write


@pytest.fixture
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    made = await make_project()
    await write(services, [observation(made.id, "o1", trace_id="t1")])
    return made


@pytest.fixture
def base(project: ProjectWithKeys) -> str:
    return f"/api/v1/projects/{project.id}"


async def login(database: MetadataDatabase, project: ProjectWithKeys, role: Role) -> tuple[str, Mapping[str, str]]:
    """Return the id of a new user with ``role`` in the project, and the headers of their browser."""
    user_id, token, now = str(uuid.uuid4()), uuid.uuid4().hex, system_clock()
    user = User(id=user_id, email=f"{user_id}@spanwise.test", name="Anna", password_hash=None, created_at=now)
    session = LoginSession(token_hash=hash_token(token), user_id=user_id, created_at=now, expires_at=now + 3_600_000_000)

    def work(connection: MetadataTransaction) -> None:
        users.add_user(connection, user)
        users.ensure_project_member(connection, project.id, user_id, role)
        users.add_login_session(connection, session)

    await database.write(work)
    return user_id, {"Cookie": f"{SESSION_COOKIE}={token}", OWN_ORIGIN_HEADER: "1"}


async def test_who_is_logged_in_is_the_author(
    client: httpx.AsyncClient, base: str, project: ProjectWithKeys, accounts_database: MetadataDatabase
) -> None:
    user_id, member = await login(accounts_database, project, Role.MEMBER)
    _, viewer = await login(accounts_database, project, Role.VIEWER)
    body = {"object_type": "OBSERVATION", "object_id": "o1", "content": "Look here"}

    made = await client.post(f"{base}/comments", json=body, headers=member)
    assert made.status_code == 200, made.text
    assert made.json() == {**body, "id": made.json()["id"], "created_at": made.json()["created_at"], "author_user_id": user_id}
    assert (await client.post(f"{base}/comments", json=body, headers=viewer)).status_code == 403
    params = {"object_type": "OBSERVATION", "object_id": "o1"}
    listed = await client.get(f"{base}/comments", params=params, headers=viewer)
    assert listed.json() == {"items": [made.json()], "total": 1}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"object_id": "unknown"}, 404),
        ({"content": ""}, 400),
        ({"author_user_id": "somebody"}, 400),
        ({"object_type": "X"}, 400),
    ],
)
async def test_comments_that_are_refused(api: httpx.AsyncClient, base: str, change: dict[str, str], status: int) -> None:
    body = {"object_type": "TRACE", "object_id": "t1", "content": "Look here", **change}
    assert (await api.post(f"{base}/comments", json=body)).status_code == status


async def test_a_queue_is_worked_off_oldest_first(api: httpx.AsyncClient, base: str) -> None:
    config = (await api.post("/api/public/score-configs", json={"name": "safe", "dataType": "BOOLEAN"})).json()
    queue = (await api.post("/api/public/annotation-queues", json={"name": "Review", "scoreConfigIds": [config["id"]]})).json()
    for object_id in ("t1", "t2"):
        body = {"objectType": "TRACE", "objectId": object_id}
        await api.post(f"/api/public/annotation-queues/{queue['id']}/items", json=body)

    assert (await api.get(f"{base}/score-configs")).json()["items"][0] == {
        "id": config["id"],
        "name": "safe",
        "data_type": "BOOLEAN",
        "is_archived": False,
        "min_value": None,
        "max_value": None,
        "categories": config["categories"],
        "description": None,
    }
    assert (await api.get(f"{base}/annotation-queues")).json()["items"] == [
        {"id": queue["id"], "name": "Review", "description": None, "score_config_ids": [config["id"]]}
    ]
    path = f"{base}/annotation-queues/{queue['id']}"
    seen = []
    for pending in (2, 1):
        answer = (await api.get(f"{path}/next")).json()
        assert answer["pending"] == pending
        seen.append(answer["item"]["object_id"])
        done = (await api.post(f"{path}/items/{answer['item']['id']}/complete")).json()
        assert (done["status"], done["completed_at"] is not None) == ("COMPLETED", True)
    assert seen == ["t1", "t2"]
    assert (await api.get(f"{path}/next")).json() == {"item": None, "pending": 0}
    assert (await api.post(f"{path}/items/unknown/complete")).status_code == 404
