"""What a store of files promises. Every promise is a test in ``tests/storage/contract`` that each store runs.

A blob is known by its project and the SHA-256 of its content, both of which the caller has verified or computed; names
from outside never reach a store. Words as in RFC 2119.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BlobKey:
    """Names one blob of one project."""

    project_id: str
    sha256: bytes
    """32 bytes."""


class StagedBlob(Protocol):
    """A blob that has arrived complete and verified, and is not in the store yet."""

    async def keep(self) -> None:
        """Put it into the store, replacing one of the same key. MUST be atomic: a reader sees the whole blob or none.

        MUST be durable against the death of the process when it returns.
        """


class OpenBlob(Protocol):
    """A blob being read. ``close`` it; deleting the blob meanwhile MUST NOT disturb the reader."""

    @property
    def size_bytes(self) -> int: ...

    def chunks(self, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield the bytes from ``start`` up to ``stop``, in parts small enough to hold in memory."""

    async def close(self) -> None: ...


class BlobStore(Protocol):
    """Keeps blobs. MAY be called concurrently, also for one key."""

    def stage(self, key: BlobKey, chunks: AsyncIterable[bytes], *, size_bytes: int) -> AbstractAsyncContextManager[StagedBlob]:
        """Receive a blob; on leaving the context what was not kept is gone.

        MUST NOT hold the whole blob in memory. MUST verify length and hash before the context is entered. MUST stop
        reading as soon as there are more than ``size_bytes``.

        Raises:
            PayloadTooLargeError: There are more bytes than announced.
            InvalidRequestError: There are fewer, or their hash is another.
            StoreUnavailableError: The blob cannot be written, for want of room for instance.
        """

    async def open(self, key: BlobKey) -> OpenBlob | None:
        """Return the blob for reading, or none when it is not there."""

    async def has(self, key: BlobKey, *, size_bytes: int) -> bool:
        """Say whether the blob is there with this length."""

    async def delete(self, key: BlobKey) -> None:
        """Delete the blob; one that is not there is no error."""

    async def delete_project(self, project_id: str) -> None:
        """Delete every blob of the project."""
