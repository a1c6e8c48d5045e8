"""Experiments and their items on the wire."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Final, NotRequired

from typing_extensions import TypedDict

from spanwise_server.api.listing.parameters import parse_time
from spanwise_server.api.schemas.json_values import Json, json_object, one_of, payload_text
from spanwise_server.api.schemas.pages import CursorMeta
from spanwise_server.api.schemas.scores_v3 import GROUPS as SCORE_GROUPS
from spanwise_server.api.schemas.scores_v3 import ScoreV3, score_v3
from spanwise_server.api.schemas.times import to_millis, to_millis_or_none
from spanwise_server.domain.datasets import Run
from spanwise_server.domain.observations import Level
from spanwise_server.domain.payloads import decode_value
from spanwise_server.domain.scores import Score
from spanwise_server.services.datasets.experiment_items import ExperimentItem

EXPERIMENT_GROUPS: Final = frozenset({"core", "metadata", "scores"})
ITEM_GROUPS: Final = frozenset({"core", "dataset", "io", "metadata", "itemMetadata", "experimentMetadata", "scores"})
DEFAULT_ITEM_GROUPS: Final = frozenset({"core", "dataset"})


class ExperimentBody(TypedDict):
    """A run of any kind. Times and ``itemCount`` are those within the window that was asked for."""

    id: str
    name: str
    description: str | None
    startTime: str
    endTime: str
    itemCount: int
    datasetId: str | None
    metadata: NotRequired[dict[str, Json] | None]
    scores: NotRequired[list[ScoreV3] | None]


class ExperimentsPage(TypedDict):
    """A page of experiments, latest activity first."""

    data: list[ExperimentBody]
    meta: CursorMeta


class ExperimentItemBody(TypedDict):
    """What came out for one item. ``input``, ``output`` and ``expectedOutput`` are text and never parsed."""

    id: str
    traceId: str
    startTime: str
    endTime: str | None
    level: Annotated[str, one_of(Level)]
    environment: str
    experimentId: str
    experimentName: str
    experimentItemId: str
    experimentDatasetId: NotRequired[str | None]
    experimentItemVersion: NotRequired[str | None]
    input: NotRequired[str | None]
    output: NotRequired[str | None]
    expectedOutput: NotRequired[str | None]
    metadata: NotRequired[dict[str, Json] | None]
    experimentItemMetadata: NotRequired[dict[str, Json] | None]
    experimentMetadata: NotRequired[dict[str, Json] | None]
    experimentDescription: NotRequired[str | None]
    scores: NotRequired[list[ScoreV3] | None]


class ExperimentItemsPage(TypedDict):
    """A page of experiment items, newest first."""

    data: list[ExperimentItemBody]
    meta: CursorMeta


def experiment_body(run: Run, groups: Collection[str], scores: Sequence[Score]) -> ExperimentBody:
    """Return the run with its core keys and those of ``groups``."""
    body: ExperimentBody = {
        "id": run.id,
        "name": run.name,
        "description": run.description,
        "startTime": to_millis(run.start_time),
        "endTime": to_millis(run.end_time),
        "itemCount": run.item_count,
        "datasetId": run.dataset_id or None,
    }
    if "metadata" in groups:
        body["metadata"] = _object(run.metadata)
    if "scores" in groups:
        body["scores"] = [score_v3(score, SCORE_GROUPS) for score in scores]
    return body


def experiment_item_body(item: ExperimentItem, groups: Collection[str], scores: Sequence[Score]) -> ExperimentItemBody:
    """Return the item with its core keys and those of ``groups``."""
    body: ExperimentItemBody = {
        "id": item.id,
        "traceId": item.trace_id,
        "startTime": to_millis(item.start_time),
        "endTime": to_millis_or_none(item.end_time),
        "level": item.level,
        "environment": item.environment,
        "experimentId": item.experiment_id,
        "experimentName": item.experiment_name,
        "experimentItemId": item.item_id,
    }
    if "dataset" in groups:
        body["experimentDatasetId"] = item.dataset_id or None
        body["experimentItemVersion"] = _time(item.item_version)
    if "io" in groups:
        body["input"] = payload_text(item.input)
        body["output"] = payload_text(item.output)
        body["expectedOutput"] = payload_text(item.expected_output)
    if "metadata" in groups:
        body["metadata"] = json_object(item.metadata)
    if "itemMetadata" in groups:
        body["experimentItemMetadata"] = _object(item.item_metadata)
    if "experimentMetadata" in groups:
        body["experimentMetadata"] = _object(item.experiment_metadata)
        body["experimentDescription"] = item.experiment_description or None
    if "scores" in groups:
        body["scores"] = [score_v3(score, SCORE_GROUPS) for score in scores]
    return body


def _object(text: str | None) -> dict[str, Json] | None:
    """Return metadata as an object; what is none is put into one."""
    if not text:
        return None
    value = decode_value(text)
    return value if isinstance(value, dict) else {"metadata": value}


def _time(text: str) -> str | None:
    try:
        return to_millis(parse_time(text)) if text else None
    except ValueError:
        return None
