"""The legacy envelope: what is accepted, what is refused and with which words, and what each event type sets."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from spanwise_server.domain.errors import InvalidRequestError, PayloadTooLargeError
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.ingest.decode.batch import EVENT_TYPES, decode_batch
from spanwise_server.ingest.decoded import DecodedBatch, IngestContext, IngestLimits

LIMITS = IngestLimits(
    max_decompressed_bytes=1_000_000, max_json_depth=50, max_attributes=5, max_attribute_bytes=200, max_batch_events=50
)
CONTEXT = IngestContext(project_id="p1", public_key="pk-1", sdk_name="", sdk_version="", received_at=5, limits=LIMITS)
SENT_AT = "2026-11-20T07:46:09.011Z"
SENT_AT_MICROS = 1_795_160_769_011_000


def event(kind: str, body: Any, **envelope: Any) -> dict[str, Any]:
    return {"id": "e1", "timestamp": SENT_AT, "type": kind, "body": body, **envelope}


def decode(*events: Any, context: IngestContext = CONTEXT, **envelope: Any) -> DecodedBatch:
    return decode_batch(json.dumps({"batch": events, **envelope}).encode(), context)


def partial_of(kind: str, body: Any) -> Partial:
    decoded = decode(event(kind, body))
    assert decoded.errors == []
    return decoded.partials[0]


@pytest.mark.parametrize(
    ("body", "path"),
    [("[]", ()), ("null", ()), ('"x"', ()), ("{}", ("batch",)), ('{"batch": null}', ("batch",)), ('{"batch": {}}', ("batch",))],
)
def test_a_body_without_events_is_refused_with_the_place(body: str, path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequestError, match="Invalid request data") as caught:
        decode_batch(body.encode(), CONTEXT)
    assert [issue.path for issue in caught.value.issues] == [path]


def test_an_empty_batch_is_fine() -> None:
    decoded = decode()
    assert (decoded.successes, decoded.errors, decoded.partials) == ([], [], [])


def test_more_events_than_the_limit_are_refused() -> None:
    decode(*[event("sdk-log", {"log": 1})] * 50)
    with pytest.raises(PayloadTooLargeError, match="51 events, more than 50"):
        decode(*[event("sdk-log", {"log": 1})] * 51)


def test_an_accepted_event_answers_201_under_its_own_id_and_carries_its_origin() -> None:
    decoded = decode(
        event("trace-create", {"id": "t1"}, metadata=[1]), metadata={"sdk_name": "python", "sdk_version": "2.60.10"}
    )
    assert msgspec.to_builtins(decoded.successes) == [{"id": "e1", "status": 201}]
    partial = decoded.partials[0]
    assert (partial.project_id, partial.entity, partial.id, partial.time) == ("p1", Entity.TRACE, "t1", SENT_AT_MICROS)
    assert (partial.sdk_name, partial.sdk_version, partial.public_key) == ("python", "2.60.10", "pk-1")
    assert decoded.size_bytes > 0


def test_headers_name_the_sdk_before_the_batch_does() -> None:
    context = msgspec.structs.replace(CONTEXT, sdk_name="js", sdk_version="3.0")
    decoded = decode(event("trace-create", {"id": "t"}), context=context, metadata={"sdk_name": "python", "sdk_version": "2"})
    assert (decoded.partials[0].sdk_name, decoded.partials[0].sdk_version) == ("js", "3.0")


@pytest.mark.parametrize("metadata", [None, 1, [], {"sdk_name": 1, "sdk_version": None}])
def test_odd_batch_metadata_is_ignored(metadata: Any) -> None:
    decoded = decode(event("trace-create", {"id": "t"}), metadata=metadata)
    assert (decoded.partials[0].sdk_name, decoded.partials[0].sdk_version) == ("", "")


@pytest.mark.parametrize(
    ("bad", "event_id", "error"),
    [
        (None, "unknown", "event: must be an object, got null"),
        ([], "unknown", "event: must be an object, got an array"),
        ({}, "unknown", "id: must be a string, got null; timestamp: must be a string with an ISO 8601 time"),
        (event("trace-create", {}, id=7), "unknown", "id: must be a string, got a number"),
        (event("trace-create", {}, id=["x"]), "unknown", "id: must be a string, got an array"),
        (event("trace-create", {}, id=""), "unknown", "id: must not be empty"),
        (event("trace-create", {}, id="a\rb"), "a\rb", "id: must not contain carriage return or NUL"),
        (event("trace-create", {}, id="a\0b"), "a\0b", "id: must not contain carriage return or NUL"),
        (event("trace-create", {}, id="x" * 10_000), "x" * 800, "id: must have at most 800 characters, got 10000"),
        (event("trace-create", {}, timestamp=2**63), "e1", "timestamp: must be a string with an ISO 8601 time"),
        (event("trace-create", {}, timestamp="soon"), "e1", "timestamp: must be an ISO 8601 time such as"),
        (event("trace-create", {}, timestamp="2026-11-20T07:46:09"), "e1", "timestamp: must have a time zone"),
        (event("trace-create", {}, timestamp="0001-01-01T00:00:00Z"), "e1", "timestamp: must lie in the years 1970 to 2299"),
        (event("trace-delete", {}), "e1", "type: is not an event type: 'trace-delete'"),
        (event("trace-create", []), "e1", "body: must be an object, got an array"),
        (event("dataset-run-item-create", {}), "e1", "type: is written by the server only"),
        ({"id": "e1", "timestamp": SENT_AT, "type": {}, "body": {}}, "e1", "type: is not an event type: an object"),
        (event("trace-create", {"id": 5}), "e1", "body.id: must be a string, got a number"),
        (event("trace-create", {"name": "n" * 1001}), "e1", "body.name: must have at most 1000 characters, got 1001"),
        (event("trace-create", {"tags": "a"}), "e1", "body.tags: must be an array of strings"),
        (event("trace-create", {"tags": ["a", 1]}), "e1", "body.tags: must be an array of strings"),
        (event("trace-create", {"public": "yes"}), "e1", "body.public: must be true or false, got 'yes'"),
        (event("trace-create", {"userId": 42}), "e1", "body.userId: must be a string, got a number"),
        (event("trace-create", {"environment": 1}), "e1", "body.environment: must be a string, got a number"),
        (
            event("span-create", {"level": "FATAL"}),
            "e1",
            "body.level: must be one of DEBUG, DEFAULT, WARNING, ERROR, got 'FATAL'",
        ),
        (event("span-create", {"level": ["ERROR"]}), "e1", "body.level: must be one of DEBUG"),
        (event("span-create", {"startTime": "2026-11-20T25:00:00Z"}), "e1", "body.startTime: must be an ISO 8601 time"),
        (
            event("span-create", {"traceId": 1, "endTime": 2}),
            "e1",
            "body.traceId: must be a string, got a number; body.endTime: ",
        ),
        (event("span-update", {"name": "x"}), "e1", "body.id: is required for an update"),
        (event("generation-update", {"id": ""}), "e1", "body.id: is required for an update"),
        (event("generation-create", {"modelParameters": []}), "e1", "body.modelParameters: must be an object, got an array"),
        (
            event("generation-create", {"promptName": "p"}),
            "e1",
            "body.promptVersion: promptName and promptVersion must be given",
        ),
        (
            event("generation-create", {"promptVersion": 1}),
            "e1",
            "body.promptVersion: promptName and promptVersion must be given",
        ),
        (
            event("generation-create", {"promptName": "p", "promptVersion": 0}),
            "e1",
            "body.promptVersion: must be a whole number",
        ),
        (event("generation-create", {"promptName": "p", "promptVersion": 2**31}), "e1", "body.promptVersion: must be a whole"),
        (event("observation-create", {"type": "TRACE"}), "e1", "body.type: must be one of AGENT, "),
        (event("observation-create", {}), "e1", "body.type: must be one of AGENT, "),
        (event("observation-update", {"id": "o", "type": 1}), "e1", "body.type: must be one of AGENT, "),
        (event("score-create", {"name": "s", "value": 1}), "e1", "body: exactly one of traceId, sessionId and datasetRunId"),
    ],
)
def test_a_wrong_event_is_refused_with_its_place_and_its_neighbours_are_kept(bad: Any, event_id: str, error: str) -> None:
    first, last = event("trace-create", {"id": "t1"}, id="first"), event("span-create", {"id": "s1"}, id="last")
    decoded = decode(first, bad, last)
    assert [result.id for result in decoded.successes] == ["first", "last"]
    assert [partial.id for partial in decoded.partials] == ["t1", "s1"]
    [result] = decoded.errors
    assert (result.id, result.status, result.message) == (event_id, 400, "Invalid request data")
    assert result.error.startswith(error)


def test_a_bare_public_key_writes_scores_and_logs_only() -> None:
    score = {"id": "s", "traceId": "t", "name": "n", "value": 1}
    decoded = decode(
        event("score-create", score, id="score"),
        event("sdk-log", {"log": "x"}, id="log"),
        event("trace-create", {}, id="trace"),
        event("nonsense", {}, id="nonsense"),
        {"id": "odd", "type": []},
        {},
        context=msgspec.structs.replace(CONTEXT, is_scores_only=True),
    )
    assert [result.id for result in decoded.successes] == ["score", "log"]
    assert [partial.entity for partial in decoded.partials] == [Entity.SCORE]
    assert {(result.status, result.message, result.error) for result in decoded.errors} == {
        (401, "Authentication error", "Access Scope Denied")
    }
    assert [result.id for result in decoded.errors] == ["trace", "nonsense", "odd", "unknown"]


def test_a_log_event_is_accepted_and_leaves_nothing() -> None:
    decoded = decode(event("sdk-log", {"log": {"any": "thing"}}))
    assert (len(decoded.successes), decoded.partials) == (1, [])


@pytest.mark.parametrize(
    ("kind", "observation_type", "is_update"),
    [
        ("span-create", "SPAN", False),
        ("span-update", "SPAN", True),
        ("generation-create", "GENERATION", False),
        ("generation-update", "GENERATION", True),
        ("event-create", "EVENT", False),
        ("agent-create", "AGENT", False),
        ("tool-create", "TOOL", False),
        ("chain-create", "CHAIN", False),
        ("retriever-create", "RETRIEVER", False),
        ("evaluator-create", "EVALUATOR", False),
        ("embedding-create", "EMBEDDING", False),
        ("guardrail-create", "GUARDRAIL", False),
    ],
)
def test_the_event_type_names_the_observation_type(kind: str, observation_type: str, *, is_update: bool) -> None:
    partial = partial_of(kind, {"id": "o1"})
    assert (partial.entity, partial.id, partial.is_update) == (Entity.OBSERVATION, "o1", is_update)
    assert partial.fields == {"type": observation_type}


def test_observation_events_take_their_type_from_the_body() -> None:
    created = partial_of("observation-create", {"id": "o1", "type": "GENERATION", "model": "m"})
    updated = partial_of("observation-update", {"id": "o1", "type": "SPAN"})
    assert (created.is_update, created.fields) == (False, {"type": "GENERATION", "model": "m"})
    assert (updated.is_update, updated.fields) == (True, {"type": "SPAN"})


def test_every_event_type_of_the_protocol_is_known() -> None:
    assert len(EVENT_TYPES) == 17


def test_an_entity_without_an_id_gets_one_that_a_retry_gets_again() -> None:
    first, again = partial_of("trace-create", {}), partial_of("trace-create", {"id": None})
    other = partial_of("event-create", {"id": ""})
    assert first.id == again.id
    assert len({first.id, other.id, "", "e1"}) == 4


def test_an_empty_object_in_an_update_says_nothing_and_in_a_create_is_the_value() -> None:
    body = {"id": "o", "input": {}, "output": {}}
    assert partial_of("span-update", body).fields == {"type": "SPAN"}
    assert partial_of("tool-create", body).fields == {"type": "TOOL", "input": "{}", "output": "{}"}


def test_unknown_keys_are_passed_over() -> None:
    assert partial_of("trace-create", {"id": "t", "externalId": 5, "parent_observation_id": {}}).fields == {}
