"""The address under which a caller reaches this server, for links that must work from where the caller is."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import Request

from spanwise_server.api.auth import services_of
from spanwise_server.domain.errors import InvalidRequestError

_HOST: Final = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_PREFIX: Final = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")


def base_url_of(request: Request) -> str:
    """Return the address without a slash at its end: the setting if there is one, else what the request says.

    A proxy says more with ``X-Forwarded-Host``, ``-Proto`` and ``-Prefix``; of each the first value counts, and one that
    could be anything but a host, a scheme or a path is ignored. A caller can so mislead itself at most: the address goes
    only into the answer to its own request.

    Raises:
        InvalidRequestError: the request names no usable host.
    """
    public_url = services_of(request).settings.public_url
    if public_url:
        return public_url.rstrip("/")
    host = _first(request, "x-forwarded-host")
    if not _HOST.fullmatch(host):
        host = request.headers.get("host", "")
        if not _HOST.fullmatch(host):
            raise InvalidRequestError(
                "The header Host is missing or is not a host name.",
                hint="Send it, or set SPANWISE_PUBLIC_URL on the server.",
            )
    scheme = _first(request, "x-forwarded-proto").lower()
    if scheme not in ("http", "https"):
        scheme = request.url.scheme
    prefix = _first(request, "x-forwarded-prefix").rstrip("/")
    return f"{scheme}://{host}{prefix if _PREFIX.fullmatch(prefix) else ''}"


def _first(request: Request, header: str) -> str:
    return request.headers.get(header, "").partition(",")[0].strip()


async def _base_url(request: Request) -> str:
    return base_url_of(request)


BaseUrlDep = Annotated[str, Depends(_base_url)]
"""What routes write in their signatures to get it."""
