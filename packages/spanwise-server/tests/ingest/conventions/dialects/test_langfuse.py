"""What ``langfuse.*`` attributes say, row by row, for the SDKs of every generation and for other clients."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from spanwise_server.domain.payloads import decode_value
from spanwise_server.ingest.conventions.dialects.langfuse import major_version
from tests.otlp_requests import LANGFUSE_4, LANGFUSE_5, LANGFUSE_JS, PLAIN, Sender, SpanSent, observe, observe_attributes

OBSERVATION = "langfuse.observation."
TRACE = "langfuse.trace."


@pytest.mark.parametrize(
    "name",
    ["span", "generation", "event", "embedding", "agent", "tool", "chain", "retriever", "guardrail", "evaluator"],
)
def test_types(name: str) -> None:
    assert observe_attributes({OBSERVATION + "type": name}, LANGFUSE_5).type == name.upper()


@pytest.mark.parametrize(
    ("given", "level"),
    [
        *((name, "DEBUG") for name in ("DEBUG", "trace", "Verbose")),
        *((name, "DEFAULT") for name in ("DEFAULT", "info", "LOG", "notice", "ok", "success", "nonsense", "")),
        *((name, "WARNING") for name in ("WARNING", "warn")),
        *((name, "ERROR") for name in ("ERROR", "fatal", "Critical")),
    ],
)
def test_levels_and_their_aliases(given: str, level: str) -> None:
    assert observe_attributes({OBSERVATION + "level": given}, LANGFUSE_5).level == level


def test_level_and_message_beat_the_status_of_the_span() -> None:
    attributes = {OBSERVATION + "level": "WARNING", OBSERVATION + "status_message": "mine"}
    row = observe(SpanSent(attributes=attributes, status=2, message="theirs"), LANGFUSE_5)
    assert (row.level, row.status_message) == ("WARNING", "mine")
    row = observe(SpanSent(attributes={OBSERVATION + "level": "nonsense"}, status=2, message="theirs"), LANGFUSE_5)
    assert (row.level, row.status_message) == ("ERROR", "theirs")


def test_a_generation_whole() -> None:
    row = observe_attributes(
        {
            OBSERVATION + "type": "generation",
            OBSERVATION + "input": '[{"role":"user","content":"hi"}]',
            OBSERVATION + "output": "plain text",
            OBSERVATION + "model.name": "gpt-5.2",
            OBSERVATION + "model.parameters": '{"temperature":0.1,"stop":["a"],"stream":true,"n":null,"note":"x"}',
            OBSERVATION + "usage_details": '{"input":1,"output":2}',
            OBSERVATION + "cost_details": '{"input":0.1,"cache":0.02}',
            OBSERVATION + "completion_start_time": '"2026-11-20T07:46:23.535327Z"',
            OBSERVATION + "prompt.name": "folder/greeting",
            OBSERVATION + "prompt.version": 3,
        },
        LANGFUSE_5,
    )
    assert (row.type, row.model) == ("GENERATION", "gpt-5.2")
    assert (row.input, row.output) == ('[{"role":"user","content":"hi"}]', "plain text")
    assert json.loads(row.model_parameters) == {"temperature": 0.1, "stop": '["a"]', "stream": "true", "n": None, "note": "x"}
    assert row.usage == {"input": 1, "output": 2, "total": 3}
    assert row.cost == {"input": Decimal("0.1"), "cache": Decimal("0.02"), "total": Decimal("0.12")}
    assert row.total_cost == Decimal("0.12")
    assert row.completion_start_time == 1_795_160_783_535_327
    assert (row.prompt_name, row.prompt_version) == ("folder/greeting", 3)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2026-11-20T07:46:23.535327Z", 1_795_160_783_535_327),
        ('"2026-11-20T07:46:23.535Z"', 1_795_160_783_535_000),
        ("2026-11-20T08:46:23.5+01:00", 1_795_160_783_500_000),
        ("2026-11-20T07:46:23", 1_795_160_783_000_000),
        ("soon", None),
        ("", None),
        ('"', None),
    ],
)
def test_completion_start_plain_and_quoted(text: str, micros: int | None) -> None:
    assert observe_attributes({OBSERVATION + "completion_start_time": text}, LANGFUSE_5).completion_start_time == micros


def test_a_prompt_is_linked_to_generations_only() -> None:
    link = {"langfuse.prompt.name": "p", "langfuse.prompt.version": "7"}
    row = observe_attributes(link | {OBSERVATION + "type": "generation"}, LANGFUSE_5)
    assert (row.prompt_name, row.prompt_version) == ("p", 7)
    row = observe_attributes(link | {OBSERVATION + "type": "agent"}, LANGFUSE_5)
    assert (row.prompt_name, row.prompt_version) == ("", 0)


@pytest.mark.parametrize("version", ["latest", -1, 2.5, True, "", "9" * 30])
def test_a_prompt_version_that_is_none(version: Any) -> None:
    attributes = {OBSERVATION + "type": "generation", OBSERVATION + "prompt.name": "p", OBSERVATION + "prompt.version": version}
    row = observe_attributes(attributes, LANGFUSE_5)
    assert (row.prompt_name, row.prompt_version) == ("p", 0)


@pytest.mark.parametrize(
    ("version", "language", "kind", "attribute", "expected"),
    [
        ("3.3.5", "python", "span", "model.name", "GENERATION"),
        ("3.0.0", "python", "span", "usage_details", "GENERATION"),
        ("3.2.1", "python", "span", "prompt.name", "GENERATION"),
        ("3.3.5", "python", "span", "input", "SPAN"),
        ("3.3.5", "python", "tool", "model.name", "TOOL"),
        ("3.4.0", "python", "span", "model.name", "SPAN"),
        ("4.1.0", "python", "span", "model.name", "SPAN"),
        ("5.0.4", "python", "span", "model.name", "SPAN"),
        ("3.3.5", "nodejs", "span", "model.name", "SPAN"),
        ("dev", "python", "span", "model.name", "SPAN"),
    ],
)
def test_old_python_sdks_call_generations_spans(version: str, language: str, kind: str, attribute: str, expected: str) -> None:
    sender = Sender(scope="langfuse-sdk", version=version, resource={"telemetry.sdk.language": language})
    assert observe_attributes({OBSERVATION + "type": kind, OBSERVATION + attribute: "x"}, sender).type == expected


def test_trace_fields_come_from_trace_attributes_alone() -> None:
    row = observe_attributes({OBSERVATION + "input": "in", OBSERVATION + "output": "out", "langfuse.version": "7"}, LANGFUSE_5)
    assert (row.trace_name, row.trace_input, row.trace_output, row.trace_metadata, row.trace_public) == ("", "", "", {}, None)
    row = observe_attributes(
        {
            TRACE + "name": "n",
            TRACE + "input": '{"a":1}',
            TRACE + "output": "o",
            TRACE + "public": True,
            TRACE + "metadata": '{"whole":{"x":1},"key":"from the object"}',
            TRACE + "metadata.key": "single",
            OBSERVATION + "metadata.own": "1",
        },
        LANGFUSE_4,
    )
    assert (row.trace_name, row.trace_input, row.trace_output, row.trace_public) == ("n", '{"a":1}', "o", True)
    assert row.trace_metadata == {"whole": '{"x":1}', "key": "single"}
    assert row.metadata["own"] == '"1"'


@pytest.mark.parametrize(("given", "public"), [("true", True), ("False", False), (1, True), (0.0, False), ("maybe", None)])
def test_public_in_every_form(given: Any, *, public: bool | None) -> None:
    assert observe_attributes({"langfuse.public": given}, LANGFUSE_5).trace_public is public


@pytest.mark.parametrize("key", ["langfuse.internal.as_root", "langfuse.internal.is_app_root"])
@pytest.mark.parametrize(("value", "is_root"), [(True, True), ("true", True), (False, False), ("no", False)])
def test_the_root_of_an_application_may_have_a_parent(key: str, value: Any, *, is_root: bool) -> None:
    row = observe(SpanSent(attributes={key: value}, parent_id="00f067aa0ba902b7"), LANGFUSE_5)
    assert (row.is_root, row.parent_id) == (is_root, "00f067aa0ba902b7")


@pytest.mark.parametrize(
    ("attributes", "user", "session"),
    [
        ({"langfuse.user.id": "a", "user.id": "b", "langfuse.session.id": "c", "session.id": "d"}, "a", "c"),
        ({"user.id": "b", "session.id": "d", "gen_ai.conversation.id": "e"}, "b", "d"),
        ({"langfuse.user.id": "", "user.id": "b", "gen_ai.conversation.id": "e"}, "b", "e"),
        ({OBSERVATION + "metadata.langfuse_user_id": "f", OBSERVATION + "metadata.langfuse_session_id": "g"}, "f", "g"),
        ({TRACE + "metadata.langfuse_user_id": "f", TRACE + "metadata.langfuse_session_id": "g"}, "f", "g"),
        ({"user.id": 5, "session.id": ["x"]}, "5", '["x"]'),
    ],
)
def test_user_and_session(attributes: dict[str, Any], user: str, session: str) -> None:
    row = observe_attributes(attributes)
    assert (row.user_id, row.session_id) == (user, session)


@pytest.mark.parametrize(
    ("attributes", "tags"),
    [
        ({TRACE + "tags": ["a", "b", "a", 1]}, ["a", "b", "1"]),
        ({TRACE + "tags": '["a", "b"]'}, ["a", "b"]),
        ({TRACE + "tags": "a, b ,,c"}, ["a", "b", "c"]),
        ({"langfuse.tags": "one"}, ["one"]),
        ({TRACE + "tags": [], "langfuse.tags": ["x"]}, ["x"]),
        ({OBSERVATION + "metadata.langfuse_tags": '["m"]'}, ["m"]),
        ({"tag.tags": ["o"]}, ["o"]),
        ({TRACE + "tags": "[broken"}, ["[broken"]),
        ({TRACE + "tags": 5}, ["5"]),
    ],
)
def test_tags_in_every_form(attributes: dict[str, Any], tags: list[str]) -> None:
    assert observe_attributes(attributes).tags == tags


@pytest.mark.parametrize(
    ("span", "resource", "environment"),
    [
        ({}, {}, "default"),
        ({"langfuse.environment": "a"}, {"langfuse.environment": "b"}, "a"),
        ({}, {"langfuse.environment": "b"}, "b"),
        ({"deployment.environment": "c"}, {"langfuse.environment": "b"}, "b"),
        ({"deployment.environment": "c"}, {"deployment.environment.name": "d"}, "d"),
        ({"deployment.environment.name": "e"}, {"deployment.environment.name": "d"}, "e"),
        ({}, {"deployment.environment": "f"}, "f"),
        ({"langfuse.environment": "Production"}, {}, "production"),
        ({"langfuse.environment": ""}, {"deployment.environment": "f"}, "f"),
    ],
)
def test_environment_key_by_key_span_before_resource(span: dict[str, str], resource: dict[str, str], environment: str) -> None:
    assert observe_attributes(span, Sender(resource=resource)).environment == environment


def test_version_and_release_of_span_before_resource() -> None:
    sender = Sender(resource={"service.version": "s", "langfuse.release": "r"})
    row = observe_attributes({}, sender)
    assert (row.version, row.release) == ("s", "r")
    row = observe_attributes({"langfuse.version": "v", "langfuse.release": "q"}, sender)
    assert (row.version, row.release) == ("v", "q")


def test_experiment_attributes_by_their_short_names() -> None:
    attributes = {
        "langfuse.experiment.id": "e1",
        "langfuse.experiment.item.id": "i1",
        "langfuse.experiment.item.expected_output": '{"a": 1}',
        "langfuse.experiment.item.version": 5,
    }
    row = observe_attributes(attributes, LANGFUSE_5)
    assert row.experiment == {"id": "e1", "item.id": "i1", "item.expected_output": '{"a": 1}', "item.version": "5"}


@pytest.mark.parametrize(
    ("sender", "written", "value"),
    [
        (LANGFUSE_5, '"1"', "1"),
        (LANGFUSE_5, "1", 1),
        (LANGFUSE_5, '"text"', "text"),
        (LANGFUSE_5, '{"x":1}', {"x": 1}),
        (LANGFUSE_5, "null", None),
        (LANGFUSE_5, "not json", "not json"),
        (LANGFUSE_5, '"broken', '"broken'),
        (LANGFUSE_4, "1", "1"),
        (LANGFUSE_4, 1, 1),
        (LANGFUSE_4, True, True),
        (LANGFUSE_4, "true", "true"),
        (LANGFUSE_4, '{"x": 1}', {"x": 1}),
        (LANGFUSE_4, "[1]", [1]),
        (LANGFUSE_4, "[not json", "[not json"),
        (LANGFUSE_4, "0.25", 0.25),
        (LANGFUSE_4, "10.10", "10.10"),
        (LANGFUSE_4, '"quoted"', '"quoted"'),
        (LANGFUSE_JS, "1", 1),
        (LANGFUSE_JS, "text", "text"),
        (LANGFUSE_JS, '{"x":1}', {"x": 1}),
        (PLAIN, "1", "1"),
        (PLAIN, 1, 1),
        (PLAIN, {"x": [1]}, {"x": [1]}),
    ],
)
def test_metadata_means_what_its_writer_meant(sender: Sender, written: Any, value: Any) -> None:
    row = observe_attributes({OBSERVATION + "metadata.key": written}, sender)
    assert decode_value(row.metadata["key"]) == value


def test_metadata_of_observation_and_trace_under_the_shared_prefix() -> None:
    row = observe_attributes({"langfuse.metadata.k": "v"}, LANGFUSE_4)
    assert row.metadata["k"] == row.trace_metadata["k"] == "v"


def test_metadata_that_is_no_object_is_kept() -> None:
    row = observe_attributes({OBSERVATION + "metadata": '"just text"', TRACE + "metadata": "[1,2]"}, LANGFUSE_5)
    assert row.metadata["metadata"] == "just text"
    assert row.trace_metadata == {"metadata": "[1,2]"}


def test_a_clients_own_metadata_keys_win() -> None:
    row = observe_attributes({OBSERVATION + "metadata.scope": "mine", OBSERVATION + "metadata.attributes": "too", "x": 1})
    assert (row.metadata["scope"], row.metadata["attributes"]) == ("mine", "too")
    assert row.metadata["spanAttributes"] == '{"x":"1"}'


def test_resource_and_scope_are_metadata() -> None:
    row = observe_attributes({}, LANGFUSE_5)
    assert json.loads(row.metadata["resourceAttributes"]) == {"telemetry.sdk.language": "python"}
    assert json.loads(row.metadata["scope"]) == {"name": "langfuse-sdk", "version": "5.0.4", "attributes": {}}
    assert set(row.metadata) == {"resourceAttributes", "scope"}


def test_attributes_that_the_sdk_does_not_know_are_kept() -> None:
    row = observe_attributes({"my.own": 1, "langfuse.unheard_of": "x", "user.id": "u"}, LANGFUSE_5)
    assert json.loads(row.metadata["attributes"]) == {"my.own": "1", "langfuse.unheard_of": "x"}


@pytest.mark.parametrize(
    ("version", "major"), [("5.0.4", 5), ("4", 4), ("10.1", 10), ("", 0), ("dev5", 0), ("9" * 30, 999_999_999)]
)
def test_major_version(version: str, major: int) -> None:
    assert major_version(version) == major


def test_tools_in_the_metadata_are_offered_beside_the_messages() -> None:
    tools = json.dumps([{"type": "function", "function": {"name": "search"}}])
    row = observe_attributes({"langfuse.observation.input": '[{"role": "user"}]', "langfuse.observation.metadata.tools": tools})
    assert json.loads(row.input) == {"messages": [{"role": "user"}], "tools": json.loads(tools)}
    assert (row.tool_names, json.loads(row.metadata["tools"])) == (["search"], json.loads(tools))


@pytest.mark.parametrize("tools", ['["search"]', '{"a": 1}', "7", "search"])
def test_other_metadata_of_that_name_leaves_the_input_alone(tools: str) -> None:
    row = observe_attributes({"langfuse.observation.input": "hi", "langfuse.observation.metadata.tools": tools})
    assert (row.input, row.tool_names, "tools" in row.metadata) == ("hi", [], True)
