"""What holds for every usage and every price, whatever they are."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.models import CostSource, ModelDefinition, PricingTier
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.usage_keys import CONTAINED, FALLBACKS, KINDS, UnitKind
from spanwise_server.ingest.usage import COST_MAX
from spanwise_server.services.pricing.compiled import CompiledModel
from spanwise_server.services.pricing.observation_prices import reset, set_price

KEYS = st.sampled_from([*KINDS, *CONTAINED, "something_else", "images"])
USAGE = st.dictionaries(KEYS, st.integers(0, 10**9), max_size=8)
PRICE = st.decimals(0, 1, places=9, allow_nan=False)
PRICES = st.dictionaries(st.sampled_from([kind.value for kind in UnitKind if kind is not UnitKind.TOTAL]), PRICE, min_size=1)


def _model(*tiers: PricingTier) -> CompiledModel:
    definition = ModelDefinition(id="m", project_id="p", name="m", match_pattern="m", tiers=tiers, created_at=0, updated_at=0)
    return CompiledModel(definition)


def _row(usage: dict[str, int], **fields: object) -> Observation:
    return Observation(project_id="p", trace_id="t", id="o", start_time=0, model="m", usage=usage, **fields)  # type: ignore[arg-type]  # fields by name


@given(USAGE, PRICES)
def test_a_cost_is_never_negative_and_is_the_sum_of_its_parts(usage: dict[str, int], prices: dict[str, Decimal]) -> None:
    row = _row(usage)

    set_price(row, _model(PricingTier("t", "Standard", prices)))

    assert all(amount >= 0 for amount in row.cost.values())
    if row.cost:
        parts = sum((amount for key, amount in row.cost.items() if key != "total"), Decimal(0))
        assert abs(min(parts, COST_MAX) - row.cost["total"]) <= Decimal("1e-12") * len(row.cost)
        assert row.total_cost == row.cost["total"]
        assert row.cost_source == CostSource.MODEL


@given(USAGE, PRICES, st.integers(2, 1000))
def test_cost_grows_with_units_and_with_prices(usage: dict[str, int], prices: dict[str, Decimal], factor: int) -> None:
    prices.pop(UnitKind.REQUEST.value, None)
    once, more, dearer = _row(usage), _row({key: count * factor for key, count in usage.items()}), _row(usage)
    set_price(once, _model(PricingTier("t", "Standard", prices)))
    set_price(more, _model(PricingTier("t", "Standard", prices)))
    set_price(dearer, _model(PricingTier("t", "Standard", {key: price * factor for key, price in prices.items()})))

    limit = Decimal(999_999)
    if once.total_cost is not None and once.total_cost * factor < limit:
        assert more.total_cost is not None
        assert abs(more.total_cost - once.total_cost * factor) <= Decimal("1e-9")
        assert more.total_cost == dearer.total_cost


@given(USAGE, PRICES, st.decimals(0, 100, places=6))
def test_a_given_cost_stays_whatever_the_model(usage: dict[str, int], prices: dict[str, Decimal], given_cost: Decimal) -> None:
    row = _row(usage, cost={"total": given_cost}, total_cost=given_cost, cost_source="provided")

    reset(row)
    set_price(row, _model(PricingTier("t", "Standard", prices)))

    assert (row.cost, row.total_cost, row.cost_source) == ({"total": given_cost}, given_cost, "provided")
    assert (row.model_id, row.price_tier_id) == ("m", "")


@given(USAGE, PRICES, PRICES)
def test_pricing_again_starts_from_what_was_said(
    usage: dict[str, int], first: dict[str, Decimal], second: dict[str, Decimal]
) -> None:
    fresh, again = _row(dict(usage)), _row(dict(usage))
    set_price(again, _model(PricingTier("t", "Standard", first)))

    for row in (fresh, again):
        reset(row)
        set_price(row, _model(PricingTier("t2", "Other", second)))

    assert again == fresh


@given(st.sampled_from(list(FALLBACKS)), st.integers(1, 10**6))
def test_a_kind_without_a_price_is_billed_as_what_it_is_part_of(kind: UnitKind, count: int) -> None:
    parent = FALLBACKS[kind]
    row = _row({kind.value: count})

    set_price(row, _model(PricingTier("t", "Standard", {parent.value: Decimal("0.000001")})))

    assert row.total_cost == count * Decimal("0.000001")
