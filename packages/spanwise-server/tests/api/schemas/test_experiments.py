"""Experiments and items as clients get them: groups of fields, text as it was sent."""

from __future__ import annotations

from typing import Any

import pytest

from spanwise_server.api.schemas.experiments import ITEM_GROUPS, experiment_body, experiment_item_body
from spanwise_server.domain.datasets import Run
from spanwise_server.query.queries import Keyset
from spanwise_server.services.datasets.experiment_items import ExperimentItem
from tests.event_rows import START


def item(**fields: Any) -> ExperimentItem:
    base: dict[str, Any] = {
        "place": Keyset(START), "id": "o", "trace_id": "t", "start_time": START, "end_time": None, "level": "DEFAULT",
        "environment": "default", "experiment_id": "e", "experiment_name": "n", "item_id": "i",
    }  # fmt: skip
    return ExperimentItem(**base | fields)


@pytest.mark.parametrize(
    ("fields", "key", "expected"),
    [
        ({"input": '{"a":1}'}, "input", '{"a":1}'),
        ({"expected_output": '"1"'}, "expectedOutput", "1"),
        ({}, "output", None),
        ({"item_metadata": '{"a":1}'}, "experimentItemMetadata", {"a": 1}),
        ({"experiment_metadata": "plain"}, "experimentMetadata", {"metadata": "plain"}),
        ({}, "experimentMetadata", None),
        ({"item_version": "2026-01-01T00:00:00+00:00"}, "experimentItemVersion", "2026-01-01T00:00:00.000Z"),
        ({"item_version": "no time"}, "experimentItemVersion", None),
        ({"dataset_id": "d"}, "experimentDatasetId", "d"),
    ],
)
def test_the_parts_of_an_item(fields: dict[str, Any], key: str, expected: object) -> None:
    body: Any = experiment_item_body(item(**fields), ITEM_GROUPS, ())

    assert body[key] == expected
    assert key not in experiment_item_body(item(**fields), {"core"}, ())


def test_the_parts_of_an_experiment() -> None:
    run = Run(
        id="e", ids=("e",), project_id="p", name="n", metadata="[1]", created_at=0, updated_at=0, start_time=START,
        end_time=START, item_count=2,
    )  # fmt: skip

    body: Any = experiment_body(run, {"core", "metadata", "scores"}, ())

    assert (body["metadata"], body["scores"], body["datasetId"], body["itemCount"]) == ({"metadata": [1]}, [], None, 2)
    assert not {"metadata", "scores"} & set(experiment_body(run, {"core"}, ()))
