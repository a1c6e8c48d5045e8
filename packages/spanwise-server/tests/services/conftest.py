"""A metadata database in memory with one project and its key pair."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.services.api_keys import KeyPair, SecretHasher
from spanwise_server.storage.metadata import api_keys, projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.schema import migrate

ORGANIZATION = Organization(id="o", name="Organization", created_at=1)
PROJECT = Project(id="p", organization=ORGANIZATION, name="Project", created_at=2)
PAIR = KeyPair("pk-lf-1", "sk-lf-secret")
HASHER = SecretHasher(b"pepper")


@pytest.fixture
def quick_passwords() -> PasswordHasher:
    """Return Argon2id at its cheapest: what is tested is not its cost."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def empty_database() -> AsyncIterator[MetadataDatabase]:
    """Yield a database in this version's shape with nothing in it."""
    opened = MetadataDatabase()
    migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
def database(empty_database: MetadataDatabase) -> MetadataDatabase:
    """Return a database with one project and its key pair."""

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, ORGANIZATION)
        projects.add_project(connection, PROJECT)
        api_keys.add_api_key(connection, HASHER.new_api_key("p", PAIR, lambda: 3))

    empty_database.write_now(work)
    return empty_database
