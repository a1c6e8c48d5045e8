"""The observation view: every key every time, in the types that clients insist on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from spanwise_server.api.schemas.observations import ObservationView, directed_cost, observation_view, units
from spanwise_server.domain.models import FlatPrices
from tests.event_rows import START, observation

PRICES = {"model-1": FlatPrices(input=Decimal("0.01"), output=Decimal("0.05"))}


def shown(**fields: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(observation_view(observation("p", "o", **fields), PRICES)))


def test_prices_are_those_of_the_model_that_it_was_priced_by() -> None:
    priced, unknown = shown(model_id="model-1"), shown(model_id="deleted")
    names = ("modelId", "inputPrice", "outputPrice", "totalPrice")
    assert [priced[name] for name in names] == ["model-1", 0.01, 0.05, None]
    assert [unknown[name] for name in names] == ["deleted", None, None, None]


def test_an_empty_observation_has_every_key() -> None:
    view = shown()
    assert set(view) == set(ObservationView.__annotations__)
    assert view["modelParameters"] == view["metadata"] == view["usageDetails"] == view["costDetails"] == {}
    assert view["usage"] == {
        "unit": "TOKENS", "input": 0, "output": 0, "total": 0, "inputCost": None, "outputCost": None, "totalCost": None,
    }  # fmt: skip
    empty = {
        "name",
        "endTime",
        "completionStartTime",
        "parentObservationId",
        "statusMessage",
        "version",
        "model",
        "input",
        "output",
    }
    empty |= {"promptId", "promptName", "promptVersion", "modelId", "inputPrice", "outputPrice", "totalPrice", "latency"}
    empty |= {"calculatedInputCost", "calculatedOutputCost", "calculatedTotalCost", "timeToFirstToken"}
    empty |= {"usagePricingTierId", "usagePricingTierName"}
    assert {key for key, value in view.items() if value is None} == empty


def test_a_full_generation() -> None:
    view = shown(
        type="GENERATION",
        name="answer",
        parent_id="root",
        end_time=START + 2_500_000,
        completion_start_time=START + 250_000,
        level="WARNING",
        status_message="slow",
        version="v2",
        model="gpt-x",
        model_parameters='{"temperature":0.5}',
        input='[{"role":"user"}]',
        output="plain text",
        metadata={"n": "1", "s": '"1"', "o": '{"a":[1]}'},
        usage={"input": 10, "input_cached": 5, "output": 7, "total": 22},
        cost={"input": Decimal("0.1"), "output": Decimal("0.25"), "total": Decimal("0.35")},
        total_cost=Decimal("0.35"),
        prompt_name="greeting",
        prompt_version=3,
    )
    assert view["startTime"] == "2026-09-21T14:13:20.000Z"
    assert view["endTime"] == "2026-09-21T14:13:22.500Z"
    assert (view["latency"], view["timeToFirstToken"]) == (2.5, 0.25)
    assert (view["input"], view["output"]) == ([{"role": "user"}], "plain text")
    assert view["modelParameters"] == {"temperature": 0.5}
    assert view["metadata"] == {"n": 1, "s": "1", "o": {"a": [1]}}
    assert view["usage"] == {
        "unit": "TOKENS", "input": 15, "output": 7, "total": 22, "inputCost": 0.1, "outputCost": 0.25, "totalCost": 0.35,
    }  # fmt: skip
    assert (view["unit"], view["promptTokens"], view["completionTokens"], view["totalTokens"]) == ("TOKENS", 15, 7, 22)
    assert view["costDetails"] == {"input": 0.1, "output": 0.25, "total": 0.35}
    assert (view["calculatedInputCost"], view["calculatedOutputCost"], view["calculatedTotalCost"]) == (0.1, 0.25, 0.35)
    assert (view["promptName"], view["promptVersion"]) == ("greeting", 3)
    assert view["createdAt"] == view["updatedAt"] == "2026-09-21T14:13:20.000Z"


@pytest.mark.parametrize(
    ("usage", "input_units", "output_units"),
    [({}, 0, 0), ({"input_cache_read": 2, "input": 1, "output_reasoning": 5, "other": 9}, 3, 5), ({"total": 4}, 0, 0)],
)
def test_units_sum_every_key_of_a_direction(usage: dict[str, int], input_units: int, output_units: int) -> None:
    assert (units(usage, "input"), units(usage, "output")) == (input_units, output_units)


def test_a_direction_without_cost_is_unknown_and_not_zero() -> None:
    assert directed_cost({"output": Decimal(1)}, "input") is None
    assert directed_cost({"input": Decimal(0)}, "input") == 0.0
    assert directed_cost({"input": Decimal("0.1"), "input_cached": Decimal("0.2")}, "input") == pytest.approx(0.3)
