"""The AI SDK: captured runs of 4 to 7, and what one attribute of it says."""

from __future__ import annotations

import json

import pytest

from tests.golden_requests import content, named, observations_of, parent_of
from tests.otlp_requests import observe_attributes

_STEP = "weather-report:ai.generateText.doGenerate"
_ATTRIBUTE_FORMS = ("vercel-ai-5.0.277", "vercel-ai-6.0.326", "vercel-ai-anthropic-5.0.277", "vercel-ai-anthropic-6.0.326")


@pytest.mark.parametrize("folder", ["vercel-ai-4.3.19", *_ATTRIBUTE_FORMS, "vercel-ai-legacy-7.0.173"])
def test_a_run_with_a_tool(folder: str) -> None:
    first, second, failed = named(folder, _STEP)
    (tool,) = named(folder, "get_weather")
    assert [parent_of(folder, row) for row in (first, second, failed)] == ["weather-report:ai.generateText"] * 3
    assert parent_of(folder, tool) == (_STEP if "legacy" in folder else "weather-report:ai.generateText")
    assert content(first, "input")["messages"][0] == {"role": "system", "content": "Be brief."}
    call = content(first, "output")
    assert (call["role"], call["content"]) == ("assistant", None)
    assert json.loads(call["tool_calls"][0]["function"]["arguments"]) == {"city": "Zürich"}
    assert (first["tool_names"], first["called_tool_names"]) == (["get_weather"], ["get_weather"])
    assert (tool["type"], content(tool, "input"), content(tool, "output")) == ("TOOL", {"city": "Zürich"}, "Zürich: 7 °C")
    assert second["output"] == "Seven degrees."
    parameters = json.loads(first["model_parameters"])
    assert (parameters["maxTokens"], parameters["temperature"], parameters["maxRetries"]) == (64, 0.2, 0)
    (outer,) = named(folder, "weather-report:ai.generateText")[:1]
    assert (outer["type"], "model" in outer, "usage" in outer) == ("SPAN", False, False)
    assert "Seven degrees." in outer["output"]
    assert failed["level"] == "ERROR"


@pytest.mark.parametrize("folder", _ATTRIBUTE_FORMS)
def test_who_asked(folder: str) -> None:
    for row in observations_of(folder):
        if row["sdk_name"] == "ai":
            assert (row["user_id"], row["session_id"], row["tags"]) == ("user-ü", "session-1", ["weather", "beta"])
            assert row["metadata"]["tenant"] == "a"
            assert "userId" not in row["metadata"]


def test_the_first_token_of_a_stream() -> None:
    (stream,) = named("vercel-ai-6.0.326", "weather-report:ai.streamText.doStream")
    assert 0 < stream["completion_start_time"] - stream["start_time"] < 10_000_000
    (stream,) = named("vercel-ai-7.0.173", "chat gpt-5.2")[2:]
    assert stream["completion_start_time"] > stream["start_time"]


def test_cache_tiers_of_anthropic() -> None:
    usage = named("vercel-ai-anthropic-5.0.277", _STEP)[0]["usage"]
    assert usage == {
        "input": 36,
        "input_cached_tokens": 64,
        "input_cache_creation_5m": 12,
        "input_cache_creation_1h": 8,
        "output": 40,
        "total": 160,
    }


def test_version_7_follows_the_conventions() -> None:
    folder = "vercel-ai-7.0.173"
    agent = named(folder, "invoke_agent gpt-5.2")[0]
    assert (agent["type"], "usage" in agent, parent_of(folder, agent)) == ("AGENT", False, "run")
    chat = named(folder, "chat gpt-5.2")[0]
    assert [message["role"] for message in content(chat, "input")["messages"]] == ["system", "user"]
    assert content(chat, "output")[0]["parts"][0]["name"] == "get_weather"
    assert parent_of(folder, chat) == "step 1"


def test_embeddings() -> None:
    (inner,) = named("vercel-ai-6.0.326", "weather-report:ai.embed.doEmbed")
    assert (inner["type"], inner["usage"]) == ("EMBEDDING", {"input": 7, "total": 7})
    assert (content(inner, "input"), content(inner, "output")) == (["Zürich"], [[0.25, 0.5, -0.125]])


@pytest.mark.parametrize(
    ("provider_metadata", "counts", "expected"),
    [
        ({"openai": {"cachedPromptTokens": 4, "reasoningTokens": 2}}, (10, 5), {"input": 6, "output": 3, "total": 15}),
        (
            {"openai": {"acceptedPredictionTokens": 3, "rejectedPredictionTokens": 1}},
            (10, 5),
            {"accepted_prediction_tokens": 3, "rejected_prediction_tokens": 1, "total": 15},
        ),
        ({"bedrock": {"usage": {"cacheReadInputTokens": 4, "cacheWriteInputTokens": 2}}}, (10, 5), {"input": 4, "total": 15}),
        ({"anthropic": {"usage": "none"}}, (10, 5), {"input": 10, "output": 5, "total": 15}),
    ],
)
def test_usage_out_of_provider_metadata(
    provider_metadata: dict[str, object], counts: tuple[int, int], expected: dict[str, int]
) -> None:
    attributes = {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.id": "m",
        "ai.response.providerMetadata": json.dumps(provider_metadata),
        "ai.usage.promptTokens": counts[0],
        "ai.usage.completionTokens": counts[1],
    }
    usage = observe_attributes(attributes).usage
    assert {key: usage[key] for key in expected} == expected


def test_bedrock_counts_cached_tokens_beside_its_input_up_to_5() -> None:
    attributes = {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.provider": "amazon-bedrock",
        "ai.usage.promptTokens": 10,
        "ai.usage.completionTokens": 5,
        "ai.usage.cachedInputTokens": 64,
    }
    assert observe_attributes(attributes).usage == {"input": 10, "output": 5, "input_cached_tokens": 64, "total": 79}


def test_text_beside_calls_and_thoughts() -> None:
    attributes = {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.response.text": "One moment.",
        "ai.response.reasoning": "Look it up.",
        "ai.response.toolCalls": '[{"toolCallId": "c", "toolName": "search", "args": "{}"}]',
    }
    row = observe_attributes(attributes)
    message = json.loads(row.output)
    assert (message["content"], message["reasoning"], row.called_tool_names) == ("One moment.", "Look it up.", ["search"])
    row = observe_attributes({"ai.operationId": "ai.generateObject.doGenerate", "ai.response.object": '{"a": 1}'})
    assert json.loads(row.output) == {"a": 1}


@pytest.mark.parametrize("key", ["ai.response.text", "ai.result.text", "ai.response.object", "ai.result.toolCalls"])
def test_older_versions_name_the_operation_alone(key: str) -> None:
    row = observe_attributes({"operation.name": "ai.streamText.doStream my-function", "ai.model.id": "m", key: "[1]"})
    assert (row.type, row.model, row.output) == ("GENERATION", "m", "[1]")


def test_a_linked_prompt() -> None:
    prompt = json.dumps({"name": "weather", "version": 3, "labels": []})
    attributes = {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.id": "gpt-5.2",
        "ai.telemetry.metadata.langfusePrompt": prompt,
    }
    row = observe_attributes(attributes)
    assert (row.type, row.prompt_name, row.prompt_version) == ("GENERATION", "weather", 3)


@pytest.mark.parametrize("value", ["", "soon", -5, 1e300, True, [1]])
def test_an_implausible_first_token_counts_as_unknown(value: object) -> None:
    row = observe_attributes({"ai.operationId": "ai.streamText.doStream", "ai.response.msToFirstChunk": value})
    assert row.completion_start_time is None
