"""The bodies of legacy trace and observation events, and the fields they set. Knows no envelope.

A body may carry any field of its entity, whatever its event type: a span with a model is kept whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from spanwise_server.domain.models import CostSource
from spanwise_server.domain.observations import ObservationType
from spanwise_server.domain.payloads import encode_value
from spanwise_server.ingest.decode.batch_fields import (
    FieldSink,
    Rule,
    Table,
    check_id,
    describe,
    read_bool,
    read_environment,
    read_fields,
    read_id,
    read_json_object,
    read_level,
    read_metadata,
    read_payload,
    read_tags,
    read_text,
    read_time,
    read_version_number,
)
from spanwise_server.ingest.usage import (
    UNRECOGNISED_COST_KEY,
    UNRECOGNISED_USAGE_KEY,
    merge_units,
    normalise_cost,
    normalise_usage,
)

OBSERVATION_TYPES: Final = frozenset(kind for kind in ObservationType if kind is not ObservationType.TRACE)

_LONGEST_TRACE_NAME: Final = 1000
_LEGACY_COSTS: Final = MappingProxyType({"inputCost": "input", "outputCost": "output", "totalCost": "total"})
_DEFAULT_UNIT: Final = "TOKENS"


def _read_trace_name(sink: FieldSink, name: str, value: Any) -> None:
    if value.__class__ is str and len(value) > _LONGEST_TRACE_NAME:
        raise ValueError(f"must have at most {_LONGEST_TRACE_NAME} characters, got {len(value)}")
    read_text(sink, name, value)


_PAYLOAD_RULES: Final = {
    "environment": Rule("environment", read_environment),
    "input": Rule("input", read_payload),
    "output": Rule("output", read_payload),
    "metadata": Rule("metadata", read_metadata),
    "version": Rule("version", read_text, keeps_null=True),
}

TRACE_TABLE: Final[Table] = MappingProxyType(
    {
        **_PAYLOAD_RULES,
        "timestamp": Rule("start_time", read_time),
        "name": Rule("name", _read_trace_name, keeps_null=True),
        "userId": Rule("user_id", read_text, keeps_null=True),
        "sessionId": Rule("session_id", read_text, keeps_null=True),
        "release": Rule("release", read_text, keeps_null=True),
        "tags": Rule("tags", read_tags),
        "public": Rule("trace_public", read_bool),
    }
)
"""Fields of a trace record. Null clears a text; for anything that is merged or fixed at first sight it says nothing."""

OBSERVATION_TABLE: Final[Table] = MappingProxyType(
    {
        **_PAYLOAD_RULES,
        "traceId": Rule("trace_id", read_id),
        "parentObservationId": Rule("parent_id", read_id, keeps_null=True),
        "name": Rule("name", read_text, keeps_null=True),
        "startTime": Rule("start_time", read_time),
        "endTime": Rule("end_time", read_time, keeps_null=True),
        "completionStartTime": Rule("completion_start_time", read_time, keeps_null=True),
        "level": Rule("level", read_level, keeps_null=True),
        "statusMessage": Rule("status_message", read_text, keeps_null=True),
        "model": Rule("model", read_text, keeps_null=True),
        "modelParameters": Rule("model_parameters", read_json_object, keeps_null=True),
        "promptName": Rule("prompt_name", read_text, keeps_null=True),
        "promptVersion": Rule("prompt_version", read_version_number, keeps_null=True),
    }
)
"""Fields of an observation, except usage and cost, which are read together."""

EVENT_TABLE: Final[Table] = MappingProxyType({key: rule for key, rule in OBSERVATION_TABLE.items() if key != "endTime"})
"""An event is a moment: an end is not kept."""


def read_observation(body: Mapping[str, Any], kind: str, sink: FieldSink) -> None:
    """Read an observation body of type ``kind`` into ``sink``."""
    sink.fields["type"] = kind
    read_fields(body, EVENT_TABLE if kind == "EVENT" else OBSERVATION_TABLE, sink)
    if (body.get("promptName") is None) != (body.get("promptVersion") is None):
        sink.reject("promptName and promptVersion must be given together", "body", "promptVersion")
    if "usage" in body or "usageDetails" in body or "costDetails" in body:
        _read_usage_and_cost(body, sink)


def read_trace(body: Mapping[str, Any], sink: FieldSink) -> None:
    """Read a trace body into ``sink``."""
    read_fields(body, TRACE_TABLE, sink)


def read_body_id(body: Mapping[str, Any], sink: FieldSink) -> str:
    """Return the entity's id; empty when the client gave none."""
    value = body.get("id")
    if value is None:
        return ""
    try:
        return check_id(value)
    except ValueError as error:
        sink.reject(str(error), "body", "id")
        return ""


def _read_usage_and_cost(body: Mapping[str, Any], sink: FieldSink) -> None:
    """Read ``usage`` (the older form, which carries cost too), ``usageDetails`` and ``costDetails``; the newer ones win."""
    legacy, costs = _split_legacy_usage(body.get("usage"))
    given = normalise_usage(legacy)
    details = normalise_usage(body.get("usageDetails"))
    units = merge_units(given.units, details.units)
    if units:
        sink.fields["usage"] = units
        sink.fields["usage_estimated"] = False
    cost_details = body.get("costDetails")
    if costs and (cost_details is None or cost_details.__class__ is dict):
        cost_details = {**costs, **(cost_details or {})}
    cost = normalise_cost(cost_details)
    if not cost.usd and (details.reported_cost is not None or given.reported_cost is not None):
        cost = normalise_cost(given.reported_cost if details.reported_cost is None else details.reported_cost)
    if cost.usd:
        sink.fields["cost"] = cost.usd
        sink.fields["total_cost"] = cost.total
        sink.fields["cost_source"] = CostSource.PROVIDED.value
    for key, unrecognised in (
        (UNRECOGNISED_USAGE_KEY, {**given.unrecognised, **details.unrecognised}),
        (UNRECOGNISED_COST_KEY, cost.unrecognised),
    ):
        if unrecognised:
            sink.fields.setdefault("metadata", {})[key] = encode_value(unrecognised)


def _split_legacy_usage(usage: Any) -> tuple[Any, dict[str, Any]]:  # any JSON value
    """Return the counts of a legacy usage, and its costs by today's names."""
    if usage.__class__ is not dict:
        return usage, {}
    counts = {key: value for key, value in usage.items() if key not in _LEGACY_COSTS and value is not None}
    if counts.get("unit") == _DEFAULT_UNIT:
        del counts["unit"]
    costs = {name: usage[key] for key, name in _LEGACY_COSTS.items() if usage.get(key) is not None}
    return counts, costs


def name_type(value: Any) -> str:  # any JSON value
    """Return the observation type that an ``observation-create`` body names."""
    if value.__class__ is not str or value not in OBSERVATION_TYPES:
        raise ValueError(f"must be one of {', '.join(sorted(OBSERVATION_TYPES))}, got {describe(value)}")
    return str(value)
