"""Traces of MLflow, whose attributes are JSON text throughout."""

from __future__ import annotations

import json

import pytest

from tests.golden_requests import content, named, observations_of, parent_of
from tests.otlp_requests import observe_attributes

_FOLDER = "mlflow-3.17.2"


def test_a_trace() -> None:
    types = {row["name"]: row["type"] for row in observations_of(_FOLDER)}
    assert types == {
        "weather_report": "AGENT",
        "look_up": "RETRIEVER",
        "Completions": "GENERATION",
        "get_weather": "TOOL",
    }
    (root,) = named(_FOLDER, "weather_report")
    assert (root["is_root"], content(root, "output"), root["trace_metadata"]) == (True, "Seven degrees.", {"stage": "beta"})
    first, _, failed = named(_FOLDER, "Completions")
    assert (first["model"], json.loads(first["model_parameters"])) == ("gpt-5.2-2026-01-01", {"temperature": 0.2})
    assert (content(first, "input")["messages"][0]["role"], first["called_tool_names"]) == ("system", ["get_weather"])
    assert (failed["model"], failed["level"], parent_of(_FOLDER, failed)) == ("refused", "ERROR", "weather_report")


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"input_tokens": 120, "output_tokens": 40, "cache_read_input_tokens": 64, "total_tokens": 160}, (56, 160)),
        ({"input_tokens": 36, "output_tokens": 40, "cache_read_input_tokens": 64, "total_tokens": 76}, (36, 140)),
        ({"input_tokens": 36, "output_tokens": 40, "cache_read_input_tokens": 20, "total_tokens": 96}, (36, 96)),
    ],
)
def test_cached_tokens_inside_and_beside_the_input(usage: dict[str, int], expected: tuple[int, int]) -> None:
    row = observe_attributes({"mlflow.spanType": '"LLM"', "mlflow.chat.tokenUsage": json.dumps(usage)})
    assert (row.usage["input"], row.usage["total"]) == expected


def test_lasting_cache_and_given_cost() -> None:
    usage = {
        "input_tokens": 100,
        "output_tokens": 1,
        "cache_creation_input_tokens": 30,
        "cache_creation_input_tokens_above_1hr": 10,
    }
    cost = {"input_cost": 0.5, "output_cost": 0.25, "total_cost": 0.75}
    row = observe_attributes(
        {"mlflow.spanType": '"LLM"', "mlflow.chat.tokenUsage": json.dumps(usage), "mlflow.llm.cost": json.dumps(cost)}
    )
    assert (row.usage["input"], row.usage["input_cache_creation_1h"]) == (70, 10)
    assert {key: float(amount) for key, amount in row.cost.items()} == {"input": 0.5, "output": 0.25, "total": 0.75}


def test_who_and_how_bad() -> None:
    attributes = {"mlflow.trace.user": '"ada"', "mlflow.trace.session": '"s-1"', "mlflow.spanLogLevel": "30"}
    row = observe_attributes(attributes)
    assert (row.user_id, row.session_id, row.level, row.type) == ("ada", "s-1", "WARNING", "SPAN")
