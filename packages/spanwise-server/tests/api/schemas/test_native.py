"""The native shapes: snake_case, microseconds, previews, payload text as it is stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from spanwise_server.api.schemas.native import (
    NativeObservation,
    NativeObservationItem,
    NativeScoreItem,
    NativeTrace,
    NativeTraceItem,
    native_observation,
    native_observation_item,
    native_score_item,
    native_trace,
    native_trace_item,
)
from spanwise_server.domain.traces import Trace
from tests.event_rows import START, observation, score


def shown(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def test_a_listed_trace() -> None:
    trace = Trace(
        project_id="p",
        id="t",
        timestamp=START + 7,
        input="i" * 300,
        output="o",
        latency_us=1500,
        level_counts={"ERROR": 2},
        cost={"total": Decimal("0.5")},
        total_cost=Decimal("0.5"),
    )
    item = shown(native_trace_item(trace))
    assert set(item) == set(NativeTraceItem.__annotations__)
    assert item["timestamp"] == "2026-09-21T14:13:20.000007Z"
    assert (item["input_preview"], item["output_preview"]) == ("i" * 200, "o")
    assert item["level_counts"] == {"DEBUG": 0, "DEFAULT": 0, "WARNING": 0, "ERROR": 2}
    assert (item["latency_seconds"], item["total_cost_usd"]) == (0.0015, 0.5)
    assert (item["name"], item["user_id"], item["session_id"], item["release"], item["version"]) == (None,) * 5


def test_a_cost_that_is_not_known_is_null_and_one_of_nothing_is_zero() -> None:
    unknown = Trace(project_id="p", id="t", timestamp=START)
    free = Trace(project_id="p", id="t", timestamp=START, cost={"total": Decimal(0)})
    assert native_trace_item(unknown)["total_cost_usd"] is None
    assert native_trace_item(free)["total_cost_usd"] == 0.0


def test_one_trace_keeps_payload_text_as_it_is() -> None:
    trace = Trace(project_id="p", id="t", timestamp=START, input='"1"', output='{"a":1}', metadata={"n": "1"}, created_at=1)
    details = shown(native_trace(trace))
    assert set(details) == set(NativeTrace.__annotations__) | set(NativeTraceItem.__annotations__)
    assert (details["input"], details["output"], details["metadata"]) == ('"1"', '{"a":1}', {"n": 1})
    assert details["created_at"] == "1970-01-01T00:00:00.000001Z"


def test_observations() -> None:
    row = observation(
        "p",
        "o",
        parent_id="r",
        end_time=START + 10,
        model_parameters='{"t":1}',
        cost={"input": Decimal("0.1")},
        total_cost=Decimal("0.1"),
        span_events='[{"name":"e"}]',
        truncated=["input"],
        called_tool_names=["f", "f"],
    )
    item = shown(native_observation_item(row))
    assert set(item) == set(NativeObservationItem.__annotations__)
    assert (item["latency_seconds"], item["model_parameters"], item["cost_usd"]) == (0.00001, {"t": 1}, {"input": 0.1})
    assert (item["is_root"], item["parent_id"], item["truncated"]) == (False, "r", ["input"])
    whole = shown(native_observation(row))
    assert set(whole) == set(NativeObservation.__annotations__) | set(NativeObservationItem.__annotations__)
    assert (whole["span_events"], whole["span_links"], whole["input"]) == ([{"name": "e"}], [], None)
    assert shown(native_observation_item(observation("p", "o")))["model_parameters"] is None


@pytest.mark.parametrize(
    ("fields", "value"),
    [({"value": 0.5}, 0.5), ({"data_type": "BOOLEAN", "value": 1.0}, True), ({"data_type": "TEXT", "string_value": "w"}, "w")],
)
def test_scores(fields: dict[str, Any], value: object) -> None:
    item = shown(native_score_item(score("p", "s", trace_id="t", **fields)))
    assert set(item) == set(NativeScoreItem.__annotations__)
    assert item["value"] == value
    assert (item["trace_id"], item["observation_id"], item["metadata"]) == ("t", None, {})
