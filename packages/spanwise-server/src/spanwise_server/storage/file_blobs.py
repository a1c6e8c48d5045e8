"""Blobs as files of a directory, named by what they are: ``<hash of the project id>/<first byte>/<SHA-256>``.

Uploads arrive in ``incoming`` under a random name and are renamed when they are complete and verified, so that no reader
and no crash ever meets half a file. One process at a time: the lock on the data directory sees to that.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeVar

from spanwise_server.domain.errors import ConfigurationError, InvalidRequestError, PayloadTooLargeError, StoreUnavailableError
from spanwise_server.storage.blobs import BlobKey, OpenBlob

T = TypeVar("T")

FOLDER_NAME = "media"
INCOMING_FOLDER = "incoming"
# Collected before a thread is asked to hash and write them; hand-over costs about as much as writing 64 KiB.
_WRITE_BYTES = 1024 * 1024
_READ_BYTES = 256 * 1024


class FileBlobStore:
    """Implements ``BlobStore`` in ``folder``."""

    def __init__(self, folder: Path, *, fsync: bool) -> None:
        self._folder = folder
        self._fsync = fsync

    @classmethod
    def prepare(cls, folder: Path, *, fsync: bool) -> FileBlobStore:
        """Make the folder, for its owner only, and remove uploads that an earlier process did not finish.

        Raises:
            ConfigurationError: It cannot be made or written to.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / INCOMING_FOLDER).mkdir(mode=0o700, exist_ok=True)
            for abandoned in (folder / INCOMING_FOLDER).iterdir():
                abandoned.unlink()
        except OSError as error:
            raise ConfigurationError(
                f"The folder of media files {folder} cannot be used: {error.strerror}.",
                hint="Give this user the right to write there: spanwise doctor shows what is missing.",
            ) from error
        return cls(folder, fsync=fsync)

    @contextlib.asynccontextmanager
    async def stage(self, key: BlobKey, chunks: AsyncIterable[bytes], *, size_bytes: int) -> AsyncIterator[_StagedFile]:
        """Receive a blob; see ``BlobStore.stage``."""
        incoming = _IncomingFile(self._folder / INCOMING_FOLDER / uuid.uuid4().hex)
        try:
            await incoming.receive(chunks, size_bytes=size_bytes)
            incoming.verify(key.sha256, size_bytes=size_bytes)
            yield _StagedFile(incoming, self._path(key), fsync=self._fsync)
        finally:
            # Not awaited: a cancelled request must leave nothing behind either.
            incoming.discard()

    async def open(self, key: BlobKey) -> OpenBlob | None:
        """Return the blob for reading, or none."""
        try:
            descriptor = await asyncio.to_thread(os.open, self._path(key), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        return _OpenFile(descriptor)

    async def has(self, key: BlobKey, *, size_bytes: int) -> bool:
        """Say whether the blob is there with this length."""
        try:
            return (await asyncio.to_thread(os.stat, self._path(key))).st_size == size_bytes
        except FileNotFoundError:
            return False

    async def delete(self, key: BlobKey) -> None:
        """Delete the blob."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def delete_project(self, project_id: str) -> None:
        """Delete every blob of the project."""
        await asyncio.to_thread(shutil.rmtree, self._project_folder(project_id), ignore_errors=True)

    def _project_folder(self, project_id: str) -> Path:
        # Project ids are chosen by people and may be anything, "../.." included; their hash is a name.
        return self._folder / hashlib.sha256(project_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _path(self, key: BlobKey) -> Path:
        name = key.sha256.hex()
        return self._project_folder(key.project_id) / name[:2] / name


class _IncomingFile:
    """A file that is being received."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None
        self._hash = hashlib.sha256()
        self._size = 0

    async def receive(self, chunks: AsyncIterable[bytes], *, size_bytes: int) -> None:
        """Write what arrives, until it ends or is more than announced."""
        pending: list[bytes] = []
        pending_bytes = 0
        received = 0
        with _translated_errors():
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        async for chunk in chunks:
            received += len(chunk)
            if received > size_bytes:
                raise PayloadTooLargeError(
                    f"The upload is larger than the {size_bytes} bytes that were announced.",
                    hint="Ask for another upload URL with the right contentLength.",
                )
            pending.append(chunk)
            pending_bytes += len(chunk)
            if pending_bytes >= _WRITE_BYTES:
                await self._write_soon(pending)
                pending, pending_bytes = [], 0
        await self._write_soon(pending)

    async def _write_soon(self, parts: list[bytes]) -> None:
        await _in_thread(lambda: self._write(b"".join(parts)))

    def _write(self, data: bytes) -> None:
        self._hash.update(data)
        self._size += len(data)
        rest = memoryview(data)
        with _translated_errors():
            while rest:
                rest = rest[os.write(self._open_descriptor(), rest) :]

    def verify(self, sha256: bytes, *, size_bytes: int) -> None:
        """Raise unless the content is what it was announced to be."""
        if self._size != size_bytes:
            raise InvalidRequestError(
                f"The upload has {self._size} bytes, but {size_bytes} were announced.",
                hint="Send the whole file, or ask for another upload URL with the right contentLength.",
            )
        if self._hash.digest() != sha256:
            raise InvalidRequestError(
                "The SHA-256 of the upload is not the one that was announced.",
                hint="Send the file that sha256Hash was computed of, or ask for another upload URL.",
            )

    def move(self, target: Path, *, fsync: bool) -> None:
        """Give the complete file its name."""
        with _translated_errors():
            if fsync:
                os.fsync(self._open_descriptor())
            for missing in (target.parent.parent, target.parent):
                missing.mkdir(mode=0o700, exist_ok=True)
            self.path.rename(target)
            if fsync:
                for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
                    _sync_folder(folder)

    def discard(self) -> None:
        """Close the file, and remove it unless it has been moved."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self.path.unlink(missing_ok=True)

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise ValueError(f"{self.path} is not open")
        return self._descriptor


class _StagedFile:
    """Implements ``StagedBlob``."""

    def __init__(self, incoming: _IncomingFile, target: Path, *, fsync: bool) -> None:
        self._incoming = incoming
        self._target = target
        self._fsync = fsync

    async def keep(self) -> None:
        """Put it into the store."""
        await _in_thread(lambda: self._incoming.move(self._target, fsync=self._fsync))


class _OpenFile:
    """Implements ``OpenBlob``."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size

    @property
    def size_bytes(self) -> int:
        """Length of the file."""
        return self._size

    async def chunks(self, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield the bytes from ``start`` up to ``stop``."""
        while start < stop:
            chunk = await self._read(start, min(_READ_BYTES, stop - start))
            if not chunk:
                raise StoreUnavailableError("A media file is shorter than it was when it was opened.")
            start += len(chunk)
            yield chunk

    async def _read(self, start: int, size: int) -> bytes:
        return await _in_thread(lambda: os.pread(self._descriptor, size, start))

    async def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


async def _in_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread, and wait for it even when cancelled: it must not meet a descriptor that was closed meanwhile."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            # Cancelled again and again by a task group that ends.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # looked at, so that it is not reported as forgotten
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _translated_errors() -> Iterator[None]:
    """Let a disk that is full or gone be an error that may be over later."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailableError(
            f"The media file cannot be written: {error.strerror}.", hint="`spanwise doctor` looks at the disk."
        ) from error
