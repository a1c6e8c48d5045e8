"""Keeps two servers off one data directory. The lock dies with its process, however that ends.

Beside the lock stands who holds it, so that the second server, and ``spanwise doctor``, can name the first.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from spanwise_server.domain.errors import ConfigurationError

FILE_NAME = "server.lock"


class LockHolder(msgspec.Struct, frozen=True):
    """The server that uses the directory."""

    pid: int
    url: str | None = None
    """Where it listens; none while it starts."""


@dataclass(frozen=True, slots=True)
class DirectoryLock:
    """A held lock."""

    descriptor: int

    def record(self, url: str | None = None) -> None:
        """Write who holds the lock, and where it listens."""
        text = msgspec.json.encode(LockHolder(os.getpid(), url))
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, text, 0)


@contextlib.contextmanager
def hold_directory(data_dir: Path) -> Iterator[DirectoryLock]:
    """Hold ``data_dir`` for this process.

    Raises:
        ConfigurationError: Another process holds it (named), or it cannot be written to.
    """
    try:
        descriptor = os.open(data_dir / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {data_dir} cannot be written to: {error.strerror}.",
            hint="Give this user the right to write there, or choose another with --data-dir or SPANWISE_DATA_DIR.",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _taken(data_dir, _read(descriptor)) from error
        lock = DirectoryLock(descriptor)
        lock.record()
        yield lock
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def find_holder(data_dir: Path) -> LockHolder | None:
    """Return the server that uses ``data_dir`` now, or none."""
    try:
        descriptor = os.open(data_dir / FILE_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _read(descriptor) or LockHolder(0)
    finally:
        os.close(descriptor)
    return None


def _read(descriptor: int) -> LockHolder | None:
    try:
        return msgspec.json.decode(os.pread(descriptor, 4096, 0), type=LockHolder)
    except msgspec.DecodeError:
        return None


def _taken(data_dir: Path, holder: LockHolder | None) -> ConfigurationError:
    who = f"process {holder.pid}" if holder else "another process"
    where = f" at {holder.url}" if holder and holder.url else ""
    return ConfigurationError(
        f"The data directory {data_dir} is in use: {who} serves from it{where}.",
        hint="Use that server, stop it first, or choose another directory with --data-dir or SPANWISE_DATA_DIR.",
    )
