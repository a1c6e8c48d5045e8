"""An organization with a project, a key of its own, and a client that shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from spanwise_server.services.administration.api_keys import KeyRequest
from spanwise_server.services.container import Services
from tests.accounts import BASE_URL, ProjectWithKeys
from tests.api.administration.owners import Owner
from tests.api.openapi_document import OpenApiDocument


@pytest.fixture
async def owner(
    app: FastAPI, services: Services, project: ProjectWithKeys, openapi_document: OpenApiDocument
) -> AsyncIterator[Owner]:
    """Yield the organization of ``project``; an answer that is not documented fails the test."""
    organization_id = (await services.projects.get(project.id)).organization.id
    made = await services.administration.api_keys.create_for_organization(organization_id, KeyRequest())
    auth = httpx.BasicAuth(made.key.public_key, made.secret_key)
    hooks = {"response": [openapi_document.check]}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL, auth=auth, event_hooks=hooks) as client:
        yield Owner(organization_id, project, made.key.public_key, made.secret_key, client)
