"""A write that loses a race is tried once more."""

from __future__ import annotations

import pytest

from spanwise_server.domain.errors import ConflictError
from spanwise_server.services.datasets.writing import write_with_retry
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction


@pytest.mark.parametrize(("lost", "expected"), [(0, 1), (1, 2)])
async def test_the_second_try_finds_what_the_other_wrote(lost: int, expected: int) -> None:
    tries = 0

    def work(_: MetadataTransaction) -> int:
        nonlocal tries
        tries += 1
        if tries <= lost:
            raise ConflictError("another was faster")
        return tries

    database = MetadataDatabase()
    assert await write_with_retry(database, work) == expected
    await database.close()


async def test_who_loses_twice_is_told() -> None:
    def work(_: MetadataTransaction) -> None:
        raise ConflictError("another was faster")

    database = MetadataDatabase()
    with pytest.raises(ConflictError):
        await write_with_retry(database, work)
    await database.close()
