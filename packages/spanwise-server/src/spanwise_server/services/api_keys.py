"""Key pairs: how they look, how a secret is hashed and compared. Must not know where they are kept.

A secret is hashed with HMAC-SHA256 under the installation's pepper. Generated secrets have 122 random bits, so a slow
password hash would add nothing but milliseconds to each first request; chosen ones may be weak, which the pepper covers.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass, field

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import ApiKey
from spanwise_server.domain.observations import Micros

_DISPLAY_MIN_LENGTH = 16


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both halves of a key in clear: exists only between its making and its being shown once."""

    public_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What is said of a key when it is made."""

    note: str | None = None
    """What it is for."""
    expires_at: Micros | None = None
    """When it ends; none for never."""


_NO_TERMS = KeyTerms()


def generate_key_pair() -> KeyPair:
    """Draw a pair in the form that the SDKs' documentation shows."""
    return KeyPair(public_key=f"pk-lf-{uuid.uuid4()}", secret_key=f"sk-lf-{uuid.uuid4()}")


def display_secret(secret_key: str) -> str:
    """Shorten a secret so that its owner recognises it and nobody else can use it; a short one shows nothing."""
    return f"{secret_key[:6]}...{secret_key[-4:]}" if len(secret_key) >= _DISPLAY_MIN_LENGTH else "..."


class SecretHasher:
    """Hashes and compares secrets under one pepper."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def hash(self, secret_key: str) -> bytes:
        """Return what is stored instead of the secret."""
        return hmac.digest(self._pepper, secret_key.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def matches(self, secret_key: str, secret_hash: bytes) -> bool:
        """Say whether the hash is that of the secret, in a time that does not depend on where they differ."""
        return hmac.compare_digest(self.hash(secret_key), secret_hash)

    def new_api_key(self, project_id: str, pair: KeyPair, clock: Clock, *, terms: KeyTerms = _NO_TERMS) -> ApiKey:
        """Return the storable form of ``pair`` for a project."""
        return self._storable(pair, clock, terms, project_id=project_id)

    def new_organization_key(self, organization_id: str, pair: KeyPair, clock: Clock, *, terms: KeyTerms = _NO_TERMS) -> ApiKey:
        """Return the storable form of ``pair`` for an organization."""
        return self._storable(pair, clock, terms, organization_id=organization_id)

    def _storable(
        self,
        pair: KeyPair,
        clock: Clock,
        terms: KeyTerms,
        *,
        project_id: str | None = None,
        organization_id: str | None = None,
    ) -> ApiKey:
        return ApiKey(
            id=str(uuid.uuid4()),
            project_id=project_id,
            organization_id=organization_id,
            public_key=pair.public_key,
            secret_hash=self.hash(pair.secret_key),
            display_secret=display_secret(pair.secret_key),
            created_at=clock(),
            expires_at=terms.expires_at,
            note=terms.note,
        )
