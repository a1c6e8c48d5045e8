"""Media files for the browser (``/api/v1``). The bytes come from the signed URL in the answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.policies import PROJECT_MEMBER, RouteTable
from spanwise_server.api.responses import NATIVE_ERRORS, json_response
from spanwise_server.api.schemas.media import NativeMedia, native_media
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.domain.media import MEDIA_ID

routes = RouteTable("native")


@routes.get("/api/v1/projects/{project_id}/media", PROJECT_MEMBER, response_model=NativeMedia, responses=NATIVE_ERRORS)
async def get_native_media(
    project_id: Annotated[str, Path(description="The project's id.")],
    services: ServicesDep,
    id: Annotated[str, Query(description="The file's id, as references in payloads name it.")],
) -> Response:
    """Return a media file with a URL that an image, audio or video element can load, and what refers to it."""
    if not MEDIA_ID.fullmatch(id):
        raise NotFoundError("Media asset not found")
    # Relative, because the page may be served under another address than the API's clients use.
    download = await services.media.get(project_id, id, base_url="")
    return json_response(native_media(download, await services.media.links(project_id, id)))
