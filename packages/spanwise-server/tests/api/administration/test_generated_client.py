"""The client that Langfuse generates for its SDKs administers this server, and reads every answer."""

from __future__ import annotations

import uuid

import httpx
import pytest
from langfuse.api import AsyncLangfuseAPI, MembershipRole
from langfuse.api.core.api_error import ApiError

from spanwise_server.domain.accounts import User
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.accounts import BASE_URL
from tests.api.administration.owners import Owner


@pytest.fixture
def langfuse(owner: Owner) -> AsyncLangfuseAPI:
    """Return the client with the organization's key."""
    return AsyncLangfuseAPI(base_url=BASE_URL, username=owner.public_key, password=owner.secret_key, httpx_client=owner.http)


async def test_projects_and_keys(langfuse: AsyncLangfuseAPI, client: httpx.AsyncClient) -> None:
    project = await langfuse.projects.create(name="Generated", retention=30, metadata={"a": [1]})
    assert (project.name, project.retention_days, project.metadata) == ("Generated", 30, {"a": [1]})
    renamed = await langfuse.projects.update(project.id, name="Renamed", retention=0)
    assert (renamed.name, renamed.retention_days) == ("Renamed", None)

    made = await langfuse.projects.create_api_key(project.id, note="generated")
    assert (await client.get("/api/public/projects", auth=(made.public_key, made.secret_key))).status_code == 200
    (listed,) = (await langfuse.projects.get_api_keys(project.id)).api_keys
    assert (listed.id, listed.note, listed.expires_at) == (made.id, "generated", None)
    assert (await langfuse.projects.delete_api_key(project.id, made.id)).success

    assert project.id in [found.id for found in (await langfuse.organizations.get_organization_projects()).projects]
    assert len((await langfuse.organizations.get_organization_api_keys()).api_keys) == 1
    assert (await langfuse.projects.delete(project.id)).success
    with pytest.raises(ApiError):
        await langfuse.projects.get_api_keys(project.id)


async def test_memberships(langfuse: AsyncLangfuseAPI, owner: Owner, accounts_database: MetadataDatabase) -> None:
    user = User(id=uuid.uuid4().hex, email=f"{uuid.uuid4().hex}@x.test", name="Ada", password_hash=None, created_at=1)
    await accounts_database.write(lambda connection: users.add_user(connection, user))
    api, role = langfuse.organizations, MembershipRole.VIEWER

    assert (await api.update_organization_membership(user_id=user.id, role=role)).role == role
    assert (await api.update_project_membership(owner.project.id, user_id=user.id, role=role)).email == user.email
    for found in (await api.get_organization_memberships(), await api.get_project_memberships(owner.project.id)):
        assert [(member.user_id, member.role) for member in found.memberships] == [(user.id, role)]
    assert (await api.delete_project_membership(owner.project.id, user_id=user.id)).user_id == user.id
    assert (await api.delete_organization_membership(user_id=user.id)).user_id == user.id
