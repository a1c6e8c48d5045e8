"""The fields that can be filtered and sorted by, one table an entity: name, value kind, and where it comes from.

``derived`` fields of a trace are computed over its observations, so a filter on them applies after grouping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """The kind of a field's value, which decides the operators it takes."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    STRING_ARRAY = "string array"
    STRING_OBJECT = "string object"
    NUMBER_OBJECT = "number object"
    CATEGORY_OBJECT = "category object"
    BOOLEAN_OBJECT = "boolean object"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A row of a field table."""

    name: str
    kind: Kind


def _table(**kinds: str) -> Mapping[str, FieldSpec]:
    by_kind = {
        name: FieldSpec(name, Kind(kind))
        for kind_key, names in kinds.items()
        for name in names.split()
        for kind in [kind_key.replace("_", " ")]
    }
    return MappingProxyType(by_kind)


TRACE_FIELDS = _table(
    string="id name user_id session_id version release environment level",
    string_array="tags",
    boolean="public bookmarked",
    datetime="timestamp",
    string_object="metadata",
    number="latency input_tokens output_tokens total_tokens input_cost output_cost total_cost "
    "error_count warning_count default_count debug_count",
    number_object="scores_avg",
    category_object="score_categories",
    boolean_object="score_booleans",
)
"""Latency in seconds, cost in USD. ``level`` is the most severe one of its observations."""

OBSERVATION_FIELDS = _table(
    string="id type name trace_id trace_name level status_message version release environment trace_environment model "
    "model_id prompt_name user_id session_id parent_id public_key sdk_name sdk_version source experiment_dataset_id "
    "experiment_id experiment_name input output comment_content",
    string_array="tags tool_names called_tool_names",
    datetime="start_time end_time",
    number="latency time_to_first_token tokens_per_second input_tokens output_tokens total_tokens input_cost output_cost "
    "total_cost prompt_version tool_definitions tool_calls comment_count",
    boolean="has_parent is_root has_input has_output",
    string_object="metadata",
    number_object="scores_avg trace_scores_avg",
    category_object="score_categories trace_score_categories",
    boolean_object="score_booleans trace_score_booleans",
)
"""Latency and time to first token in seconds, cost in USD."""

SCORE_FIELDS = _table(
    string="id environment trace_id observation_id session_id dataset_run_id name evaluator_id string_value source data_type "
    "comment author_user_id config_id config_violation queue_id trace_name user_id",
    string_array="trace_tags",
    datetime="timestamp",
    number="value",
    boolean="boolean_value",
    string_object="metadata",
)

SESSION_FIELDS = _table(string="id environment", datetime="created_at")

PROMPT_FIELDS = _table(
    string="id name type",
    string_array="labels tags",
    number="version",
    datetime="created_at updated_at",
    string_object="config",
)

EXPERIMENT_FIELDS = _table(string="id name dataset_id")

EXPERIMENT_ITEM_FIELDS = _table(string="experiment_id experiment_name item_id dataset_id")
