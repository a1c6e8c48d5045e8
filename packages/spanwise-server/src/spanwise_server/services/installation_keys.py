"""Keys of the installation, one for each purpose, derived from its one secret (``storage.metadata.pepper``) with HKDF.

One secret to keep and to back up; a purpose that leaks its key tells nothing about the others (RFC 5869). Values that
must be read again are sealed with AES-256-GCM: whoever has the database alone cannot read them, and a sealed value that
was moved to another row or project does not open.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.storage.metadata.pepper import FILE_NAME, FORMER_FILE_NAME, load_pepper

_KEY_BYTES = 32
_VERSION = b"\x01"
_FINGERPRINT_BYTES = 8
_NONCE_BYTES = 12
_HEAD_BYTES = len(_VERSION) + _FINGERPRINT_BYTES + _NONCE_BYTES

MEDIA_URLS = "media-urls"
LLM_CREDENTIALS = "llm-credentials"


class InstallationKeys:
    """Derives keys from the installation's secret, and from the one that it had before, if there was one."""

    def __init__(self, secret: bytes, former_secret: bytes | None = None) -> None:
        self._secret = secret
        self._former_secret = former_secret

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for ``purpose``, always the same."""
        return _derive(self._secret, purpose)

    def sealing(self, purpose: str) -> Sealing:
        """Return what seals and opens values for ``purpose``."""
        former = () if self._former_secret is None else (_derive(self._former_secret, purpose),)
        return Sealing(self.derive(purpose), *former)


def open_installation_keys(data_dir: Path) -> InstallationKeys:
    """Return the keys of the installation, which has been provisioned.

    Raises:
        ConfigurationError: Its secret is gone or damaged.
    """
    secret = load_pepper(data_dir)
    if secret is None:
        raise ConfigurationError(f"{data_dir / FILE_NAME} is missing.", hint="Restore it from a backup.")
    return InstallationKeys(secret, load_pepper(data_dir, FORMER_FILE_NAME))


class Sealing:
    """Encrypts with one key, and opens what that key or a former one has sealed.

    A sealed value is: version (1 byte), fingerprint of the key (8), nonce (12), AES-GCM ciphertext with its tag.
    """

    def __init__(self, key: bytes, *former_keys: bytes) -> None:
        self._fingerprint = _fingerprint(key)
        self._ciphers = {_fingerprint(each): AESGCM(each) for each in (*former_keys, key)}

    def seal(self, value: bytes, *, context: tuple[str, ...]) -> bytes:
        """Encrypt ``value``. It opens only with the same ``context``, which says what it belongs to."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        head = _VERSION + self._fingerprint
        return head + nonce + self._ciphers[self._fingerprint].encrypt(nonce, value, _associated(head, context))

    def open(self, sealed: bytes, *, context: tuple[str, ...]) -> bytes:
        """Decrypt ``sealed``.

        Raises:
            ConfigurationError: It was sealed by another installation, for another context, or is damaged.
        """
        head, nonce = sealed[: _HEAD_BYTES - _NONCE_BYTES], sealed[_HEAD_BYTES - _NONCE_BYTES : _HEAD_BYTES]
        cipher = self._ciphers.get(head[len(_VERSION) :]) if head[:1] == _VERSION else None
        if cipher is None or len(nonce) != _NONCE_BYTES:
            raise ConfigurationError(
                f"A stored secret was sealed with a key that is not derived from {FILE_NAME}.",
                hint=f"Restore {FILE_NAME} from the backup that belongs to the database, or enter the secret again.",
            )
        try:
            return cipher.decrypt(nonce, sealed[_HEAD_BYTES:], _associated(head, context))
        except InvalidTag as error:
            raise ConfigurationError(
                "A stored secret is damaged, or was sealed for another row.",
                hint="Restore the database from a backup, or enter the secret again.",
            ) from error

    def is_current(self, sealed: bytes) -> bool:
        """Say whether ``sealed`` was made with the present key."""
        return sealed[: len(_VERSION) + _FINGERPRINT_BYTES] == _VERSION + self._fingerprint


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=f"spanwise/{purpose}/1".encode()).derive(secret)


def _fingerprint(key: bytes) -> bytes:
    """Name a key without telling it."""
    return HKDF(algorithm=SHA256(), length=_FINGERPRINT_BYTES, salt=None, info=b"spanwise/fingerprint/1").derive(key)


def _associated(head: bytes, context: tuple[str, ...]) -> bytes:
    """Return what is authenticated along with a value; lengths first, so that no two contexts look alike."""
    parts = [part.encode("utf-8", "surrogatepass") for part in context]
    return head + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
