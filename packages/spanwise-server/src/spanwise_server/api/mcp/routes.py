"""``/api/public/mcp``: the Model Context Protocol over streamable HTTP, stateless and with JSON answers.

Not in the OpenAPI document: its language is the protocol's own. Access is a project's key pair, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from spanwise_server.api.auth import ServicesDep, services_of
from spanwise_server.api.mcp.bindings import Binding, bind
from spanwise_server.api.mcp.own_tools import OWN_TOOLS
from spanwise_server.api.mcp.server import ToolServer
from spanwise_server.api.mcp.tools import TOOLS
from spanwise_server.api.openapi import openapi_document
from spanwise_server.api.policies import PROJECT_KEY, PUBLIC, PolicyRoute, RouteTable
from spanwise_server.api.responses import json_response
from spanwise_server.domain.errors import ForbiddenError

routes = RouteTable("mcp")

PATH: Final = "/api/public/mcp"
_MIB: Final = 1024 * 1024
_LOOPBACK_NAMES: Final = frozenset({"localhost", "localhost.localdomain"})


class _ProtocolResponse(Response):
    """Hands the connection to the protocol, which answers by itself."""

    def __init__(self, server: ToolServer) -> None:
        super().__init__()
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._server.serve(scope, receive, send)


@routes.post(PATH, PROJECT_KEY, include_in_schema=False, response_model=None)
async def post_message(request: Request) -> Response:
    """Answer one message of the protocol."""
    _require_known_names(request)
    return _ProtocolResponse(_tool_server(request))


@routes.get(PATH, PROJECT_KEY, include_in_schema=False, response_model=None)
@routes.delete(PATH, PROJECT_KEY, include_in_schema=False, response_model=None)
async def refuse_streams() -> Response:
    """Say that there is nothing to listen to and no session to end: the protocol's answer of a stateless server."""
    body = {"message": "This endpoint is stateless: send each message as POST.", "error": "MethodNotAllowedError"}
    response = json_response(body, 405)
    response.headers["Allow"] = "POST"
    return response


@routes.get("/api/well-known/mcp.json", PUBLIC, include_in_schema=False, response_model=None)
async def describe_endpoint(request: Request, services: ServicesDep) -> Response:
    """Say where the endpoint is, for clients that look for it."""
    base = services.settings.public_url or str(request.base_url)
    server = {"name": "spanwise", "version": services.version, "transport": "streamable-http"}
    return json_response({**server, "url": base.rstrip("/") + PATH, "authentication": "basic"})


def _tool_server(request: Request) -> ToolServer:
    state = request.app.state
    found: ToolServer | None = getattr(state, "tool_server", None)
    if found is None:
        services = services_of(request)
        every_route = [route for route in request.app.router.routes if isinstance(route, PolicyRoute)]
        found = state.tool_server = ToolServer(
            lambda: _load_bindings(every_route, services.version),
            OWN_TOOLS,
            version=services.version,
            max_body_bytes=services.settings.max_body_mib * _MIB,
        )
    return found


def _load_bindings(every_route: list[PolicyRoute], version: str) -> Mapping[str, Binding]:
    wanted = {tool.path.split("/")[1] for tool in TOOLS} | {"v2", "v3"}
    public = [route for route in every_route if route.path.startswith("/api/public/") and route.path.split("/")[3] in wanted]
    return bind(TOOLS, openapi_document(public, version=version))


def _require_known_names(request: Request) -> None:
    """Refuse a page that reached this server under a name of its own (DNS rebinding) or that runs elsewhere.

    The server's names are those of its public address and of the loopback interface. When it listens to the network without
    a public address set, any host name may be its own.
    """
    settings = services_of(request).settings
    own = {_host(settings.public_url)} if settings.public_url else set()
    host, origin = _host(f"//{request.headers.get('host', '')}"), request.headers.get("origin")
    is_open = not settings.public_url and not _is_loopback(settings.host)
    if not (is_open or host in own or _is_loopback(host)):
        raise ForbiddenError(
            f"The host name {host!r} is not this server's.",
            hint="Use the address in SPANWISE_PUBLIC_URL, or set it to the address that clients use.",
        )
    if origin is not None and _host(origin) not in {host, *own}:
        raise ForbiddenError(f"Pages of {origin} may not call tools.", hint="Call the endpoint from a program, not a page.")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in _LOOPBACK_NAMES or host.endswith(".localhost")
