"""Records of media files: ask for an upload URL, say how the upload went, get a download URL. Bytes: ``media_files``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path
from starlette.responses import Response

from spanwise_server.api.addresses import BaseUrlDep
from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response
from spanwise_server.api.schemas.media import Media, MediaUploadReport, MediaUploadRequest, MediaUploadUrl, media_view
from spanwise_server.api.schemas.pages import Message
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.domain.media import MEDIA_ID, UploadReport

routes = RouteTable("media")

MediaId = Annotated[str, Path(description="The file's id: the first 22 characters of its URL-safe base64 SHA-256.")]


def _checked(media_id: str) -> str:
    """Return the id, or end here: what is not an id names no file, whatever else it may be."""
    if not MEDIA_ID.fullmatch(media_id):
        raise NotFoundError("Media asset not found")
    return media_id


@routes.post("/api/public/media", PROJECT_KEY, response_model=MediaUploadUrl, status_code=201, responses=PUBLIC_ERRORS)
async def create_media(
    access: ProjectAccessDep, services: ServicesDep, base_url: BaseUrlDep, request: Annotated[MediaUploadRequest, Body()]
) -> Response:
    """Announce a file and what refers to it; the answer says where to `PUT` it within an hour.

    `uploadUrl` is null when the project has the file already.
    """
    ticket = await services.media.request_upload(access.project_id, request.upload_request(), base_url=base_url)
    answer: MediaUploadUrl = {"mediaId": ticket.media_id, "uploadUrl": ticket.upload_url}
    return json_response(answer, 201)


@routes.get("/api/public/media/{media_id}", PROJECT_KEY, response_model=Media, responses=PUBLIC_ERRORS)
async def get_media(media_id: MediaId, access: ProjectAccessDep, services: ServicesDep, base_url: BaseUrlDep) -> Response:
    """Return a file's type and length, and a URL to download it from within an hour."""
    download = await services.media.get(access.project_id, _checked(media_id), base_url=base_url)
    return json_response(media_view(download))


@routes.patch("/api/public/media/{media_id}", PROJECT_KEY, response_model=Message, responses=PUBLIC_ERRORS)
async def report_media_upload(
    media_id: MediaId, access: ProjectAccessDep, services: ServicesDep, request: Annotated[MediaUploadReport, Body()]
) -> Response:
    """Say how an upload went. The server knows which files it has; a report changes nothing about that."""
    report = UploadReport(http_status=request.uploadHttpStatus, error=request.uploadHttpError, duration_ms=request.uploadTimeMs)
    await services.media.report(access.project_id, _checked(media_id), report)
    return json_response({"message": "OK"})
