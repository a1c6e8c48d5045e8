"""Score rules: values against data types, subjects, sources, and the two forms of ``POST /scores``."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import msgspec
import pytest

from spanwise_server.domain.errors import InvalidRequestError, PayloadTooLargeError
from spanwise_server.domain.partials import Entity
from spanwise_server.domain.scores import Score
from spanwise_server.ingest.decode.scores import decode_scores
from spanwise_server.ingest.decoded import DecodedScores
from tests.ingest.decode.test_batch import CONTEXT, SENT_AT, SENT_AT_MICROS, decode, event, partial_of

TRACE_SCORE: dict[str, Any] = {"id": "s1", "traceId": "t1", "name": "quality", "value": 0.5}


def post(content: Any) -> DecodedScores:
    numbers = count(1)
    return decode_scores(json.dumps(content).encode(), CONTEXT, new_id=lambda: f"new-{next(numbers)}")


def refusal_of(body: Any) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(InvalidRequestError, match="Invalid request data") as caught:
        post(body)
    return [(issue.path, issue.message) for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"value": 1}, ("NUMERIC", 1.0, "")),
        ({"value": -0.5, "dataType": None}, ("NUMERIC", -0.5, "")),
        ({"value": "good"}, ("CATEGORICAL", 0.0, "good")),
        ({"value": True}, ("BOOLEAN", 1.0, "True")),
        ({"value": False}, ("BOOLEAN", 0.0, "False")),
        ({"value": True, "dataType": "NUMERIC"}, ("NUMERIC", 1.0, "")),
        ({"value": 1.0, "dataType": "BOOLEAN"}, ("BOOLEAN", 1.0, "True")),
        ({"value": 0, "dataType": "BOOLEAN"}, ("BOOLEAN", 0.0, "False")),
        ({"value": "NaN", "dataType": "CATEGORICAL"}, ("CATEGORICAL", 0.0, "NaN")),
        ({"value": "a remark", "dataType": "TEXT"}, ("TEXT", None, "a remark")),
        ({"value": "x" * 150, "dataType": "CORRECTION"}, ("CORRECTION", None, "x" * 150)),
    ],
)
def test_value_and_data_type(sent: dict[str, Any], stored: tuple[str, float | None, str]) -> None:
    fields = partial_of("score-create", {**TRACE_SCORE, **sent}).fields
    assert (fields["data_type"], fields["value"], fields["string_value"]) == stored
    assert fields["value"].__class__ in (float, type(None))


@pytest.mark.parametrize(
    ("sent", "path", "message"),
    [
        ({"value": None}, ("value",), "is required"),
        ({"value": [1]}, ("value",), "must be a finite number for a NUMERIC score, got an array"),
        ({"value": float("nan")}, ("value",), "must be a finite number for a NUMERIC score, got 'NaN'"),
        ({"value": 10**400}, ("value",), "must fit a 64-bit floating point number"),
        ({"value": "1", "dataType": "NUMERIC"}, ("value",), "must be a finite number for a NUMERIC score, got '1'"),
        ({"value": 2, "dataType": "BOOLEAN"}, ("value",), "must be 0 or 1 for a BOOLEAN score, got a number"),
        ({"value": "1", "dataType": "BOOLEAN"}, ("value",), "must be 0 or 1 for a BOOLEAN score, got '1'"),
        ({"value": 1, "dataType": "CATEGORICAL"}, ("value",), "must be a string for a CATEGORICAL score, got a number"),
        ({"value": "", "dataType": "TEXT"}, ("value",), "must have 1 to 500 characters for a TEXT score, got 0"),
        ({"value": "x" * 501, "dataType": "TEXT"}, ("value",), "must have 1 to 500 characters for a TEXT score, got 501"),
        ({"value": 1, "dataType": "CORRECTION"}, ("value",), "must be a string for a CORRECTION score, got a number"),
        ({"dataType": "STARS"}, ("dataType",), "must be one of BOOLEAN, CATEGORICAL, CORRECTION, NUMERIC, TEXT, got 'STARS'"),
        ({"dataType": []}, ("dataType",), "must be one of BOOLEAN, CATEGORICAL, CORRECTION, NUMERIC, TEXT, got an array"),
        ({"name": ""}, ("name",), "must not be empty"),
        ({"name": None}, ("name",), "is required"),
        ({"name": 5}, ("name",), "must be a string, got a number"),
        ({"id": 5}, ("id",), "must be a string, got a number"),
        ({"traceId": None}, (), "exactly one of traceId, sessionId and datasetRunId must be given"),
        ({"traceId": ""}, (), "exactly one of traceId, sessionId and datasetRunId must be given"),
        ({"sessionId": "s"}, (), "exactly one of traceId, sessionId and datasetRunId must be given"),
        ({"traceId": None, "sessionId": "s", "observationId": "o"}, ("observationId",), "observationId needs traceId"),
        (
            {"traceId": None, "sessionId": "s", "dataType": "CORRECTION", "value": "x"},
            ("traceId",),
            "a CORRECTION belongs to a trace or an observation",
        ),
        ({"dataType": "CORRECTION", "value": "x", "configId": "c"}, ("configId",), "a CORRECTION has no score config"),
        ({"source": "ANNOTATION"}, ("configId",), "is required for a score of source ANNOTATION"),
        ({"source": "ROBOT"}, ("source",), "must be one of ANNOTATION, API, EVAL, got 'ROBOT'"),
        (
            {"timestamp": "yesterday"},
            ("timestamp",),
            "must be an ISO 8601 time such as 2026-01-31T12:00:00.123Z, got 'yesterday'",
        ),
    ],
)
def test_a_wrong_score_is_refused_by_both_doors(sent: dict[str, Any], path: tuple[str, ...], message: str) -> None:
    body = {**TRACE_SCORE, **sent}
    assert refusal_of(body) == [(path, message)]
    [result] = decode(event("score-create", body)).errors
    assert result.error == f"{'.'.join(('body', *path))}: {message}"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"traceId": "t"}, {"trace_id": "t"}),
        ({"traceId": "t", "observationId": "o"}, {"trace_id": "t", "observation_id": "o"}),
        ({"sessionId": "s", "traceId": None}, {"session_id": "s"}),
        ({"datasetRunId": "r", "traceId": "", "sessionId": None}, {"dataset_run_id": "r"}),
    ],
)
def test_each_subject(sent: dict[str, Any], stored: dict[str, str]) -> None:
    fields = post({"name": "n", "value": 1, **sent}).partials[0].fields
    assert {key: value for key, value in fields.items() if key.endswith("_id")} == stored


def test_every_field_reaches_the_stored_score() -> None:
    sent = {
        **TRACE_SCORE, "source": "ANNOTATION", "configId": "c", "queueId": "q", "executionTraceId": "x", "comment": "why",
        "metadata": {"by": ["me"]}, "environment": "PROD", "timestamp": SENT_AT, "parent_observation_id": "ignored",
    }  # fmt: skip
    fields = post(sent).partials[0].fields
    assert fields == {
        "name": "quality", "trace_id": "t1", "data_type": "NUMERIC", "value": 0.5, "string_value": "", "source": "ANNOTATION",
        "config_id": "c", "queue_id": "q", "execution_trace_id": "x", "comment": "why", "metadata": {"by": '["me"]'},
        "environment": "prod", "timestamp": SENT_AT_MICROS,
    }  # fmt: skip
    msgspec.convert({**fields, "project_id": "p", "id": "s"}, Score)


def test_null_clears_what_can_be_cleared() -> None:
    fields = post({**TRACE_SCORE, "comment": None, "configId": None, "metadata": None, "environment": None}).partials[0].fields
    assert {key: value for key, value in fields.items() if value is None} == {
        "comment": None,
        "config_id": None,
        "config_violation": None,
    }


def test_a_correction_is_always_named_output() -> None:
    assert post({**TRACE_SCORE, "dataType": "CORRECTION", "value": "x"}).partials[0].fields["name"] == "output"


def test_a_single_score_is_ordered_by_its_arrival() -> None:
    decoded = post(TRACE_SCORE)
    assert (decoded.is_array, decoded.ids, decoded.errors) == (False, ["s1"], [])
    partial = decoded.partials[0]
    assert (partial.entity, partial.id, partial.time, partial.project_id) == (Entity.SCORE, "s1", CONTEXT.received_at, "p1")


@pytest.mark.parametrize("missing", [{}, {"id": None}, {"id": ""}])
def test_an_id_is_made_when_none_is_given(missing: dict[str, Any]) -> None:
    body = {key: value for key, value in TRACE_SCORE.items() if key != "id"}
    assert post({**body, **missing}).ids == ["new-1"]


def test_an_evaluation_is_refused_on_rest_and_accepted_in_a_batch() -> None:
    body = {**TRACE_SCORE, "source": "EVAL"}
    assert refusal_of(body) == [(("source",), "must be one of ANNOTATION, API")]
    assert partial_of("score-create", body).fields["source"] == "EVAL"


def test_items_of_an_array_stand_for_themselves() -> None:
    decoded = post(
        [TRACE_SCORE, None, {**TRACE_SCORE, "id": "s2", "timestamp": SENT_AT}, {"name": "n"}, {**TRACE_SCORE, "id": ""}]
    )
    assert decoded.is_array
    assert decoded.ids == ["s1", "s2", "new-1"]
    assert [partial.fields.get("timestamp") for partial in decoded.partials] == [None, SENT_AT_MICROS, None]
    assert decoded.errors == ["Score 1: must be an object, got null", "Score 3: value: is required"]


def test_an_empty_array_is_fine() -> None:
    assert (post([]).ids, post([]).errors) == ([], [])


@pytest.mark.parametrize("content", [None, 1, "x"])
def test_what_is_neither_score_nor_array_is_refused(content: Any) -> None:
    [(path, message)] = refusal_of(content)
    assert (path, message[:17]) == ((), "must be an object")


def test_more_items_than_the_limit_are_refused() -> None:
    with pytest.raises(PayloadTooLargeError, match="51 scores, more than 50"):
        post([TRACE_SCORE] * 51)


def test_a_long_comment_is_cut_visibly() -> None:
    fields = post({**TRACE_SCORE, "comment": "c" * 500}).partials[0].fields
    assert "[truncated: kept " in fields["comment"]
    assert set(fields) <= set(Score.__struct_fields__)
    assert fields["truncated"] == ["comment"]
    assert partial_of("score-create", {**TRACE_SCORE, "comment": "c" * 500}).fields["truncated"] == ["comment"]


def test_scores_that_name_a_config_are_handed_on_as_sent() -> None:
    bodies = [{**TRACE_SCORE, "id": "s0"}, {**TRACE_SCORE, "configId": "c1", "value": True, "dataType": None}]
    [sent] = post(bodies).configured
    assert (sent.partial.id, sent.value, sent.data_type, sent.index) == ("s1", True, None, 1)

    decoded = decode(*(event("score-create", body) for body in bodies))
    [sent] = decoded.configured
    assert (sent.partial, sent.value, sent.data_type) == (decoded.partials[1], True, None)
    assert sent.result is decoded.successes[1]
