"""What ``BlobStore`` promises, on every store of blobs."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spanwise_server.domain.errors import InvalidRequestError, PayloadTooLargeError
from spanwise_server.storage.blobs import BlobKey, BlobStore
from spanwise_server.storage.file_blobs import FileBlobStore

CONTENT = bytes(range(256)) * 5000


@pytest.fixture(params=["files", "files with fsync"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """Return each store in turn, empty."""
    return FileBlobStore.prepare(tmp_path / "blobs", fsync=request.param == "files with fsync")


def key_of(content: bytes, project_id: str = "p") -> BlobKey:
    return BlobKey(project_id, hashlib.sha256(content).digest())


async def parts(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def put(store: BlobStore, content: bytes, project_id: str = "p") -> BlobKey:
    key = key_of(content, project_id)
    async with store.stage(key, parts(content), size_bytes=len(content)) as staged:
        await staged.keep()
    return key


async def read(store: BlobStore, key: BlobKey, start: int = 0, stop: int | None = None) -> bytes | None:
    blob = await store.open(key)
    if blob is None:
        return None
    try:
        return b"".join([chunk async for chunk in blob.chunks(start, blob.size_bytes if stop is None else stop)])
    finally:
        await blob.close()


async def test_what_was_kept_is_there(store: BlobStore) -> None:
    for content in (CONTENT, b"", b"x"):
        key = await put(store, content)

        assert await read(store, key) == content
        assert await store.has(key, size_bytes=len(content))
        assert not await store.has(key, size_bytes=len(content) + 1)


async def test_parts_are_what_they_are_of_the_whole(store: BlobStore) -> None:
    key = await put(store, CONTENT)

    for start, stop in ((0, 1), (5, 5), (300_000, 700_001), (len(CONTENT) - 1, len(CONTENT))):
        assert await read(store, key, start, stop) == CONTENT[start:stop]


async def test_what_was_not_kept_is_gone(store: BlobStore) -> None:
    key = key_of(CONTENT)
    async with store.stage(key, parts(CONTENT), size_bytes=len(CONTENT)):
        assert await read(store, key) is None

    assert await read(store, key) is None


@pytest.mark.parametrize(
    ("size_bytes", "error"), [(len(CONTENT) - 1, PayloadTooLargeError), (len(CONTENT) + 1, InvalidRequestError)]
)
async def test_another_length_is_refused(store: BlobStore, size_bytes: int, error: type[Exception]) -> None:
    with pytest.raises(error, match=str(size_bytes)):
        async with store.stage(key_of(CONTENT), parts(CONTENT), size_bytes=size_bytes) as staged:
            await staged.keep()

    assert await read(store, key_of(CONTENT)) is None


async def test_reading_stops_at_the_first_byte_too_many(store: BlobStore) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b"x" * 1000

    with pytest.raises(PayloadTooLargeError):
        async with store.stage(key_of(b""), endless(), size_bytes=5000):
            pass
    assert asked == 6


async def test_other_content_is_refused(store: BlobStore) -> None:
    key = key_of(b"good")
    with pytest.raises(InvalidRequestError, match="SHA-256"):
        async with store.stage(key, parts(b"evil"), size_bytes=4) as staged:
            await staged.keep()

    assert await read(store, key) is None


async def test_a_sender_who_goes_away_leaves_nothing_and_harms_nothing(store: BlobStore) -> None:
    key = await put(store, CONTENT)

    async def cut() -> AsyncIterator[bytes]:
        yield CONTENT[:2_000_000]
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        async with store.stage(key, cut(), size_bytes=len(CONTENT)):
            pass
    assert await read(store, key) == CONTENT


async def test_a_cancelled_upload_leaves_nothing(store: BlobStore) -> None:
    key, arrived = key_of(CONTENT), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield CONTENT[:1_100_000]
        arrived.set()
        await asyncio.Event().wait()

    async def upload() -> None:
        async with store.stage(key, slow(), size_bytes=len(CONTENT)) as staged:
            await staged.keep()

    task = asyncio.create_task(upload())
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await read(store, key) is None


async def test_many_may_upload_the_same_at_once(store: BlobStore) -> None:
    keys = await asyncio.gather(*(put(store, CONTENT) for _ in range(8)))

    assert len(set(keys)) == 1
    assert await read(store, keys[0]) == CONTENT


async def test_a_reader_is_not_disturbed_by_deletion(store: BlobStore) -> None:
    key = await put(store, CONTENT)
    blob = await store.open(key)
    assert blob is not None
    await store.delete(key)
    await store.delete(key)

    assert b"".join([chunk async for chunk in blob.chunks(0, blob.size_bytes)]) == CONTENT
    await blob.close()
    assert await read(store, key) is None


async def test_projects_do_not_meet(store: BlobStore) -> None:
    names = ["p", "q", "../p", "", "p/q", "é\0\ud800"]
    keys = [await put(store, CONTENT, name) for name in names]
    await store.delete(keys[0])

    await store.delete_project("q")
    await store.delete_project("never seen")
    found = [await read(store, key) is not None for key in keys]
    assert found == [False, False, True, True, True, True]
