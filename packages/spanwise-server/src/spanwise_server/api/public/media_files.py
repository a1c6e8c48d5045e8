"""The bytes of media files: upload and download at signed URLs. The token in the URL is the permission.

What is downloaded is somebody else's content. It is never shown as a page of ours: only kinds that cannot run script are
displayed at all, and the browser is told to treat even those as from nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.policies import SIGNED_URL, RouteTable
from spanwise_server.api.public.media import MediaId
from spanwise_server.api.request_paths import is_head
from spanwise_server.api.responses import PUBLIC_ERRORS
from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.media import MediaFile
from spanwise_server.services.media.library import UploadClaims
from spanwise_server.storage.blobs import OpenBlob

routes = RouteTable("media")

_Token = Annotated[str, Query(description="The signed permission that the URL came with.")]
_BINARY: Final[Mapping[str, Any]] = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
}
_DOWNLOADS: Final[dict[int | str, dict[str, Any]]] = {
    **PUBLIC_ERRORS,
    200: {**_BINARY, "description": "The file, with the content type it was uploaded with."},
    206: {**_BINARY, "description": "The part of it that the header `Range` asks for."},
    304: {"description": "It is what the caller has already."},
    416: {"description": "The file has no such part."},
}
_RANGE: Final = re.compile(r"bytes[ \t]*=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)
_SHOWN: Final = re.compile(r"(?:image/(?!svg)[a-z0-9.+-]+|audio/[a-z0-9.+-]+|video/[a-z0-9.+-]+|text/plain)(?:;.*)?")
_SANDBOX: Final = "default-src 'none'; media-src 'self'; img-src 'self'; frame-ancestors 'none'; sandbox"


@routes.put(
    "/api/public/media/upload/{media_id}", SIGNED_URL, response_model=None, response_class=Response, responses=PUBLIC_ERRORS
)
async def upload_media(media_id: MediaId, request: Request, services: ServicesDep, token: _Token = "") -> Response:
    """Upload the announced file: raw bytes, of the announced length, hash and content type. Again is no error."""
    await services.media.receive(media_id, token, _claims(request), request.stream())
    # Not 201 or 204: the SDKs report the status back, and only 200 counts as uploaded in the Langfuse API.
    return Response(status_code=200)


@routes.get(
    "/api/public/media/{media_id}/content",
    SIGNED_URL,
    response_model=None,
    response_class=Response,
    responses=_DOWNLOADS,
)
async def download_media(media_id: MediaId, request: Request, services: ServicesDep, token: _Token = "") -> Response:
    """Download a file, or the part of it that `Range` asks for."""
    media, blob = await services.media.open(media_id, token)
    headers = _headers(media)
    if request.headers.get("if-none-match") == headers["ETag"]:
        await blob.close()
        return Response(status_code=304, headers=headers)
    part = _part(request, headers["ETag"], blob.size_bytes)
    if part is None:
        await blob.close()
        return Response(status_code=416, headers={"Content-Range": f"bytes */{blob.size_bytes}", "Accept-Ranges": "bytes"})
    start, stop = part
    status = 200
    if stop - start < blob.size_bytes:
        status = 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{blob.size_bytes}"
    headers["Content-Length"] = str(stop - start)
    return _BlobResponse(blob, start, start if is_head(request) else stop, status, headers)


class _BlobResponse(StreamingResponse):
    """Sends a part of a blob, and closes the blob however that ends."""

    def __init__(self, blob: OpenBlob, start: int, stop: int, status: int, headers: Mapping[str, str]) -> None:
        self._blob = blob
        super().__init__(blob.chunks(start, stop), status, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._blob.close()


def _claims(request: Request) -> UploadClaims:
    length = request.headers.get("content-length")
    if "content-encoding" in request.headers:
        raise InvalidRequestError("An upload must not be compressed.", hint="Leave out the header Content-Encoding.")
    return UploadClaims(
        content_type=request.headers.get("content-type"),
        content_length=None if length is None else int(length),  # digits, or ``body_limits`` had refused it
        sha256_base64=request.headers.get("x-amz-checksum-sha256"),
    )


def _headers(media: MediaFile) -> dict[str, str]:
    shown = _SHOWN.fullmatch(media.content_type) is not None
    return {
        "Content-Type": media.content_type,
        # No file name: browsers make one of the path, and nothing of what was uploaded gets into a header.
        "Content-Disposition": "inline" if shown else "attachment",
        "Content-Security-Policy": _SANDBOX,
        "Accept-Ranges": "bytes",
        # The content behind an id never changes. Private, because the URL is a permission.
        "ETag": f'"{media.sha256.hex()}"',
        "Cache-Control": "private, max-age=3600, immutable",
    }


def _part(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """Return from where to where to send, or none when the range asked for is not in the file (RFC 9110 §14.1.2).

    What is not a single range of bytes is ignored, as is a range of another version; both the RFC allows.
    """
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or not (found[1] or found[2]) or request.headers.get("if-range", etag) != etag:
        return 0, size
    if not found[1]:
        suffix = min(int(found[2]), size)
        return (size - suffix, size) if suffix else None
    start, stop = int(found[1]), int(found[2]) + 1 if found[2] else size
    if stop <= start and found[2]:
        return 0, size  # last before first is no valid range
    return (start, min(stop, size)) if start < size else None
