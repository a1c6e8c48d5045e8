"""Which stored fields each wire field of a trace or an observation becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from spanwise_server.domain.observations import Observation
from spanwise_server.ingest.decode.batch_bodies import OBSERVATION_TABLE, TRACE_TABLE
from tests.ingest.decode.test_batch import decode, event, partial_of

LONG = "word " * 100
MARK = "[truncated: kept "


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {}),
        ({"name": "agent", "userId": "u", "sessionId": "s"}, {"name": "agent", "user_id": "u", "session_id": "s"}),
        ({"release": "r", "version": "v", "public": False}, {"release": "r", "version": "v", "trace_public": False}),
        ({"timestamp": "1970-01-01T00:00:01.5+00:00"}, {"start_time": 1_500_000}),
        ({"timestamp": "1970-01-01T02:00:01.123456789+02:00"}, {"start_time": 1_123_456}),
        ({"environment": "Langfuse-Prod"}, {"environment": "prod"}),
        ({"environment": "no good"}, {"environment": "default"}),
        ({"tags": ["b", "a", "b"]}, {"tags": ["b", "a"]}),
        ({"tags": []}, {}),
        ({"input": {"q": "é", "n": 1.0}, "output": "done"}, {"input": '{"q":"é","n":1.0}', "output": "done"}),
        ({"input": "1", "output": "[1]"}, {"input": '"1"', "output": '"[1]"'}),
        ({"input": 0, "output": False}, {"input": "0", "output": "false"}),
        ({"input": [], "output": {}}, {"input": "[]", "output": "{}"}),
        ({"input": "", "output": None}, {}),
        (
            {"metadata": {"a": 1, "b": {"c": [None]}, "d": "x", "e": "1"}},
            {"metadata": {"a": "1", "b": '{"c":[null]}', "d": "x", "e": '"1"'}},
        ),
        ({"metadata": ["x"]}, {"metadata": {"metadata": '["x"]'}}),
        ({"metadata": "text"}, {"metadata": {"metadata": "text"}}),
        ({"metadata": {}}, {}),
        ({"metadata": None, "tags": None, "public": None, "environment": None, "timestamp": None}, {}),
        ({"name": None, "userId": None, "sessionId": None}, {"name": None, "user_id": None, "session_id": None}),
        ({"release": None, "version": None}, {"release": None, "version": None}),
        ({"name": "", "userId": "\0"}, {"name": "", "user_id": "\0"}),
        ({"input": 2**70}, {"input": str(2**70)}),
    ],
)
def test_trace_fields(body: dict[str, Any], fields: dict[str, Any]) -> None:
    assert partial_of("trace-create", {"id": "t", **body}).fields == fields


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"traceId": "t", "parentObservationId": "p", "name": "n"}, {"trace_id": "t", "parent_id": "p", "name": "n"}),
        ({"traceId": "", "parentObservationId": ""}, {}),
        ({"traceId": None, "parentObservationId": None}, {"parent_id": None}),
        ({"traceId": "a/b c?d=é"}, {"trace_id": "a/b c?d=é"}),
        (
            {"startTime": "1970-01-01T00:00:01Z", "endTime": "1970-01-01T00:00:02Z"},
            {"start_time": 1_000_000, "end_time": 2_000_000},
        ),
        ({"startTime": None, "endTime": None, "completionStartTime": None}, {"end_time": None, "completion_start_time": None}),
        ({"completionStartTime": "1970-01-01T00:00:03Z"}, {"completion_start_time": 3_000_000}),
        ({"level": "WARNING", "statusMessage": "careful"}, {"level": "WARNING", "status_message": "careful"}),
        ({"level": None, "statusMessage": None}, {"level": None, "status_message": None}),
        (
            {"model": "gpt", "modelParameters": {"t": 0.1, "s": ["a"], "n": None}},
            {"model": "gpt", "model_parameters": '{"t":0.1,"s":["a"],"n":null}'},
        ),
        ({"model": None, "modelParameters": None}, {"model": None, "model_parameters": None}),
        ({"modelParameters": {}}, {}),
        ({"promptName": "p/q", "promptVersion": 3}, {"prompt_name": "p/q", "prompt_version": 3}),
        ({"promptName": "p", "promptVersion": 3.0}, {"prompt_name": "p", "prompt_version": 3}),
        ({"promptName": None, "promptVersion": None}, {"prompt_name": None, "prompt_version": None}),
        ({"environment": "Staging", "version": "1"}, {"environment": "staging", "version": "1"}),
    ],
)
def test_observation_fields(body: dict[str, Any], fields: dict[str, Any]) -> None:
    assert partial_of("generation-create", {"id": "o", **body}).fields == {"type": "GENERATION", **fields}


USD = Decimal("0.000000000001")


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        ({"usage": {"input": 1, "output": 2, "unit": "TOKENS"}}, {"input": 1, "output": 2, "total": 3}),
        ({"usage": {"input": 1, "output": 2, "total": 9}}, {"input": 1, "output": 2, "total": 9}),
        ({"usage": {"promptTokens": 1, "completionTokens": 2, "totalTokens": 4}}, {"input": 1, "output": 2, "total": 4}),
        ({"usage": {"input": None, "total": 7, "inputCost": None}}, {"total": 7}),
        (
            {"usageDetails": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12, "service_tier": "x"}},
            {"input": 10, "output": 2, "total": 12},
        ),
        (
            {"usage": {"input": 1, "output": 2}, "usageDetails": {"input": 5, "cached": 4, "total": 6}},
            {"input": 5, "output": 2, "cached": 4, "total": 6},
        ),
        ({"usage": {"total": 2**80}}, {"total": 2**64 - 1}),
    ],
)
def test_usage(body: dict[str, Any], usage: dict[str, int]) -> None:
    assert partial_of("generation-update", {"id": "o", **body}).fields["usage"] == usage


@pytest.mark.parametrize(
    ("body", "cost", "total"),
    [
        ({"usage": {"inputCost": 0.1, "outputCost": 0.2}}, {"input": "0.1", "output": "0.2", "total": "0.3"}, "0.3"),
        ({"usage": {"totalCost": 5}}, {"total": "5"}, "5"),
        ({"costDetails": {"input": 0, "x": 0.25}}, {"input": "0", "x": "0.25", "total": "0.25"}, "0.25"),
        (
            {"usage": {"inputCost": 1, "outputCost": 2}, "costDetails": {"input": 3}},
            {"input": "3", "output": "2", "total": "5"},
            "5",
        ),
        ({"usage": {"inputCost": 1}, "costDetails": None}, {"input": "1", "total": "1"}, "1"),
    ],
)
def test_cost(body: dict[str, Any], cost: dict[str, str], total: str) -> None:
    fields = partial_of("generation-create", {"id": "o", **body}).fields
    assert fields["cost"] == {key: Decimal(value).quantize(USD) for key, value in cost.items()}
    assert fields["total_cost"] == Decimal(total)


@pytest.mark.parametrize(
    "body",
    [{}, {"usage": None, "usageDetails": None, "costDetails": None}, {"usage": {}, "usageDetails": {}, "costDetails": {}}],
)
def test_no_usage_sets_nothing(body: dict[str, Any]) -> None:
    assert partial_of("generation-create", {"id": "o", **body}).fields == {"type": "GENERATION"}


def test_what_is_no_count_or_amount_stays_visible_in_the_metadata() -> None:
    body = {"metadata": {"k": 1}, "usage": {"input": 3, "unit": "CHARACTERS"}, "costDetails": {"input": -1}}
    fields = partial_of("generation-create", {"id": "o", **body}).fields
    assert fields["metadata"] == {"k": "1", "usage_unrecognised": '{"unit":"CHARACTERS"}', "cost_unrecognised": '{"input":-1}'}
    assert fields["usage"] == {"input": 3, "total": 3}


def test_an_event_is_a_moment() -> None:
    body = {"id": "e", "startTime": "1970-01-01T00:00:01Z", "endTime": "1970-01-01T00:00:02Z"}
    assert partial_of("event-create", body).fields == {"type": "EVENT", "start_time": 1_000_000}


def test_what_is_too_long_is_cut_and_said_so() -> None:
    body = {"id": "t", "userId": LONG, "input": {"q": LONG}, "output": LONG, "metadata": {"a": LONG, "b": 1}}
    fields = partial_of("trace-create", body).fields
    assert fields["truncated"] == ["user_id", "input", "output", "metadata"]
    for text in (fields["user_id"], fields["input"], fields["output"], fields["metadata"]["a"]):
        assert MARK in text
        assert len(text.encode()) <= 200
    assert fields["metadata"]["b"] == "1"


def test_what_is_too_many_is_cut_and_said_so() -> None:
    body = {"id": "t", "tags": [str(n) for n in range(9)], "metadata": {str(n): n for n in range(9)}}
    fields = partial_of("trace-create", body).fields
    assert fields["tags"] == ["0", "1", "2", "3", "4"]
    assert list(fields["metadata"]) == ["0", "1", "2", "3", "4"]
    assert fields["truncated"] == ["tags", "metadata"]


def test_nothing_is_marked_when_nothing_is_cut() -> None:
    assert "truncated" not in partial_of("trace-create", {"id": "t", "input": "x" * 200}).fields


@pytest.mark.parametrize("table", [TRACE_TABLE, OBSERVATION_TABLE])
def test_every_rule_sets_a_field_of_the_stored_row(table: Any) -> None:
    assert {rule.name for rule in table.values()} <= set(Observation.__struct_fields__)


@pytest.mark.parametrize("value", [5, "text", [1], True, {"nested": {"deep": 1}}, float("nan")])
@pytest.mark.parametrize("key", ["usage", "usageDetails", "costDetails"])
def test_usage_of_any_shape_never_costs_the_event(key: str, value: Any) -> None:
    decoded = decode(event("generation-create", {"id": "g", key: value}))
    assert decoded.errors == []
    assert len(decoded.partials) == 1
