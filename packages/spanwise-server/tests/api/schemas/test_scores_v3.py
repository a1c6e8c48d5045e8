"""Scores of the third API: one value in its own type, subjects, and groups of fields."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from langfuse.api.core.pydantic_utilities import parse_obj_as
from langfuse.api.scores.types.score_v3 import ScoreV3 as SdkScore

from spanwise_server.api.schemas.scores_v3 import GROUPS, ScoreV3, score_v3, subject
from tests.event_rows import score

CORE = {"id", "projectId", "name", "value", "dataType", "source", "timestamp", "environment", "createdAt", "updatedAt"}
VALUES: list[tuple[dict[str, Any], object]] = [
    ({"data_type": "NUMERIC", "value": 0.25}, 0.25),
    ({"data_type": "BOOLEAN", "value": 1.0}, True),
    ({"data_type": "BOOLEAN", "value": 0.0}, False),
    ({"data_type": "CATEGORICAL", "value": 1.0, "string_value": "good"}, "good"),
    ({"data_type": "TEXT", "string_value": "words"}, "words"),
    ({"data_type": "CORRECTION", "string_value": "better"}, "better"),
]


def shown(fields: dict[str, Any], groups: set[str]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(score_v3(score("p", "s1", **fields), groups)))


@pytest.mark.parametrize(("fields", "value"), VALUES)
def test_the_value_has_the_type_of_its_data_type(fields: dict[str, Any], value: object) -> None:
    found = shown({**fields, "trace_id": "t"}, set())["value"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("fields", "value"), VALUES)
@pytest.mark.parametrize("groups", [set[str](), set(GROUPS)])
def test_the_newest_sdk_reads_every_data_type(fields: dict[str, Any], value: object, groups: set[str]) -> None:
    parsed: Any = parse_obj_as(cast("Any", SdkScore), shown({**fields, "trace_id": "t", "observation_id": "o"}, groups))
    assert parsed.value == value
    assert parsed.data_type == fields["data_type"]
    if groups:
        assert parsed.subject is not None
        assert parsed.subject.kind == "observation"


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        ("core", set[str]()),
        ("details", {"comment", "configId", "metadata"}),
        ("subject", {"subject"}),
        ("annotation", {"authorUserId", "queueId"}),
    ],
)
def test_groups(group: str, keys: set[str]) -> None:
    assert set(shown({"value": 1.0}, {group})) == CORE | keys
    assert set(ScoreV3.__annotations__) >= CORE | keys


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"trace_id": "t"}, {"kind": "trace", "id": "t"}),
        ({"trace_id": "t", "observation_id": "o"}, {"kind": "observation", "id": "o", "traceId": "t"}),
        ({"session_id": "s"}, {"kind": "session", "id": "s"}),
        ({"dataset_run_id": "r"}, {"kind": "experiment", "id": "r"}),
        ({}, None),
    ],
)
def test_subjects(fields: dict[str, Any], expected: object) -> None:
    assert subject(score("p", "s1", **fields)) == expected
