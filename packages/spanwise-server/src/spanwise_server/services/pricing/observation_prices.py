"""The price of one observation: sets on the row what follows from its model, its usage and the cost that was given.

Decimals throughout: 28 digits, of which no cost below the largest that is kept needs more than 18. A cost is rounded once, to
12 fractional digits. Pure: no store, no clock.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from spanwise_server.domain.models import CostSource
from spanwise_server.domain.observations import Observation, ObservationType
from spanwise_server.domain.priced_units import Units, priced_units
from spanwise_server.domain.usage_keys import KINDS, UnitKind
from spanwise_server.ingest.usage import COST_MAX
from spanwise_server.services.pricing.compiled import CompiledModel, CompiledTier

_QUANTUM: Final = Decimal("0.000000000001")
_CONTEXT: Final = Context(prec=40, rounding=ROUND_HALF_EVEN)
_ZERO: Final = Decimal(0)
_PROVIDED: Final = CostSource.PROVIDED.value
_FROM_MODEL: Final = CostSource.MODEL.value


def reset(row: Observation) -> None:
    """Take back everything that an earlier pricing has set; what clients said stays."""
    if row.usage_estimated:
        row.usage = {}
        row.usage_estimated = False
    if row.cost_source != _PROVIDED:
        row.cost = {}
        row.total_cost = None
        row.cost_source = ""
    row.model_id = row.price_tier_id = row.price_tier = ""


def set_price(row: Observation, model: CompiledModel | None) -> None:
    """Price ``row``, which was ``reset``, by ``model``: a cost that was given stays, and the model is recorded anyway."""
    if model is None:
        return
    row.model_id = model.definition.id
    if row.cost_source == _PROVIDED or not row.usage:
        return
    units = priced_units(row.usage)
    tier = model.tier_for(row, units)
    cost, total = cost_of(units, tier, total_units=_total(row), has_request=bool(units))
    if not cost:
        return
    cost["total"] = total
    row.cost = cost
    row.total_cost = total
    row.cost_source = _FROM_MODEL
    row.price_tier_id = tier.tier.id
    row.price_tier = tier.tier.name


def cost_of(
    units: list[Units], tier: CompiledTier, *, total_units: int = 0, has_request: bool = True
) -> tuple[dict[str, Decimal], Decimal]:
    """Return USD by usage key, and their total: the price of the whole where the tier has one, else the exact sum."""
    cost: dict[str, Decimal] = {}
    exact = _ZERO
    known = tier.known
    for key, kind, count in units:
        price = known[key] if key in known else tier.price(key, kind)
        if price is not None:
            amount = cost[key] = price * count
            exact += amount
    if tier.request_price is not None and has_request and UnitKind.REQUEST.value not in cost:
        exact += tier.request_price
        cost[UnitKind.REQUEST.value] = tier.request_price
    if tier.total_price is not None and total_units:
        exact = tier.total_price * total_units
        cost.setdefault("total", _ZERO)
    if tier.is_fine and exact <= COST_MAX:
        return cost, exact
    return {key: _rounded(amount) for key, amount in cost.items()}, _rounded(exact)


def _rounded(amount: Decimal) -> Decimal:
    return _CONTEXT.quantize(amount, _QUANTUM) if amount < COST_MAX else COST_MAX


def _total(row: Observation) -> int:
    total = row.usage.get("total")
    if total is not None:
        return total
    return next((count for key, count in row.usage.items() if KINDS.get(key) is UnitKind.TOTAL), 0)


def may_estimate(row: Observation, model: CompiledModel | None) -> bool:
    """Say whether tokens may be counted in place of a usage that nobody reported.

    Only where a call to a model stands: an agent's span may name the model whose calls its children are.
    """
    return (
        model is not None
        and not row.usage
        and row.cost_source != _PROVIDED
        and row.level != "ERROR"
        and row.type in (ObservationType.GENERATION, ObservationType.EMBEDDING)
        and bool(row.input or row.output)
        and model.definition.tokenizer_id is not None
    )
