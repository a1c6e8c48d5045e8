"""An agent's side of the protocol: the official client, connected to the app in-process."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx
import httpx2
from fastapi import FastAPI
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from tests.accounts import ProjectWithKeys

URL = "http://127.0.0.1:3000/api/public/mcp"
Mode = Literal["auto", "legacy", "2026-07-28"]


@asynccontextmanager
async def connected(app: FastAPI, project: ProjectWithKeys, mode: Mode = "auto") -> AsyncIterator[Client]:
    """Yield a client that calls the tools of ``app`` with the keys of ``project``."""
    async with (
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), auth=(project.keys.public_key, project.keys.secret_key)
        ) as http,
        Client(streamable_http_client(URL, http_client=http), mode=mode) as client,
    ):
        yield client


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    """Return what ``tool`` answers, which must not be an error."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, said(result)
    return said(result)


async def refused(client: Client, tool: str, **arguments: Any) -> Mapping[str, Any]:
    """Return the error that ``tool`` answers."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, said(result)
    answer: Mapping[str, Any] = said(result)
    return answer


def said(result: CallToolResult) -> Any:
    """Return the JSON of the one text that a result is."""
    [content] = result.content
    assert isinstance(content, TextContent)
    return json.loads(content.text)


async def write_trace(client: httpx.AsyncClient) -> str:
    """Write a trace of one span, as a program would; return its id."""
    trace_id, time = uuid.uuid4().hex, "2026-11-20T10:00:00.000Z"
    body = {"id": uuid.uuid4().hex, "traceId": trace_id, "name": "step", "input": "ping", "output": "pong", "startTime": time}
    event = {"id": uuid.uuid4().hex, "timestamp": time, "type": "span-create", "body": body}
    answer = await client.post("/api/public/ingestion", json={"batch": [event]})
    assert answer.json()["errors"] == []
    return trace_id
