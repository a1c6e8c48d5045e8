"""Names of called and offered tools in the shapes of the model APIs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanwise_server.ingest.conventions.tools import called_tools, names_of, offered_tools

_OPENAI_CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("output", "names"),
    [
        ({"role": "assistant", "tool_calls": [_OPENAI_CALL, _OPENAI_CALL]}, ["f", "f"]),
        ([{"message": {"tool_calls": [_OPENAI_CALL]}}], ["f"]),
        ({"choices": [{"message": {"tool_calls": [_OPENAI_CALL]}}]}, ["f"]),
        ({"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}, ["f"]),
        ([{"type": "reasoning"}, {"type": "function_call", "name": "f", "call_id": "1"}], ["f"]),
        ({"content": [{"type": "text", "text": "x"}, {"type": "tool_use", "name": "f", "input": {}}]}, ["f"]),
        (
            [{"role": "assistant", "parts": [{"type": "tool_call", "name": "f"}, {"type": "tool_call", "name": "g"}]}],
            ["f", "g"],
        ),
        ({"candidates": [{"content": {"parts": [{"functionCall": {"name": "f", "args": {}}}]}}]}, ["f"]),
        ({"tool_calls": [{"name": "f", "args": {}}], "additional_kwargs": {"tool_calls": [_OPENAI_CALL]}}, ["f"]),
        ({"tool_calls": [], "content": [{"type": "tool_use", "name": "f"}]}, ["f"]),
        ({"toolCalls": [{"toolName": "f"}]}, ["f"]),
        ({"tool_calls": json.dumps([_OPENAI_CALL])}, ["f"]),
        ({"tool_calls": [{"tool_call": {"function": {"name": "f"}}}]}, ["f"]),
        ({"tool_calls": [{"function": {"name": ""}}, {}, 5, None]}, []),
        ({"text": "about a tool_call"}, []),
        ({"tool_calls": None}, []),
    ],
)
def test_called_tools(output: Any, names: list[str]) -> None:
    assert called_tools(json.dumps(output)) == names


@pytest.mark.parametrize("output", ["", "tool_calls", "{tool_calls", '"tool_calls"', "[" * 5000 + '"tool_call"' + "]" * 5000])
def test_what_is_no_json_calls_nothing(output: str) -> None:
    assert called_tools(output) == []


def test_names_and_their_number_are_bounded() -> None:
    calls = {"tool_calls": [{"name": "n" * 10_000}] * 5000}
    names = called_tools(json.dumps(calls))
    assert len(names) == 1000
    assert len(names[0]) == 500


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ({"model": "m", "messages": [], "tools": [{"type": "function", "function": {"name": "f"}}]}, ["f"]),
        ({"tools": [{"name": "f", "input_schema": {}}]}, ["f"]),
        ({"tools": [{"function_declarations": [{"name": "f"}, {"name": "g"}]}]}, ["f", "g"]),
        ([{"role": "user", "tools": [{"name": "f"}]}], ["f"]),
        ({"messages": [{"tools": [{"name": "f"}]}]}, ["f"]),
        ({"tools": {"f": {"description": ""}, "g": {}}}, ["f", "g"]),
        ({"tools": ['{"name": "f"}']}, ["f"]),
        ({"tools": "all"}, []),
        ({"tools": [1, None, []]}, []),
    ],
)
def test_offered_tools(source: Any, names: list[str]) -> None:
    assert offered_tools(json.dumps(source)) == names


@pytest.mark.parametrize(("definitions", "names"), [('[{"name": "f"}]', ["f"]), ({"name": "f"}, ["f"]), ("x", []), (None, [])])
def test_names_of(definitions: Any, names: list[str]) -> None:
    assert names_of(definitions) == names
