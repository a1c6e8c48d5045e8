"""Which tier applies: conditions on units and attributes, in the order of priority."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.models import (
    AttributeCondition,
    Comparator,
    ModelDefinition,
    PricingTier,
    TimeOfDayCondition,
    UsageCondition,
)
from spanwise_server.domain.observations import Observation
from spanwise_server.services.pricing.compiled import CompiledModel
from spanwise_server.services.pricing.observation_prices import set_price


def _model(*tiers: PricingTier) -> CompiledModel:
    definition = ModelDefinition(id="m", project_id="p", name="m", match_pattern="m", tiers=tiers, created_at=0, updated_at=0)
    return CompiledModel(definition)


def _row(usage: dict[str, int], **fields: object) -> Observation:
    return Observation(project_id="p", trace_id="t", id="o", start_time=0, model="m", usage=usage, **fields)  # type: ignore[arg-type]  # fields by name


@given(st.integers(0, 400_000), st.booleans())
def test_the_first_tier_whose_conditions_all_hold_counts(tokens: int, is_fast: bool) -> None:  # noqa: FBT001 - an example
    long = UsageCondition("^input", Comparator.GT, Decimal(200_000))
    fast = AttributeCondition("model_parameters", "speed", ("fast",))
    model = _model(
        PricingTier("d", "Standard", {"input": Decimal(1)}),
        PricingTier("b", "Fast and long", {"input": Decimal(4)}, 1, (long, fast)),
        PricingTier("l", "Long", {"input": Decimal(3)}, 2, (long,)),
        PricingTier("f", "Fast", {"input": Decimal(2)}, 3, (fast,)),
    )
    row = _row({"input": tokens, "output": 999_999}, model_parameters='{"speed":"fast"}' if is_fast else "{}")

    set_price(row, model)

    expected = {
        (True, True): "Fast and long",
        (True, False): "Long",
        (False, True): "Fast",
        (False, False): "Standard",
    }[tokens > 200_000, is_fast]
    assert row.price_tier == expected


def test_every_comparison_and_source_of_a_condition() -> None:
    def holds(condition: UsageCondition | AttributeCondition, **fields: object) -> bool:
        row = _row({"input": 10}, **fields)
        set_price(
            row,
            _model(
                PricingTier("d", "no", {"input": Decimal(1)}), PricingTier("y", "yes", {"input": Decimal(1)}, 1, (condition,))
            ),
        )
        return row.price_tier == "yes"

    for comparator, expected in (
        ("gt", "no no yes"),
        ("gte", "no yes yes"),
        ("lt", "yes no no"),
        ("lte", "yes yes no"),
        ("eq", "no yes no"),
        ("neq", "yes no yes"),
    ):
        found = [holds(UsageCondition("input", Comparator(comparator), Decimal(value))) for value in (11, 10, 9)]
        wanted = [word == "yes" for word in expected.split()]
        assert found == wanted, comparator
    assert holds(UsageCondition("INPUT", Comparator.GT, Decimal(1)))
    assert not holds(UsageCondition("INPUT", Comparator.GT, Decimal(1), is_case_sensitive=True))
    assert holds(AttributeCondition("metadata", "plan", ("gold",)), metadata={"plan": '"gold"'})
    assert not holds(AttributeCondition("metadata", "plan", ("gold",)), metadata={"plan": '{"gold":1}'})
    assert holds(AttributeCondition("model_parameters", "n", ("1",)), model_parameters='{"n":1}')
    assert not holds(AttributeCondition("model_parameters", "n", ("1",)), model_parameters='{"n":1')


def test_hours_of_the_day_may_go_over_midnight() -> None:
    night = PricingTier("n", "Night", {"input": Decimal(1)}, 1, (TimeOfDayCondition(23 * 60, 60),))
    model = _model(PricingTier("d", "Standard", {"input": Decimal(2)}), night)

    def tier_at(minute: int) -> str:
        row = _row({"input": 1})
        row.start_time = minute * 60_000_000
        set_price(row, model)
        return row.price_tier

    assert [tier_at(minute) for minute in (22 * 60 + 59, 23 * 60, 0, 59, 60)] == [
        "Standard",
        "Night",
        "Night",
        "Night",
        "Standard",
    ]
