"""Scores of the first two APIs: number and text by data type, and the trace beside them."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from langfuse.api.commons.types.score import Score as SdkScore
from langfuse.api.core.pydantic_utilities import parse_obj_as

from spanwise_server.api.schemas.scores import score_item_v1, score_item_v2, score_v1, score_v2
from spanwise_server.domain.traces import Trace
from tests.event_rows import START, score

TRACE = Trace(project_id="p", id="t", timestamp=START, user_id="u", tags=["a"], session_id="s", environment="prod")
VALUES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"data_type": "NUMERIC", "value": 0.5}, {"value": 0.5, "stringValue": None}),
    ({"data_type": "BOOLEAN", "value": 1.0}, {"value": 1, "stringValue": "True"}),
    ({"data_type": "BOOLEAN", "value": 0.0}, {"value": 0, "stringValue": "False"}),
    ({"data_type": "CATEGORICAL", "value": 2.0, "string_value": "good"}, {"value": 2, "stringValue": "good"}),
    ({"data_type": "CATEGORICAL", "string_value": "good"}, {"value": 0, "stringValue": "good"}),
    ({"data_type": "TEXT", "string_value": "long words"}, {"stringValue": "long words"}),
    ({"data_type": "CORRECTION", "string_value": "better"}, {"value": 0, "stringValue": "better"}),
]


def shown(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


@pytest.mark.parametrize(("fields", "wire"), VALUES)
def test_value_and_text_by_data_type(fields: dict[str, Any], wire: dict[str, Any]) -> None:
    judged = score("p", "s1", trace_id="t", **fields)
    for shape in (shown(score_v1(judged)), shown(score_v2(judged))):
        assert {key: shape[key] for key in ("value", "stringValue") if key in shape} == wire
        assert shape["dataType"] == fields["data_type"]


@pytest.mark.parametrize(("fields", "wire"), VALUES)
def test_the_sdk_reads_every_data_type(fields: dict[str, Any], wire: dict[str, Any]) -> None:
    parsed: Any = parse_obj_as(
        cast("Any", SdkScore), shown(score_v2(score("p", "s1", session_id="s", metadata={"k": "1"}, **fields)))
    )
    assert parsed.id == "s1"
    assert parsed.session_id == "s"
    assert parsed.data_type == fields["data_type"]
    assert parsed.metadata == {"k": 1}


def test_keys() -> None:
    base = {"id", "observationId", "name", "source", "timestamp", "environment", "createdAt", "updatedAt", "dataType"}
    base |= {
        "value",
        "stringValue",
        "comment",
        "configId",
        "metadata",
        "authorUserId",
        "queueId",
        "executionTraceId",
        "traceId",
    }
    judged = score("p", "s1", trace_id="t", value=1.0)
    assert set(score_v1(judged)) == base
    assert set(score_v2(judged)) == base | {"sessionId", "datasetRunId"}
    assert set(score_item_v1(judged, None)) == base | {"trace"}


def test_the_trace_beside_a_listed_score() -> None:
    judged = score("p", "s1", trace_id="t", value=1.0)
    assert score_item_v1(judged, TRACE)["trace"] == {"userId": "u", "tags": ["a"], "environment": "prod"}
    assert score_item_v1(judged, None)["trace"] == {"userId": None, "tags": None, "environment": None}
    assert score_item_v2(judged, TRACE)["trace"] == {"userId": "u", "tags": ["a"], "environment": "prod", "sessionId": "s"}
    assert score_item_v2(judged, None)["trace"] is None
