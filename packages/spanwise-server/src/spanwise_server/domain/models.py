"""Model definitions: which model names they mean, and what a unit of each kind costs. No I/O, no wire names.

Prices are US dollars for one unit, exact decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import msgspec

from spanwise_server.domain.observations import Micros
from spanwise_server.domain.usage_keys import KINDS, UnitKind

STANDARD_TIER: Final = "Standard"
DEFAULT_UNIT: Final = "TOKENS"
UNITS: Final = frozenset({"CHARACTERS", "TOKENS", "MILLISECONDS", "SECONDS", "IMAGES", "REQUESTS"})


class CostSource(StrEnum):
    """Where the cost of an observation comes from. Empty: it has none."""

    PROVIDED = "provided"
    """The client said it."""
    MODEL = "model"
    """Units times the prices of a model definition."""
    NONE = ""


class Comparator(StrEnum):
    """How a tier compares the units that its pattern selects with its value."""

    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    EQ = "eq"
    NEQ = "neq"


class UsageCondition(msgspec.Struct, frozen=True, tag="usage"):
    """The sum of the units whose key contains a match of ``pattern`` compares so with ``value``."""

    pattern: str
    comparator: Comparator
    value: Decimal
    is_case_sensitive: bool = False


class AttributeCondition(msgspec.Struct, frozen=True, tag="attribute"):
    """A top-level model parameter or metadata value is one of ``values``."""

    source: str
    """``model_parameters`` or ``metadata``."""
    key: str
    values: tuple[str, ...]


class TimeOfDayCondition(msgspec.Struct, frozen=True, tag="time_of_day"):
    """The observation starts within these minutes of the day, UTC; built-in prices alone have it."""

    start_minute: int
    end_minute: int
    """Exclusive. Before ``start_minute``: over midnight."""


Condition = UsageCondition | AttributeCondition | TimeOfDayCondition


class PricingTier(msgspec.Struct, frozen=True):
    """One set of prices and when it applies."""

    id: str
    name: str
    prices: Mapping[str, Decimal]
    """USD for one unit, by usage key."""
    priority: int = 0
    conditions: tuple[Condition, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether it applies when no other tier does."""
        return not self.conditions


class ModelDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """What a model name means and costs, in one project or (built in) in all."""

    id: str
    project_id: str | None
    """``None`` for a built-in model."""
    name: str
    match_pattern: str
    start_date: Micros | None = None
    """Orders definitions that match the same name: the newest first, those without a date last."""
    unit: str | None = DEFAULT_UNIT
    tiers: tuple[PricingTier, ...]
    """The default tier, then the others by ascending priority."""
    tokenizer_id: str | None = None
    tokenizer_config: Any = None
    """JSON as the client sent it."""
    created_at: Micros
    updated_at: Micros

    @property
    def is_built_in(self) -> bool:
        """Whether it belongs to no project."""
        return self.project_id is None

    @property
    def default_tier(self) -> PricingTier:
        """The tier that applies when no other does."""
        return self.tiers[0]


def price_of(prices: Mapping[str, Decimal], kind: UnitKind) -> Decimal | None:
    """Return the price of ``kind`` under whichever spelling ``prices`` has it, first of all its own."""
    own = prices.get(kind.value)
    if own is not None:
        return own
    return next((price for key, price in prices.items() if KINDS.get(key) is kind), None)


class FlatPrices(msgspec.Struct, frozen=True):
    """USD for one unit of input, output, or anything, by the default tier; ``None`` where it says nothing."""

    input: Decimal | None = None
    output: Decimal | None = None
    total: Decimal | None = None


def flat_prices(model: ModelDefinition) -> FlatPrices:
    """Return the default tier's prices in their oldest form."""
    prices = model.default_tier.prices
    return FlatPrices(price_of(prices, UnitKind.INPUT), price_of(prices, UnitKind.OUTPUT), price_of(prices, UnitKind.TOTAL))
