"""The server's own secret: mixed into every stored hash of an API key, and the root of the keys that seal other secrets.

A file of its owner only; never in the database.

Secrets of API keys may be weak, because deployments choose them. Whoever gets hold of the database alone, a backup for
instance, cannot try guesses against the hashes without this file.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from spanwise_server.domain.errors import ConfigurationError

FILE_NAME = "key-pepper"
FORMER_FILE_NAME = "key-pepper.former"
"""The secret that the installation had before its owner gave it another; what it sealed can still be opened."""
_BYTES = 32


def load_pepper(data_dir: Path, file_name: str = FILE_NAME) -> bytes | None:
    """Return the pepper, or none when the installation has none yet.

    Raises:
        ConfigurationError: The file is not what ``create_pepper`` wrote.
    """
    path = data_dir / file_name
    try:
        pepper = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise _unusable(path) from error
    if len(pepper) != _BYTES:
        raise _unusable(path)
    return pepper


def create_pepper(data_dir: Path) -> bytes:
    """Draw a pepper and write it, readable by its owner only, so that it is on the disk when this returns."""
    pepper = secrets.token_bytes(_BYTES)
    descriptor = os.open(data_dir / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, pepper.hex().encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return pepper


def _unusable(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be read, or holds something else than {_BYTES} bytes in hexadecimal.",
        hint="Restore it from a backup. Without it no existing API key can be verified.",
    )
