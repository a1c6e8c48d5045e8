"""Which source of input and output is used, in the order of precedence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.otlp_requests import observe_attributes

INPUTS: list[tuple[str, str]] = [
    ("langfuse.observation.input", "1"),
    ("input.value", "2"),
    ("input", "3"),
    ("tool_arguments", "4"),
    ("gen_ai.prompt.0.content", '[{"content":"5"}]'),
    ("llm.input_messages.0.message.content", '[{"content":"6"}]'),
    ("gen_ai.input.messages", "7"),
    ("gen_ai.tool.call.arguments", "8"),
]
OUTPUTS: list[tuple[str, str]] = [
    ("langfuse.observation.output", "1"),
    ("output.value", "2"),
    ("output", "3"),
    ("tool_response", "4"),
    ("gen_ai.completion.0.content", '[{"content":"5"}]'),
    ("llm.output_messages.0.message.content", '[{"content":"6"}]'),
    ("gen_ai.output.messages", "7"),
    ("gen_ai.tool.call.result", "8"),
]


@pytest.mark.parametrize(("sources", "field"), [(INPUTS, "input"), (OUTPUTS, "output")])
def test_the_first_source_with_a_value_wins(sources: list[tuple[str, str]], field: str) -> None:
    attributes = {key: str(number) for number, (key, _) in enumerate(sources, start=1)}
    for key, text in sources:
        row = observe_attributes(dict(reversed(attributes.items())))
        assert getattr(row, field) == text
        assert key not in json.loads(row.metadata.get("attributes", "{}"))
        if ".0." in key:
            del attributes[key]
        else:
            attributes[key] = ""
    assert getattr(observe_attributes(attributes), field) == ""


@pytest.mark.parametrize(
    ("value", "text"), [("", ""), (False, "false"), (0, "0"), ([], "[]"), ({}, "{}"), (0.5, "0.5"), ("0", "0")]
)
def test_a_value_that_is_empty_but_there(value: Any, text: str) -> None:
    assert observe_attributes({"input": value}).input == text


def test_tools_in_an_input_are_named() -> None:
    assert observe_attributes({"input": '{"messages": [], "tools": [{"name": "a"}]}'}).tool_names == ["a"]
