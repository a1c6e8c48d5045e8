"""A metadata database in memory, in this version's shape."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.schema import migrate


@pytest.fixture
def database() -> Iterator[MetadataDatabase]:
    opened = MetadataDatabase()
    migrate(opened)
    yield opened
    opened.close_now()
