"""A gRPC server over the session's services, and a caller of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from spanwise_server.grpc_api.server import GrpcServer
from spanwise_server.services.container import Services
from spanwise_server.settings import Settings
from tests.grpc_api.calls import Caller


@pytest.fixture(scope="session")
async def caller(services: Services) -> AsyncIterator[Caller]:
    """Yield a caller of a running server whose largest message is 2 MiB."""
    server = GrpcServer.bind(Settings(otlp_grpc_port=0, max_body_mib=2))
    async with server.serving(services, asyncio.Event()):
        yield Caller(server.address)
