"""The endpoint as an agent uses it: the official client in every version of the protocol, over the real application."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from spanwise_server.api.mcp.own_tools import OWN_TOOLS
from spanwise_server.api.mcp.tools import TOOLS
from tests.accounts import ProjectWithKeys
from tests.api.mcp.agents import Mode, call, connected, refused, write_trace


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_lists_and_calls_tools_in_old_and_new_versions(app: FastAPI, project: ProjectWithKeys, mode: Mode) -> None:
    async with connected(app, project, mode) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        health = await call(client, "getHealth")

    assert listed.keys() == {tool.name for tool in TOOLS} | {tool.name for tool in OWN_TOOLS}
    assert health["status"] == "OK"
    for tool in listed.values():
        Draft202012Validator.check_schema(tool.input_schema)
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is (tool.name.startswith(("get", "list", "query")))


async def test_reads_a_trace_as_its_observations(
    app: FastAPI, project: ProjectWithKeys, project_client: httpx.AsyncClient
) -> None:
    trace_id = await write_trace(project_client)

    async with connected(app, project) as client:
        found = await call(client, "listObservations", traceId=trace_id, fields="core,basic,io")
        one = await call(client, "getObservation", observationId=found["data"][0]["id"])

    assert [row["traceId"] for row in found["data"]] == [trace_id]
    assert found["data"][0]["input"] == "ping"
    assert one["output"] == "pong"


async def test_another_project_sees_nothing(
    app: FastAPI, other_project: ProjectWithKeys, project_client: httpx.AsyncClient
) -> None:
    trace_id = await write_trace(project_client)

    async with connected(app, other_project) as client:
        found = await call(client, "listObservations", traceId=trace_id)

    assert found["data"] == []


async def test_writes_a_score_and_reads_it(app: FastAPI, project: ProjectWithKeys) -> None:
    async with connected(app, project) as client:
        made = await call(client, "createScore", traceId="t1", name="quality", value=0.5, comment="half")
        read = await call(client, "getScore", scoreId=made["id"])
        listed = await call(client, "listScores", traceId="t1")

    assert (read["name"], read["value"], read["comment"]) == ("quality", 0.5, "half")
    assert [score["id"] for score in listed["data"]] == [made["id"]]


async def test_prompts_come_and_go_by_tools(app: FastAPI, project: ProjectWithKeys) -> None:
    name = f"folder/{uuid.uuid4().hex}"
    async with connected(app, project) as client:
        await call(client, "createTextPrompt", name=name, prompt="Hello {{who}}", labels=["production"])
        chat = [{"role": "user", "content": "hi"}]
        await call(client, "createChatPrompt", name=f"{name}-chat", prompt=chat)
        await call(client, "createTextPrompt", name=name, prompt="Good day {{who}}")
        before = await call(client, "getPrompt", name=name)
        await call(client, "updatePromptLabels", name=name, version=2, newLabels=["production"])
        after = await call(client, "getPrompt", name=name)
        latest = await call(client, "getPromptUnresolved", name=name, label="latest")
        listed = await call(client, "listPrompts")

    assert (before["version"], after["version"], latest["version"]) == (1, 2, 2)
    assert {prompt["name"] for prompt in listed["data"]} == {name, f"{name}-chat"}


async def test_a_filter_may_be_json_or_json_text(
    app: FastAPI, project: ProjectWithKeys, project_client: httpx.AsyncClient
) -> None:
    await write_trace(project_client)
    condition: dict[str, Any] = {"type": "stringOptions", "column": "name", "operator": "any of", "value": ["nothing"]}

    async with connected(app, project) as client:
        as_json = await call(client, "listObservations", filter=[condition])
        as_text = await call(client, "listObservations", filter="[]")

    assert as_json["data"] == []
    assert len(as_text["data"]) == 1


async def test_errors_say_what_to_do(app: FastAPI, project: ProjectWithKeys) -> None:
    async with connected(app, project) as client:
        unknown = await refused(client, "getObservation", observationId="nowhere")
        misspelt = await refused(client, "listObservations", trace="t1")
        missing = await refused(client, "getObservation")
        invalid = await refused(client, "listObservations", limit=0)
        no_tool = await refused(client, "dropEverything")

    assert unknown["code"] == "LangfuseNotFoundError"
    assert "traceId" in misspelt["hint"]
    assert missing["code"] == "invalid_request"
    assert invalid["code"] == "InvalidRequestError"
    assert invalid["issues"][0]["path"] == ["limit"]
    assert no_tool["code"] == "unknown_tool"
