"""What tests of media share: a file, and its way into a project."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

import httpx

MEDIA = "/api/public/media"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def announcement(content: bytes = PNG, **changes: Any) -> dict[str, Any]:
    """Return the body of ``POST /api/public/media`` for ``content``, as the SDKs send it."""
    digest = hashlib.sha256(content).digest()
    return {
        "traceId": "t",
        "observationId": None,
        "datasetId": None,
        "datasetItemId": None,
        "contentType": "image/png",
        "contentLength": len(content),
        "sha256Hash": base64.b64encode(digest).decode(),
        "field": "input",
        **changes,
    }


def local(url: str) -> str:
    """Return the path and query of a signed URL, for a client of the app in-process."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def announce(client: httpx.AsyncClient, content: bytes = PNG, **changes: Any) -> httpx.Response:
    """Ask for an upload URL."""
    response = await client.post(MEDIA, json=announcement(content, **changes))
    assert response.status_code == 201, response.text
    return response


async def upload(client: httpx.AsyncClient, content: bytes = PNG, **changes: Any) -> str:
    """Announce and upload ``content``; return its id."""
    answer = (await announce(client, content, **changes)).json()
    headers = {"Content-Type": changes.get("contentType", "image/png"), "x-ms-blob-type": "BlockBlob"}
    done = await client.put(local(answer["uploadUrl"]), content=content, headers=headers, auth=NO_AUTH)
    assert (done.status_code, done.content) == (200, b"")
    return str(answer["mediaId"])


async def download_path(client: httpx.AsyncClient, media_id: str) -> str:
    """Return where to download the file."""
    response = await client.get(f"{MEDIA}/{media_id}")
    assert response.status_code == 200, response.text
    return local(response.json()["url"])


class _NoAuth(httpx.Auth):
    """Sends none of the client's credentials: signed URLs are used without."""


NO_AUTH = _NoAuth()
