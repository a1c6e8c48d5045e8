"""Definitions between the wire and the domain: no digit of a price is lost."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.api.schemas.models import ModelRequest, model_body
from spanwise_server.domain.models import ModelDefinition, PricingTier, TimeOfDayCondition


@given(st.floats(0, 1e6))
def test_a_price_is_the_number_that_was_written(price: float) -> None:
    request = ModelRequest.model_validate({"modelName": "m", "matchPattern": "m", "inputPrice": price})

    (tier,) = request.draft().tiers

    assert tier.prices == {"input": Decimal(repr(price))}


def test_an_hour_of_the_day_is_shown_by_the_name_of_its_tier_alone() -> None:
    tiers = (
        PricingTier("d", "Standard", {"input": Decimal(1)}),
        PricingTier("n", "01:00 to 02:00 UTC", {"input": Decimal(2)}, 1, (TimeOfDayCondition(60, 120),)),
    )
    model = ModelDefinition(id="m", project_id=None, name="m", match_pattern="m", tiers=tiers, created_at=0, updated_at=0)

    shown = model_body(model)["pricingTiers"][1]

    assert (shown["name"], shown["isDefault"], shown["conditions"]) == ("01:00 to 02:00 UTC", False, [])
