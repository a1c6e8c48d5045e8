"""URLs that carry their own permission: to upload one exact file, or to download one, until they expire.

The SDKs send no credentials to these URLs, and players of audio and video cannot. A grant is signed with a key that only
this installation has; everything that matters is in it, so nothing about it is stored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TypeVar

import msgspec

from spanwise_server.domain.errors import ForbiddenError
from spanwise_server.domain.observations import Micros

MEDIA_PATH = "/api/public/media"
LIFE_MICROS: Micros = 3_600_000_000
"""One hour, as the Langfuse API documents."""
_LONGEST_TOKEN = 4096


class UploadGrant(msgspec.Struct, frozen=True, array_like=True, tag="upload"):
    """Permission to upload this file and no other."""

    project_id: str
    media_id: str
    sha256: bytes
    size_bytes: int
    content_type: str
    expires_at: Micros


class DownloadGrant(msgspec.Struct, frozen=True, array_like=True, tag="download"):
    """Permission to read this file."""

    project_id: str
    media_id: str
    expires_at: Micros


Grant = TypeVar("Grant", UploadGrant, DownloadGrant)


class UrlSigner:
    """Writes grants into URLs and reads them back. Whoever has ``key`` may grant."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def upload_url(self, base_url: str, grant: UploadGrant) -> str:
        """Return the address to ``PUT`` the file to."""
        return f"{base_url}{MEDIA_PATH}/upload/{grant.media_id}?token={self.token(grant)}"

    def download_url(self, base_url: str, grant: DownloadGrant) -> str:
        """Return the address to ``GET`` the file from."""
        return f"{base_url}{MEDIA_PATH}/{grant.media_id}/content?token={self.token(grant)}"

    def token(self, grant: UploadGrant | DownloadGrant) -> str:
        """Return the grant and its signature as text that needs no escaping in a URL."""
        body = base64.urlsafe_b64encode(msgspec.json.encode(grant)).decode().rstrip("=")
        return f"{body}.{self._signature(body)}"

    def read(self, token: str, kind: type[Grant], *, media_id: str, now: Micros) -> Grant:
        """Return the grant of ``token`` for the file that the path names.

        Raises:
            ForbiddenError: This installation has not signed it, it is for something else, or it has expired.
        """
        body, _, signature = token.partition(".")
        if len(token) > _LONGEST_TOKEN or not token.isascii() or not hmac.compare_digest(signature, self._signature(body)):
            raise _not_valid()
        try:
            grant = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=kind)
        except (binascii.Error, msgspec.DecodeError) as error:  # signed, but a grant of the other kind
            raise _not_valid() from error
        if not hmac.compare_digest(grant.media_id.encode(), media_id.encode("utf-8", "surrogatepass")):
            raise _not_valid()
        if grant.expires_at <= now:
            raise ForbiddenError("This media URL has expired.", hint="Ask the API for a new one; each is good for an hour.")
        return grant

    def _signature(self, body: str) -> str:
        return base64.urlsafe_b64encode(hmac.digest(self._key, body.encode(), hashlib.sha256)).decode().rstrip("=")


def _not_valid() -> ForbiddenError:
    return ForbiddenError(
        "This media URL is not valid: its token was changed, cut, or made by another installation.",
        hint="Ask the API for a new one.",
    )
