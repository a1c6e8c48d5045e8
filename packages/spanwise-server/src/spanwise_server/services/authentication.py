"""Whose request is this? Reads the ``Authorization`` header of API clients and answers from memory where it can.

Both halves of a key pair are checked. Verified and refused headers are remembered for a short time under a keyed hash
of the header, so that ingest costs a dictionary look-up and no secret stays in memory. Must not know HTTP.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from spanwise_server._lib.clock import Clock
from spanwise_server._lib.expiring import ExpiringMap
from spanwise_server.domain.accounts import KeyAccess, KeyScope, OrganizationAccess, ProjectAccess
from spanwise_server.domain.errors import UnauthorizedError
from spanwise_server.domain.observations import Micros
from spanwise_server.services.api_keys import SecretHasher
from spanwise_server.storage.metadata.api_keys import get_api_key, record_uses
from spanwise_server.storage.metadata.database import MetadataDatabase

CONFIRM_HOST = "Confirm that you've configured the correct host."
_HINT = "Send the key pair as HTTP Basic credentials: the public key as user name, the secret key as password."
# A key revoked by another server process stays good for at most this long; a key made by one is unknown for as long.
_ACCEPTED_SECONDS = 10.0
_REFUSED_SECONDS = 2.0
_MOST_REMEMBERED = 4096
_LONGEST_HEADER = 4096
_NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the header claims: a public key, and its secret unless the public key came alone."""

    public_key: str
    secret_key: str | None = field(repr=False)


def parse_authorization(header: str | None) -> Credentials:
    """Read ``Basic base64(public:secret)``, the literal ``Bearer public:secret`` or ``Bearer public``.

    Raises:
        UnauthorizedError: There is no header, or it has none of these forms.
    """
    if not header:
        raise UnauthorizedError("No authorization header", hint=_HINT)
    scheme, _, value = header.partition(" ")
    value = value.strip()
    match scheme.lower():
        case "basic":
            public_key, separator, rest = _decode_basic(value).partition(":")
        case "bearer":
            public_key, separator, rest = value.partition(":")
        case _:
            raise _invalid()
    is_pair = bool(separator)
    if not public_key or (is_pair and not rest) or (not is_pair and scheme.lower() == "basic"):
        raise _invalid()
    return Credentials(public_key, rest if is_pair else None)


def _invalid() -> UnauthorizedError:
    return UnauthorizedError("Invalid authorization header", hint=_HINT)


def _decode_basic(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _invalid() from error


class Authenticator:
    """Verifies API credentials against the stored hashes."""

    def __init__(
        self,
        database: MetadataDatabase,
        hasher: SecretHasher,
        *,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._clock = clock
        self._memory_key = secrets.token_bytes(32)
        # Two maps, so that a flood of wrong keys cannot push the right ones out.
        self._accepted: ExpiringMap[bytes, KeyAccess] = ExpiringMap(
            capacity=_MOST_REMEMBERED, seconds=_ACCEPTED_SECONDS, monotonic=monotonic
        )
        self._refused: ExpiringMap[bytes, str] = ExpiringMap(
            capacity=_MOST_REMEMBERED, seconds=_REFUSED_SECONDS, monotonic=monotonic
        )
        # What ``record_uses`` will write: the last use of each key since it wrote last.
        self._uses: dict[str, Micros] = {}

    async def authenticate(self, header: str | None) -> KeyAccess:
        """Return what the holder of these credentials may touch.

        Raises:
            UnauthorizedError: The credentials are missing, malformed or wrong; the message says which.
            StoreUnavailableError: They could not be looked up.
        """
        if not header or len(header) > _LONGEST_HEADER:
            raise _invalid() if header else UnauthorizedError("No authorization header", hint=_HINT)
        memory_key = hashlib.blake2b(header.encode("utf-8", "surrogatepass"), key=self._memory_key, digest_size=32).digest()
        accepted = self._accepted.get(memory_key)
        if accepted is not None:
            return accepted
        refusal = self._refused.get(memory_key)
        if refusal is not None:
            raise UnauthorizedError(refusal, hint=_HINT)
        try:
            access = await self._verify(parse_authorization(header))
        except UnauthorizedError as error:
            self._refused.put(memory_key, error.message)
            raise
        self._accepted.put(memory_key, access)
        return access

    def forget(self) -> None:
        """Look every key up again: to be called whenever keys were made, changed or revoked."""
        self._accepted.clear()
        self._refused.clear()

    async def record_uses(self) -> None:
        """Write down when keys were last used: once for all of them, to be called every minute or so."""
        if self._uses:
            uses, self._uses = self._uses, {}
            await self._database.write(lambda connection: record_uses(connection, uses))

    async def _verify(self, credentials: Credentials) -> KeyAccess:
        key = await self._database.read(lambda connection: get_api_key(connection, credentials.public_key))
        now = self._clock()
        if credentials.secret_key is None:
            # The public half of an organization's key opens nothing.
            if key is None or key.is_expired(now) or key.project_id is None:
                raise UnauthorizedError(f"Invalid public key. {CONFIRM_HOST}", hint=_HINT)
            self._uses[key.id] = now
            return ProjectAccess(project_id=key.project_id, scope=KeyScope.SCORES, api_key_id=key.id, public_key=key.public_key)
        # An unknown public key costs the same comparison as a wrong secret.
        is_right = self._hasher.matches(credentials.secret_key, key.secret_hash if key else _NO_HASH)
        if key is None or not is_right or key.is_expired(now):
            raise UnauthorizedError(f"Invalid credentials. {CONFIRM_HOST}", hint=_HINT)
        self._uses[key.id] = now
        if key.organization_id is not None:
            return OrganizationAccess(organization_id=key.organization_id, api_key_id=key.id, public_key=key.public_key)
        if key.project_id is None:
            raise TypeError("a key belongs to a project or an organization; the database holds no other")
        return ProjectAccess(project_id=key.project_id, api_key_id=key.id, public_key=key.public_key)
