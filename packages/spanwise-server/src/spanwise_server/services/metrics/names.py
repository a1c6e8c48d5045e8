"""What the metrics queries of the Langfuse API call things: wire name to field or measure of ``query.views``, by view."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from spanwise_server.query.aggregates import View
from spanwise_server.query.fields import FieldSpec
from spanwise_server.query.views import VIEWS
from spanwise_server.services.filter_columns import COLUMNS, FilterTarget


def _same(text: str) -> dict[str, str]:
    """Return names that differ only in their case: ``traceId`` for ``trace_id``."""
    names = text.split()
    return {first + "".join(part.title() for part in rest): name for name in names for first, *rest in [name.split("_")]}


_TRACE_DIMENSIONS: Final = _same("id name tags user_id session_id release version environment level timestamp_month metadata")
_OBSERVATION_DIMENSIONS: Final = {
    **_same(
        "id trace_id trace_name environment type name level version tags prompt_name prompt_version user_id session_id release "
        "trace_version start_time_month tool_names called_tool_names experiment_id experiment_name experiment_dataset_id "
        "cost_type usage_type metadata"
    ),
    "parentObservationId": "parent_id",
    "providedModelName": "model",
    "traceRelease": "release",
    "isRootObservation": "is_root",
}
_SCORE_DIMENSIONS: Final = {
    **_same(
        "id environment name source data_type trace_id trace_name user_id session_id trace_version config_id evaluator_id "
        "observation_id observation_name observation_prompt_name observation_prompt_version dataset_run_id experiment_id "
        "experiment_name experiment_dataset_id timestamp_month timestamp_day metadata"
    ),
    "tags": "trace_tags",
    "traceRelease": "release",
    "observationModelName": "observation_model",
}
_TARGETS: Final[Mapping[View, FilterTarget]] = MappingProxyType(
    {
        View.TRACES: "traces",
        View.OBSERVATIONS: "observations",
        View.SCORES_NUMERIC: "scores",
        View.SCORES_CATEGORICAL: "scores",
        View.SCORES_BOOLEAN: "scores",
    }
)

WIRE_DIMENSIONS: Final[Mapping[View, Mapping[str, str]]] = MappingProxyType(
    {
        View.TRACES: _TRACE_DIMENSIONS,
        View.OBSERVATIONS: _OBSERVATION_DIMENSIONS,
        View.SCORES_NUMERIC: {**_SCORE_DIMENSIONS, "value": "value"},
        View.SCORES_CATEGORICAL: {**_SCORE_DIMENSIONS, "stringValue": "string_value"},
        View.SCORES_BOOLEAN: {**_SCORE_DIMENSIONS, "booleanValue": "boolean_value"},
    }
)
WIRE_MEASURES: Final[Mapping[View, Mapping[str, str]]] = MappingProxyType(
    {view: MappingProxyType(_same(" ".join(spec.measures))) for view, spec in VIEWS.items()}
)
HIGH_CARDINALITY: Final = frozenset(
    {"id", "trace_id", "user_id", "session_id", "parent_id", "observation_id", "experiment_id", "dataset_run_id"}
)
"""Dimensions with nearly as many values as there are rows; version 2 of the API groups by them for the top few only."""


def _filter_columns(view: View) -> Mapping[str, FieldSpec]:
    fields = VIEWS[view].fields
    dimensions = {wire: fields[name] for wire, name in WIRE_DIMENSIONS[view].items() if name in fields}
    return MappingProxyType({**COLUMNS[_TARGETS[view]], **dimensions})


WIRE_COLUMNS: Final[Mapping[View, Mapping[str, FieldSpec]]] = MappingProxyType({view: _filter_columns(view) for view in View})
"""What a filter may name: the view's dimensions, and whatever lists of the same rows can be filtered by."""
