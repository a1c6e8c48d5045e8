"""Every event store that the contract is run on: in-process, and a server over the network."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from spanwise_server.services.container import EventStore, Services
from spanwise_server.settings import Settings
from spanwise_server.storage.events.clickhouse import open_event_store
from tests.clickhouse_server import clickhouse_server


@pytest.fixture(scope="session")
async def server_store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EventStore]:
    """Yield a store on a ClickHouse server, reached over HTTP."""
    with clickhouse_server(tmp_path_factory.mktemp("server")) as port:
        store = await open_event_store(Settings(events_url=f"clickhouse://default@127.0.0.1:{port}/spanwise"))
        yield store
        await store.close()


@pytest.fixture(params=["embedded", "server"])
def store(request: pytest.FixtureRequest, services: Services) -> EventStore:
    """Return each store in turn."""
    if request.param == "embedded":
        return services.events
    found: EventStore = request.getfixturevalue("server_store")
    return found
