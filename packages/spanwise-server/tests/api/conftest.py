"""Clients whose every answer is checked against the OpenAPI document."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.accounts import ProjectWithKeys
from tests.api.openapi_document import OpenApiDocument


@pytest.fixture(scope="session")
def openapi_document(app: FastAPI) -> OpenApiDocument:
    """Return the app's OpenAPI document, ready to check responses."""
    return OpenApiDocument(app)


@pytest.fixture
async def api(app: FastAPI, project: ProjectWithKeys, openapi_document: OpenApiDocument) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client with the key pair of ``project``; an answer that is not documented fails the test."""
    hooks = {"response": [openapi_document.check]}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://spanwise.test", auth=project.auth, event_hooks=hooks
    ) as opened:
        yield opened
