"""Values of items as clients get them, and metadata of runs as it is kept."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from spanwise_server.api.schemas.datasets import (
    CreateDatasetItemRequest,
    CreateDatasetRunItemRequest,
    item_value,
    object_or_text,
)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (None, None),
        ("1", "1"),
        ('{"a":"[1]"}', '{"a":"[1]"}'),
        ('"{\\"a\\": 1}"', '{"a": 1}'),
        ('"42"', "42"),
        ('"null"', "null"),
        ('"{not json"', '"{not json"'),
        ('""', '""'),
    ],
)
def test_a_string_that_is_json_is_shown_as_what_it_says(stored: str | None, shown: str | None) -> None:
    assert item_value(stored) == shown


@pytest.mark.parametrize("value", [float("nan"), float("inf"), ["\ud800"], {"\udfff": 1}])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        CreateDatasetItemRequest.model_validate({"datasetName": "d", "input": value})


def test_an_empty_id_is_none() -> None:
    change = CreateDatasetItemRequest.model_validate({"datasetName": "d", "id": "", "sourceTraceId": ""}).change()

    assert (change.id, change.source_trace_id) == (None, None)


@pytest.mark.parametrize(
    ("fields", "metadata"),
    [
        ({}, None),
        ({"metadata": {"a": 1}}, '{"a":1}'),
        ({"metadata": [1]}, '{"metadata":[1]}'),
        ({"datasetVersion": "2026-01-01T00:00:00Z"}, '{"dataset_version":"2026-01-01T00:00:00.000Z"}'),
        ({"metadata": 1, "datasetVersion": "2026-01-01T00:00:00Z"}, '{"metadata":1,"dataset_version":"2026-01-01T00:00:00.000Z"}'),
    ],
)  # fmt: skip
def test_metadata_of_a_run_is_an_object(fields: dict[str, object], metadata: str | None) -> None:
    body = {"runName": "r", "datasetItemId": "i", "traceId": "t", **fields}

    assert CreateDatasetRunItemRequest.model_validate(body).link().metadata == metadata


def test_metadata_of_a_span_may_be_text() -> None:
    assert object_or_text("plain") == "plain"
    assert object_or_text("") is None
    assert object_or_text(None) is None
