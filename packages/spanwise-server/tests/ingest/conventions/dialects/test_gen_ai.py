"""What ``gen_ai.*`` says, current and deprecated, one rule a test. Whole requests are golden files."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.otlp_requests import LANGFUSE_5, SpanSent, observe, observe_attributes


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        *(({"gen_ai.operation.name": name}, "GENERATION") for name in ("chat", "completion", "text_completion")),
        *(({"gen_ai.operation.name": name}, "GENERATION") for name in ("generate_content", "generate", "CHAT")),
        ({"gen_ai.operation.name": "embeddings"}, "EMBEDDING"),
        ({"gen_ai.operation.name": "invoke_agent"}, "AGENT"),
        ({"gen_ai.operation.name": "create_agent"}, "AGENT"),
        ({"gen_ai.operation.name": "execute_tool"}, "TOOL"),
        ({"gen_ai.operation.name": "unheard_of"}, "SPAN"),
        ({"gen_ai.operation.name": "unheard_of", "gen_ai.request.model": "m"}, "GENERATION"),
        ({"gen_ai.tool.name": "t"}, "TOOL"),
        ({"gen_ai.tool.call.id": "c"}, "TOOL"),
        ({"gen_ai.tool.call.id": ""}, "SPAN"),
        ({"gen_ai.tool.name": "t", "gen_ai.request.model": "m"}, "TOOL"),
        ({"gen_ai.response.model": "m"}, "GENERATION"),
        ({"llm.model_name": "m"}, "GENERATION"),
        ({"model": "m"}, "GENERATION"),
        ({"langfuse.observation.model.name": "m"}, "GENERATION"),
        ({"langfuse.observation.type": "span", "model": "m"}, "SPAN"),
        ({"langfuse.observation.type": "nonsense", "openinference.span.kind": "CHAIN"}, "CHAIN"),
        ({"openinference.span.kind": "TOOL", "gen_ai.operation.name": "chat"}, "TOOL"),
        ({"openinference.span.kind": "UNKNOWN", "gen_ai.operation.name": "chat"}, "GENERATION"),
        ({}, "SPAN"),
    ],
)
def test_the_first_attribute_that_knows_decides_the_type(attributes: dict[str, Any], kind: str) -> None:
    assert observe_attributes(attributes).type == kind
    assert observe_attributes(dict(reversed(attributes.items()))).type == kind


def test_a_tools_name_beats_the_spans() -> None:
    assert observe(SpanSent(name="execute_tool x", attributes={"gen_ai.tool.name": "x"})).name == "x"
    assert observe(SpanSent(name="execute_tool x", attributes={"gen_ai.tool.name": ""})).name == "execute_tool x"


@pytest.mark.parametrize(
    ("attributes", "model"),
    [
        ({"gen_ai.request.model": "q", "gen_ai.response.model": "r", "llm.model_name": "l", "model": "m"}, "r"),
        ({"gen_ai.request.model": "q", "gen_ai.response.model": "", "llm.model_name": "l"}, "q"),
        ({"llm.response.model": "s", "llm.model_name": "l", "model": "m"}, "s"),
        ({"llm.model_name": "l", "model": "m"}, "l"),
        ({"langfuse.observation.model.name": "f", "gen_ai.response.model": "r"}, "f"),
    ],
)
def test_the_model_by_precedence(attributes: dict[str, str], model: str) -> None:
    assert observe_attributes(attributes).model == model


def test_request_attributes_are_parameters_except_the_model() -> None:
    row = observe_attributes(
        {
            "gen_ai.request.model": "m",
            "gen_ai.request.temperature": 0.5,
            "gen_ai.request.stop_sequences": ["a"],
            "gen_ai.request.x.y": 1,
        }
    )
    assert json.loads(row.model_parameters) == {"temperature": 0.5, "stop_sequences": '["a"]', "x.y": 1}


@pytest.mark.parametrize(
    ("suffixes", "usage"),
    [
        ({"input_tokens": 10, "output_tokens": 5}, {"input": 10, "output": 5, "total": 15}),
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 99}, {"input": 10, "output": 5, "total": 99}),
        ({"prompt_tokens": 7, "input_tokens": 10}, {"input": 7, "total": 7}),
        ({"input_tokens": "10"}, {"input": 10, "total": 10}),
        ({"input_tokens": 10.0}, {"input": 10, "total": 10}),
        (
            {"input_tokens": 10, "cache_read.input_tokens": 4, "cache_creation.input_tokens": 1},
            {"input": 5, "input_cached_tokens": 4, "input_cache_creation": 1, "total": 10},
        ),
        # More than the whole input: this producer counts cached tokens beside it.
        ({"input_tokens": 3, "cache_read_tokens": 4}, {"input": 3, "input_cached_tokens": 4, "total": 7}),
        (
            {"output_tokens": 9, "details.reasoning_tokens": 2, "completion_details.audio": 1},
            {"output": 6, "output_reasoning_tokens": 2, "output_audio_tokens": 1, "total": 9},
        ),
        (
            {"input_tokens": 10, "text.input_tokens": 5, "image.input_tokens": 3, "audio.input_tokens": 2},
            {"input": 5, "input_image_tokens": 3, "input_audio_tokens": 2, "total": 10},
        ),
        ({"input_tokens": 10, "details.search_units": 2}, {"input": 10, "search_units": 2, "total": 10}),
        ({"input_tokens": 10, "unheard_of": 2}, {"input": 10, "unheard_of": 2, "total": 10}),
        ({"total_tokens": 5}, {"total": 5}),
        (
            {"input_tokens": 2**63 - 1, "output_tokens": 2**63 - 1},
            {"input": 2**63 - 1, "output": 2**63 - 1, "total": 2**64 - 2},
        ),
    ],
)
def test_usage_counts(suffixes: dict[str, Any], usage: dict[str, int]) -> None:
    assert observe_attributes({f"gen_ai.usage.{suffix}": count for suffix, count in suffixes.items()}).usage == usage


def test_usage_that_is_no_count_stays_visible() -> None:
    row = observe_attributes({"gen_ai.usage.input_tokens": -5, "gen_ai.usage.speed": "fast", "gen_ai.usage.output_tokens": 3})
    assert row.usage == {"output": 3, "total": 3}
    assert json.loads(row.metadata["usage_unrecognised"]) == {"gen_ai.usage.input_tokens": -5, "gen_ai.usage.speed": "fast"}


def test_a_usage_report_beats_single_counts() -> None:
    report = '{"prompt_tokens": 7, "completion_tokens": 1}'
    counts = {"gen_ai.usage.input_tokens": 10}
    row = observe_attributes({"langfuse.observation.usage_details": report} | counts)
    assert row.usage == {"input": 7, "output": 1, "total": 8}
    row = observe_attributes({"langfuse.observation.usage_details": "{}"} | counts)
    assert row.usage == {"input": 10, "total": 10}


@pytest.mark.parametrize("operation", ["invoke_agent", "agent_step"])
def test_operations_that_sum_up_their_children_count_nothing(operation: str) -> None:
    row = observe_attributes(
        {
            "gen_ai.operation.name": operation,
            "gen_ai.request.model": "m",
            "gen_ai.usage.input_tokens": 10,
            "gen_ai.usage.cost": 1.5,
            "gen_ai.request.temperature": 0.5,
        }
    )
    assert (row.model, row.usage, row.cost, row.total_cost) == ("", {}, {}, None)
    assert json.loads(row.metadata["attributes"])["gen_ai.usage.input_tokens"] == "10"


def test_messages_with_system_instructions_and_tools() -> None:
    row = observe_attributes(
        {
            "gen_ai.input.messages": '[{"role": "user", "parts": []}]',
            "gen_ai.system_instructions": "Be brief.",
            "gen_ai.tool.definitions": '[{"name": "a"}, {"function": {"name": "b"}}]',
            "gen_ai.output.messages": "not json",
        }
    )
    assert json.loads(row.input) == {
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "parts": []}],
        "tools": [{"name": "a"}, {"function": {"name": "b"}}],
    }
    assert row.output == "not json"
    assert row.tool_names == ["a", "b"]
    assert "attributes" not in row.metadata


def test_system_instructions_belong_to_their_own_messages_only() -> None:
    row = observe_attributes({"input.value": "asked", "gen_ai.system_instructions": "Be brief."})
    assert row.input == "asked"
    assert json.loads(row.metadata["attributes"]) == {"gen_ai.system_instructions": "Be brief."}
    assert json.loads(observe_attributes({"gen_ai.system_instructions": "Be brief."}).input) == [
        {"role": "system", "content": "Be brief."}
    ]


def test_events_beat_attributes_of_other_conventions_and_are_kept_when_they_lose() -> None:
    events = [("gen_ai.user.message", {"content": "from the event"})]
    row = observe(SpanSent(attributes={"input.value": "from the attribute"}, events=events))
    assert json.loads(row.input) == [{"role": "user", "content": "from the event"}]
    assert row.span_events == ""
    assert json.loads(row.metadata["attributes"]) == {"input.value": "from the attribute"}
    row = observe(SpanSent(attributes={"langfuse.observation.input": "explicit"}, events=events), LANGFUSE_5)
    assert row.input == "explicit"
    assert json.loads(row.span_events)[0]["attributes"] == {"content": "from the event"}


def test_one_choice_is_an_object_and_more_are_a_list() -> None:
    choice = ("gen_ai.choice", {"index": 0, "message": '{"content": "a"}'})
    assert json.loads(observe(SpanSent(events=[choice])).output) == {"index": 0, "message": {"content": "a"}}
    assert len(json.loads(observe(SpanSent(events=[choice, choice])).output)) == 2


def test_indexed_attributes_become_messages_in_order() -> None:
    row = observe_attributes(
        {
            "gen_ai.prompt.1.content": "second",
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "first",
            "gen_ai.completion.0.tool_calls.0.name": "find",
            "gen_ai.completion.99999999999999999999.content": "huge index",
        }
    )
    assert json.loads(row.input) == [{"role": "user", "content": "first"}, {"content": "second"}]
    assert row.called_tool_names == ["find"]
    assert "huge index" in row.output


def test_tool_arguments_and_result() -> None:
    row = observe_attributes({"gen_ai.tool.call.arguments": {"a": 1}, "gen_ai.tool.call.result": "r", "gen_ai.tool.name": "t"})
    assert (row.input, row.output) == ('{"a":1}', "r")
