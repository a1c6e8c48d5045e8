"""What most tests of the server need: the app in-process over the real embedded engine, and fresh projects.

The engine takes one path a process, so the services live as long as the test session; isolation between tests comes
from the project, as it does between tenants.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from spanwise_server._lib.clock import system_clock
from spanwise_server.app import create_app, open_services
from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.services.api_keys import generate_key_pair
from spanwise_server.services.container import Services
from spanwise_server.services.provisioning import open_hasher
from spanwise_server.settings import InitSettings, Settings
from spanwise_server.storage.metadata import api_keys, projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction, default_url
from tests.accounts import ADMIN_API_KEY, ADMIN_EMAIL, ADMIN_PASSWORD, BASE_URL, ProjectMaker, ProjectWithKeys

# A busy machine is no fault: nothing here asserts how long an example takes.
hypothesis.settings.register_profile("without-deadline", deadline=None)
hypothesis.settings.load_profile("without-deadline")


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data directory of the session's server."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
async def services(data_dir: Path) -> AsyncIterator[Services]:
    """Open the services once: real engine, real metadata database."""
    settings = Settings(
        data_dir=data_dir,
        admin_email=ADMIN_EMAIL,
        admin_password=SecretStr(ADMIN_PASSWORD),
        admin_api_key=SecretStr(ADMIN_API_KEY),
    )
    async with open_services(settings, InitSettings()) as opened:
        yield opened


@pytest.fixture(scope="session")
def app(services: Services) -> FastAPI:
    """Return the ASGI application over the session's services."""
    return create_app(services)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client without credentials or cookies that calls the app in-process."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL) as opened:
        yield opened


@pytest.fixture(scope="session")
async def accounts_database(services: Services, data_dir: Path) -> AsyncIterator[MetadataDatabase]:
    """Yield a second connection to the session's metadata database, to make accounts with."""
    database = MetadataDatabase(default_url(data_dir))
    yield database
    await database.close()


@pytest.fixture(scope="session")
def make_project(accounts_database: MetadataDatabase, data_dir: Path) -> ProjectMaker:
    """Return a function that creates a project, in an organization of its own, with a fresh key pair."""
    hasher = open_hasher(accounts_database, data_dir)

    async def make() -> ProjectWithKeys:
        created_at = system_clock()
        organization = Organization(id=str(uuid.uuid4()), name="Test organization", created_at=created_at)
        project = Project(id=f"project-{uuid.uuid4()}", organization=organization, name="Test project", created_at=created_at)
        pair = generate_key_pair()

        def work(connection: MetadataTransaction) -> None:
            projects.add_organization(connection, organization)
            projects.add_project(connection, project)
            api_keys.add_api_key(connection, hasher.new_api_key(project.id, pair, system_clock))

        await accounts_database.write(work)
        return ProjectWithKeys(project.id, pair)

    return make


@pytest.fixture
async def project(make_project: ProjectMaker) -> ProjectWithKeys:
    """Return a project of the test's own."""
    return await make_project()


@pytest.fixture
async def other_project(make_project: ProjectMaker) -> ProjectWithKeys:
    """Return a second project, to show that nothing crosses over."""
    return await make_project()


@pytest.fixture
async def project_client(app: FastAPI, project: ProjectWithKeys) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client that sends the key pair of ``project``."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, auth=project.auth) as opened:
        yield opened
