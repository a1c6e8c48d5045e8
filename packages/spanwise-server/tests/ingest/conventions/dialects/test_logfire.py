"""Logfire: spans, logs and its integrations of model APIs."""

from __future__ import annotations

import json

import pytest

from tests.golden_requests import content, named, observations_of
from tests.otlp_requests import observe_attributes

_FOLDER = "logfire-openai-5.2.0"


def test_logs_are_events_with_a_level_and_their_rendered_message() -> None:
    rows = {row["name"]: row for row in observations_of("pydantic-ai-2.68.0")}
    assert (rows["gave up"]["type"], rows["gave up"]["level"]) == ("EVENT", "WARNING")
    assert rows["answered 1 question"]["level"] == "DEFAULT"
    assert rows["weather of Zürich"]["type"] == "SPAN"


def test_usage_is_what_the_model_api_reported() -> None:
    (chat, *_) = named(_FOLDER, "Chat Completion with 'gpt-5.2'")
    assert (chat["usage"]["input"], chat["usage"]["input_cached_tokens"]) == (56, 64)
    (message,) = named(_FOLDER, "Message with 'claude-opus-4-5'")
    assert message["usage"]["total"] == 160
    assert [part["role"] for part in content(message, "input")] == ["system", "user"]
    assert "tags" not in message


def test_a_streamed_answer_counts_in_the_log_that_ends_it() -> None:
    (_, announced) = named(_FOLDER, "Chat Completion with 'gpt-5.2'")
    assert ("model" in announced, "usage" in announced) == (False, False)
    (log,) = [row for row in observations_of(_FOLDER) if row["name"].startswith("streaming response")]
    assert (log["type"], log["usage"]["total"]) == ("GENERATION", 160)


@pytest.mark.parametrize(
    ("number", "level"),
    [(1, "DEBUG"), (5, "DEBUG"), (9, "DEFAULT"), (13, "WARNING"), (17, "ERROR"), (21, "ERROR"), ("x", "DEFAULT")],
)
def test_levels(number: object, level: str) -> None:
    assert observe_attributes({"logfire.level_num": number}).level == level


def test_messages_in_one_attribute() -> None:
    events = [
        {"event.name": "gen_ai.user.message", "gen_ai.message.index": 0, "role": "user", "content": "hi"},
        {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", "content": "ho"}},
    ]
    row = observe_attributes({"events": json.dumps(events), "gen_ai.request.model": "m"})
    assert (json.loads(row.input), json.loads(row.output)) == (
        [{"role": "user", "content": "hi"}],
        {"role": "assistant", "content": "ho"},
    )
    assert "events" not in json.loads(row.metadata["attributes"])
    assert observe_attributes({"prompt": "hi"}).input == "hi"
