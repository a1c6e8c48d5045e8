"""Credentials go in sealed, come out for calls only, and survive a change of the installation's secret."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from spanwise_server.domain.accounts import Project
from spanwise_server.domain.errors import ConfigurationError, NotFoundError
from spanwise_server.domain.llm_connections import LlmAdapter, LlmConnectionSettings, LlmCredentials
from spanwise_server.services.connections.llm_connections import LlmConnections
from spanwise_server.services.installation_keys import LLM_CREDENTIALS, InstallationKeys
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.schema import migrate
from spanwise_server.storage.metadata.tables.llm_connections import llm_connections
from tests.services.conftest import ORGANIZATION, PROJECT

SECRET = "sk-the-secret-of-the-provider"
HEADER = "the-value-of-a-header"
CREDENTIALS = LlmCredentials(secret_key=SECRET, extra_headers={"X-B": HEADER, "X-A": "a"})
SETTINGS = LlmConnectionSettings(
    provider="main", adapter=LlmAdapter.OPENAI, custom_models=["m"], config={"useResponsesApi": True}
)
OLD, NEW = b"o" * 32, b"n" * 32


def service(database: MetadataDatabase, secret: bytes = OLD, former: bytes | None = None) -> LlmConnections:
    ticks = iter(range(10, 100))
    return LlmConnections(database, InstallationKeys(secret, former).sealing(LLM_CREDENTIALS), clock=lambda: next(ticks))


async def test_it_is_made_then_replaced(database: MetadataDatabase) -> None:
    connections = service(database)
    made, is_new = await connections.put("p", SETTINGS, CREDENTIALS)
    changed, is_new_again = await connections.put(
        "p", LlmConnectionSettings(provider="main", adapter=LlmAdapter.AZURE), LlmCredentials(secret_key="k")
    )

    assert (is_new, is_new_again) == (True, False)
    assert made.extra_header_names == ["X-A", "X-B"]
    assert (made.display_secret, changed.display_secret) == ("...ider", "...")
    assert (changed.id, changed.created_at, changed.updated_at) == (made.id, made.created_at, 11)
    assert (changed.settings.adapter, changed.settings.custom_models, changed.settings.config) == (LlmAdapter.AZURE, (), None)
    found, total = await connections.find("p", limit=10, offset=0)
    assert total == 1
    assert found[0].settings.config is None
    assert await connections.credentials("p", "main") == LlmCredentials(secret_key="k")


async def test_pages_are_in_the_order_of_making(database: MetadataDatabase) -> None:
    connections = service(database)
    for provider in ("c", "a", "b"):
        await connections.put("p", LlmConnectionSettings(provider=provider, adapter=LlmAdapter.OPENAI), CREDENTIALS)

    found, total = await connections.find("p", limit=2, offset=1)
    assert ([connection.settings.provider for connection in found], total) == (["a", "b"], 3)


async def test_projects_do_not_meet(database: MetadataDatabase) -> None:
    database.write_now(
        lambda connection: projects.add_project(connection, Project(id="q", organization=ORGANIZATION, name="q", created_at=1))
    )
    connections = service(database)
    made, _ = await connections.put("p", SETTINGS, CREDENTIALS)
    _, is_new = await connections.put("q", SETTINGS, LlmCredentials(secret_key="of q"))

    assert is_new
    with pytest.raises(NotFoundError):
        await connections.delete("q", made.id)
    assert (await connections.credentials("p", "main")).secret_key == SECRET
    await connections.delete("p", made.id)
    with pytest.raises(NotFoundError):
        await connections.delete("p", made.id)
    with pytest.raises(NotFoundError):
        await connections.credentials("p", "main")
    assert (await connections.credentials("q", "main")).secret_key == "of q"


async def test_the_database_file_does_not_hold_the_secrets(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    database = MetadataDatabase(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    migrate(database)

    def work(connection: Connection) -> None:
        projects.add_organization(connection, ORGANIZATION)
        projects.add_project(connection, PROJECT)

    database.write_now(work)
    await service(database).put("p", SETTINGS, CREDENTIALS)
    assert (await service(database).credentials("p", "main")).secret_key == SECRET
    await database.close()

    written = _everything_in(tmp_path)
    assert b"main" in written  # the control: what is not secret is found
    for secret in (SECRET, HEADER):
        assert secret.encode() not in written
        assert secret not in caplog.text


def _everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def _sealed(connection: Connection) -> bytes:
    return bytes(connection.execute(select(llm_connections.c.sealed_credentials)).scalar_one())


async def test_a_row_copied_to_another_place_does_not_open(database: MetadataDatabase) -> None:
    connections = service(database)
    made, _ = await connections.put("p", SETTINGS, CREDENTIALS)
    database.write_now(
        lambda connection: connection.execute(
            llm_connections.update().where(llm_connections.c.id == made.id).values(id="another row")
        )
    )
    with pytest.raises(ConfigurationError, match="another row"):
        await connections.credentials("p", "main")


async def test_a_changed_secret_of_the_installation_seals_everything_anew(database: MetadataDatabase) -> None:
    await service(database).put("p", SETTINGS, CREDENTIALS)
    before = database.read_now(_sealed)
    await service(database).renew_seals()
    assert database.read_now(_sealed) == before

    await service(database, NEW, former=OLD).renew_seals()

    assert database.read_now(_sealed) != before
    assert await service(database, NEW).credentials("p", "main") == CREDENTIALS


async def test_what_cannot_be_opened_is_named_and_left_alone(
    database: MetadataDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    made, _ = await service(database).put("p", SETTINGS, CREDENTIALS)
    before = database.read_now(_sealed)

    await service(database, NEW).renew_seals()

    assert database.read_now(_sealed) == before
    assert made.id in caplog.text
    with pytest.raises(ConfigurationError, match="key-pepper"):
        await service(database, NEW).credentials("p", "main")
    # Entering the key again is the way out.
    await service(database, NEW).put("p", SETTINGS, CREDENTIALS)
    assert await service(database, NEW).credentials("p", "main") == CREDENTIALS
