"""Serves the built browser application from memory: its page for every address that it knows, and its files.

A file is found by its name in a table made from the folder, never by joining a path, so no request can leave the
folder. Must not know the API.
"""

from __future__ import annotations

import gzip
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

PAGE_ROUTES = ("/", "/login", "/project/{path:path}", "/trace/{path:path}")
"""Addresses of the application's own pages; everything else that is no file is an honest 404."""

FILE_ROUTES = ("/assets/{path:path}", "/{path}")

_INDEX = "index.html"
_BASE = '<base href="/" />'
# Names under assets/ carry a hash of the content, so they never change; everything else is asked for again each time.
_FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
_WORTH_COMPRESSING_BYTES = 1024
_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PLACEHOLDER = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Spanwise</title>
<h1>Spanwise is running</h1>
<p>This installation has no browser application. The API works.</p>
<p>In a source checkout, <code>make web</code> builds it; then load this page again.</p>
</html>
"""


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    compressed: bytes | None
    etag: str
    media_type: str
    cache_control: str


class WebApplication:
    """The files of one build. A new build in the same folder is picked up by the next request for a page.

    Args:
        folder: Where ``make web`` put the build; it may be missing.
        base_path: Path under which a proxy publishes the server, ending in a slash.
    """

    def __init__(self, folder: Path, *, base_path: str = "/") -> None:
        self._folder = folder
        self._base_path = base_path
        self._files: Mapping[str, _File] = {}
        self._loaded_at: int | None = None
        self._placeholder = _make_file("placeholder.html", _PLACEHOLDER.encode(), cache_control="no-store")

    async def page(self, request: Request) -> Response:
        """Answer with the application's one page, whatever address below it was asked for."""
        self._reload_if_new()
        return _answer(request, self._files.get(_INDEX, self._placeholder))

    async def file(self, request: Request) -> Response:
        """Answer with a file of the build, or 404."""
        if self._loaded_at is None:
            self._reload_if_new()
        name = request.url.path.removeprefix("/")
        found = self._files.get(name)
        if found is None or name == _INDEX:
            raise HTTPException(404)
        return _answer(request, found)

    def _reload_if_new(self) -> None:
        try:
            built_at = (self._folder / _INDEX).stat().st_mtime_ns
        except OSError:
            self._files, self._loaded_at = {}, None
            return
        if built_at != self._loaded_at:
            self._files, self._loaded_at = dict(self._load()), built_at

    def _load(self) -> list[tuple[str, _File]]:
        files = []
        for path in sorted(self._folder.rglob("*")):
            name = path.relative_to(self._folder).as_posix()
            is_hidden = any(part.startswith(".") for part in name.split("/"))
            if is_hidden or path.is_symlink() or not path.is_file() or path.suffix not in _TYPES:
                continue
            body = path.read_bytes()
            if name == _INDEX:
                body = body.replace(_BASE.encode(), f'<base href="{html.escape(self._base_path)}" />'.encode())
            files.append((name, _make_file(name, body, cache_control=_FOREVER if name.startswith("assets/") else _REVALIDATE)))
        return files


def _make_file(name: str, body: bytes, *, cache_control: str) -> _File:
    media_type = _TYPES[Path(name).suffix]
    is_text = media_type.startswith("text/") or media_type in ("application/json", "image/svg+xml")
    compressed = gzip.compress(body, 9, mtime=0) if is_text and len(body) > _WORTH_COMPRESSING_BYTES else None
    return _File(body, compressed, f'"{hashlib.sha256(body).hexdigest()[:32]}"', media_type, cache_control)


def _answer(request: Request, file: _File) -> Response:
    headers = {"ETag": file.etag, "Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if file.etag in known:
        return Response(status_code=304, headers=headers)
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(file.compressed, headers=headers, media_type=file.media_type)
    return Response(file.body, headers=headers, media_type=file.media_type)
