"""Speaks the protocol: lists the tools, calls them, and says what went wrong in a form that a model can act on.

The protocol itself, in all its versions, is the official library's; it is imported with the first request, because most
installations never see one and a start should not pay for it. Stateless: nothing is remembered between requests.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from spanwise_server.api.mcp.bindings import Binding
from spanwise_server.api.mcp.inner_requests import Answer, send_inside
from spanwise_server.domain.errors import SpanwiseError

if TYPE_CHECKING:
    import mcp_types
    from mcp.server.context import ServerRequestContext
    from mcp.server.lowlevel.server import Server

INSTRUCTIONS: Final = (
    "Spanwise keeps the traces, prompts, scores and datasets of LLM applications. A trace is read as its observations: "
    "listObservations with traceId. Times are ISO 8601 in UTC, costs are US dollars. Ask for narrow time ranges and small "
    "limits first."
)


@dataclass(frozen=True, slots=True)
class OwnTool:
    """A tool that answers from what the server knows about itself, or from several operations."""

    name: str
    description: str
    input_schema: Mapping[str, Any]
    answer: Callable[[Request, Mapping[str, Any]], Awaitable[object]]


class ToolServer:
    """The endpoint of one application."""

    def __init__(
        self,
        load_bindings: Callable[[], Mapping[str, Binding]],
        own_tools: tuple[OwnTool, ...],
        *,
        version: str,
        max_body_bytes: int,
    ) -> None:
        self._load_bindings = load_bindings
        self._own_tools = {tool.name: tool for tool in own_tools}
        self._version = version
        self._max_body_bytes = max_body_bytes
        self._bindings: Mapping[str, Binding] = {}
        self._listed: list[mcp_types.Tool] = []
        self._starting = asyncio.Lock()
        self._server: Server[Any] | None = None

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of the protocol."""
        async with self._starting:
            if self._server is None:
                self._server = await asyncio.to_thread(self._build)
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415 - loaded with the server

        # One manager a request: it then has no life of its own that somebody would have to end.
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=self._max_body_bytes
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    def _build(self) -> Server[Any]:
        from mcp.server.lowlevel.server import Server  # noqa: PLC0415 - two seconds that only users of the endpoint wait for

        # It tells of every request twice; our own log has it once.
        logging.getLogger("mcp").setLevel(logging.WARNING)
        self._bindings = self._load_bindings()
        self._listed = [_bound_tool(binding) for binding in self._bindings.values()]
        self._listed += [_own_tool(tool) for tool in self._own_tools.values()]
        server: Server[Any] = Server(
            "spanwise",
            version=self._version,
            title="Spanwise",
            instructions=INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
        )
        # A span of each message would be reported to whatever tracer the process has; ours is not to trace itself.
        server.middleware.clear()
        return server

    async def _list_tools(
        self, context: ServerRequestContext[Any, Any], params: mcp_types.PaginatedRequestParams | None
    ) -> mcp_types.ListToolsResult:
        from mcp_types import ListToolsResult  # noqa: PLC0415 - loaded with the server

        return ListToolsResult(tools=self._listed)

    async def _call_tool(
        self, context: ServerRequestContext[Any, Any], params: mcp_types.CallToolRequestParams
    ) -> mcp_types.CallToolResult:
        request: Request | None = context.request
        if request is None:
            raise RuntimeError("a tool was called outside an HTTP request")
        arguments = params.arguments or {}
        binding, own_tool = self._bindings.get(params.name), self._own_tools.get(params.name)
        try:
            if binding is not None:
                return _result_of(await send_inside(request, binding.call(arguments)))
            if own_tool is not None:
                return _result(msgspec.json.encode(await own_tool.answer(request, arguments)))
        except SpanwiseError as error:
            return _failure(error.message, error.code, error.hint)
        return _failure(f"There is no tool {params.name}.", "unknown_tool", "tools/list names those that there are.")


def _bound_tool(binding: Binding) -> mcp_types.Tool:
    from mcp_types import Tool, ToolAnnotations  # noqa: PLC0415 - loaded with the server

    tool = binding.tool
    return Tool(
        name=tool.name,
        description=tool.description,
        input_schema=binding.input_schema,
        annotations=ToolAnnotations(
            read_only_hint=tool.is_read_only,
            destructive_hint=tool.is_destructive,
            idempotent_hint=tool.is_idempotent,
            open_world_hint=False,
        ),
    )


def _own_tool(tool: OwnTool) -> mcp_types.Tool:
    from mcp_types import Tool, ToolAnnotations  # noqa: PLC0415 - loaded with the server

    return Tool(
        name=tool.name,
        description=tool.description,
        input_schema=dict(tool.input_schema),
        annotations=ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False),
    )


def _result(text: bytes, *, is_error: bool = False) -> mcp_types.CallToolResult:
    from mcp_types import CallToolResult, TextContent  # noqa: PLC0415 - loaded with the server

    return CallToolResult(content=[TextContent(type="text", text=text.decode("utf-8", "replace"))], is_error=is_error)


_failed = partial(_result, is_error=True)


def _failure(message: str, code: str, hint: str | None) -> mcp_types.CallToolResult:
    said = {"error": message, "code": code} | ({"hint": hint} if hint else {})
    return _failed(msgspec.json.encode(said))


def _result_of(answer: Answer) -> mcp_types.CallToolResult:
    if answer.status < 400:
        return _result(answer.body or b"{}")
    try:
        said = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        said = None
    body: dict[str, Any] = said if isinstance(said, dict) else {"message": f"HTTP {answer.status}"}
    error = body.get("error")
    issues = {"issues": error} if isinstance(error, list) else {}
    code = "InvalidRequestError" if issues or error is None else str(error)
    hint = {"hint": body["hint"]} if "hint" in body else {}
    return _failed(msgspec.json.encode({"error": str(body.get("message")), "code": code, **hint, **issues}))
