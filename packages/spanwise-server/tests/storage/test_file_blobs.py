"""Files are private, named by what they are, and an interrupted upload is cleaned up."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spanwise_server.domain.errors import ConfigurationError, StoreUnavailableError
from spanwise_server.storage.blobs import BlobKey
from spanwise_server.storage.file_blobs import FileBlobStore


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _put(store: FileBlobStore, project_id: str, content: bytes) -> None:
    key = BlobKey(project_id, hashlib.sha256(content).digest())
    async with store.stage(key, _one(content), size_bytes=len(content)) as staged:
        await staged.keep()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("project_id", ["p", "../../etc", "/etc/passwd", "a\0b", "x" * 5000, ""])
async def test_no_name_from_outside_becomes_a_path(tmp_path: Path, project_id: str) -> None:
    folder = tmp_path / "media"
    await _put(FileBlobStore.prepare(folder, fsync=False), project_id, b"content")

    digest = hashlib.sha256(b"content").hexdigest()
    owner = hashlib.sha256(project_id.encode()).hexdigest()[:32]
    assert _files(tmp_path) == [folder / owner / digest[:2] / digest]


async def test_only_the_owner_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    await _put(FileBlobStore.prepare(folder, fsync=False), "p", b"content")

    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (folder, *folder.rglob("*"))}
    assert modes == {0}


async def test_a_start_removes_what_was_not_finished_and_nothing_else(tmp_path: Path) -> None:
    await _put(FileBlobStore.prepare(tmp_path, fsync=False), "p", b"content")
    kept = _files(tmp_path)
    (tmp_path / "incoming" / "abandoned").write_bytes(b"half")

    FileBlobStore.prepare(tmp_path, fsync=False)

    assert _files(tmp_path) == kept


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file")

    with pytest.raises(ConfigurationError, match="media"):
        FileBlobStore.prepare(tmp_path / "media", fsync=False)


async def test_a_disk_that_takes_no_more_is_an_error_that_may_pass(tmp_path: Path) -> None:
    store = FileBlobStore.prepare(tmp_path, fsync=False)
    (tmp_path / "incoming").rmdir()

    with pytest.raises(StoreUnavailableError, match="cannot be written"):
        await _put(store, "p", b"content")
