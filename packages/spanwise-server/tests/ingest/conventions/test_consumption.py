"""Cost of an observation: reports, single amounts, and what is neither."""

from __future__ import annotations

import json
from decimal import Decimal

from tests.otlp_requests import observe_attributes

COST = "langfuse.observation.cost_details"


def test_a_cost_report_beats_single_amounts() -> None:
    row = observe_attributes({COST: '{"input": 0.5}', "gen_ai.usage.cost": 9, "llm.cost.total": 8})
    assert row.cost == {"input": Decimal("0.5"), "total": Decimal("0.5")}
    assert row.total_cost == Decimal("0.5")
    row = observe_attributes({COST: "{}", "gen_ai.usage.cost": 9, "llm.cost.total": 8})
    assert (row.cost, row.total_cost) == ({"total": Decimal(9)}, Decimal(9))


def test_a_cost_of_zero_is_a_cost() -> None:
    row = observe_attributes({COST: '{"total": 0}'})
    assert (row.cost, row.total_cost) == ({"total": Decimal(0)}, Decimal(0))
    assert observe_attributes({}).total_cost is None


def test_what_is_no_cost_stays_visible() -> None:
    row = observe_attributes({COST: '{"input": -1, "note": "free"}', "langfuse.observation.usage_details": '"lots"'})
    assert (row.cost, row.usage) == ({}, {})
    assert json.loads(row.metadata["cost_unrecognised"]) == {"input": -1, "note": "free"}
    assert json.loads(row.metadata["usage_unrecognised"]) == {"value": '"lots"'}
