"""Serialised messages of LangChain."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanwise_server.ingest.conventions.dialects.langchain import plain_messages


def _serialised(name: str, **arguments: Any) -> dict[str, Any]:
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", name], "kwargs": arguments}


def test_a_batch_of_one_is_its_messages() -> None:
    prompt = [_serialised("SystemMessage", content="s", type="system"), _serialised("HumanMessage", content="h")]
    assert plain_messages(json.dumps({"messages": [prompt]})) == [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "h"},
    ]


def test_an_answer_is_its_message() -> None:
    call = {"name": "search", "args": {}, "id": "c", "type": "tool_call"}
    message = _serialised("AIMessageChunk", content="", tool_calls=[call], response_metadata={"a": 1})
    answer = json.dumps({"generations": [[{"text": "", "message": message}]], "llm_output": None})
    assert plain_messages(answer) == {"role": "assistant", "content": "", "tool_calls": [call]}


def test_other_constructors_are_their_arguments() -> None:
    document = _serialised("Document", page_content="p")
    assert plain_messages(json.dumps({"documents": [document]})) == {"documents": [{"page_content": "p"}]}


@pytest.mark.parametrize("value", ["text", 7, None, '{"messages": [[]]}', '{"type": "constructor"', "[" * 200])
def test_all_else_stays_as_it_is(value: Any) -> None:
    assert plain_messages(value) is value


def test_depth_is_bounded() -> None:
    value = '{"type": "constructor", "a": ' * 90 + "1" + "}" * 90
    assert json.dumps(plain_messages(value)) == value
