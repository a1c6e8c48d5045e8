"""Model definitions on the wire: the answer, and the body that makes or replaces one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from spanwise_server.api.listing.parameters import Time
from spanwise_server.api.request_bodies import FiniteNumber, RequestBody, StoredText, StrictBool
from spanwise_server.api.schemas.json_values import Json, number, one_of
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_millis, to_millis_or_none
from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.models import (
    DEFAULT_UNIT,
    STANDARD_TIER,
    AttributeCondition,
    Comparator,
    Condition,
    ModelDefinition,
    PricingTier,
    UsageCondition,
    flat_prices,
)
from spanwise_server.services.pricing.models import ModelDraft

_MAX_KEYS: Final = 256
_MAX_TIERS: Final = 100
_MAX_VALUES: Final = 100

Unit = Literal["CHARACTERS", "TOKENS", "MILLISECONDS", "SECONDS", "IMAGES", "REQUESTS"]
_Operator = Literal["gt", "gte", "lt", "lte", "eq", "neq"]
_Price = Annotated[FiniteNumber, Field(ge=0)]
_Key = Annotated[StoredText, Field(min_length=1, max_length=200)]


class UsageConditionBody(TypedDict):
    """Compares the sum of the units whose usage key contains a match of the pattern."""

    usageDetailPattern: str
    operator: Annotated[str, one_of(Comparator)]
    value: float
    caseSensitive: bool


class AttributeConditionBody(TypedDict):
    """Compares a top-level model parameter or metadata value."""

    source: Annotated[str, one_of(("model_parameters", "metadata"))]
    key: str
    operator: Annotated[str, one_of(("in",))]
    values: list[str]


class PricingTierBody(TypedDict):
    """One set of prices in USD for one unit, by usage key, and when it applies."""

    id: str
    name: str
    isDefault: bool
    priority: int
    conditions: list[UsageConditionBody | AttributeConditionBody]
    prices: dict[str, float]


class ModelPriceBody(TypedDict):
    """USD for one unit."""

    price: float


class ModelBody(TypedDict):
    """A model definition. The flat prices and ``prices`` are those of the default tier."""

    id: str
    modelName: str
    matchPattern: str
    startDate: str | None
    unit: Annotated[str, one_of(get_args(Unit))] | None
    inputPrice: float | None
    outputPrice: float | None
    totalPrice: float | None
    tokenizerId: str | None
    tokenizerConfig: Json
    isLangfuseManaged: bool
    createdAt: str
    prices: dict[str, ModelPriceBody]
    pricingTiers: list[PricingTierBody]


class ModelPage(TypedDict):
    """A numbered page of model definitions, by name."""

    data: list[ModelBody]
    meta: PageMeta


def model_body(model: ModelDefinition) -> ModelBody:
    """Return a definition as the API shows it."""
    flat = flat_prices(model)
    return {
        "id": model.id,
        "modelName": model.name,
        "matchPattern": model.match_pattern,
        "startDate": to_millis_or_none(model.start_date),
        "unit": model.unit,
        "inputPrice": number(flat.input),
        "outputPrice": number(flat.output),
        "totalPrice": number(flat.total),
        "tokenizerId": model.tokenizer_id,
        "tokenizerConfig": model.tokenizer_config,
        "isLangfuseManaged": model.is_built_in,
        "createdAt": to_millis(model.created_at),
        "prices": {key: {"price": float(price)} for key, price in model.default_tier.prices.items()},
        "pricingTiers": [_tier_body(tier) for tier in model.tiers],
    }


def _tier_body(tier: PricingTier) -> PricingTierBody:
    return {
        "id": tier.id,
        "name": tier.name,
        "isDefault": tier.is_default,
        "priority": tier.priority,
        "conditions": [body for condition in tier.conditions if (body := _condition_body(condition)) is not None],
        "prices": {key: float(price) for key, price in tier.prices.items()},
    }


def _condition_body(condition: Condition) -> UsageConditionBody | AttributeConditionBody | None:
    """Return a condition, or none for an hour of the day, which the API has no shape for; the tier's name says it."""
    if isinstance(condition, UsageCondition):
        return {
            "usageDetailPattern": condition.pattern,
            "operator": condition.comparator.value,
            "value": float(condition.value),
            "caseSensitive": condition.is_case_sensitive,
        }
    if isinstance(condition, AttributeCondition):
        return {
            "source": condition.source,
            "key": condition.key,
            "operator": "in",
            "values": list(condition.values),
        }
    return None


class UsageConditionRequest(RequestBody):
    """The sum of all units whose usage key contains a match of the pattern, compared with a value."""

    usage_detail_pattern: Annotated[StoredText, Field(min_length=1, description="Regular expression (RE2), searched for.")]
    operator: _Operator
    value: FiniteNumber
    case_sensitive: StrictBool = False

    def condition(self) -> Condition:
        """Return it as the domain has it."""
        value = Decimal(repr(self.value))
        return UsageCondition(self.usage_detail_pattern, Comparator(self.operator), value, self.case_sensitive)


class AttributeConditionRequest(RequestBody):
    """A top-level model parameter or metadata value that is one of several texts."""

    source: Literal["model_parameters", "metadata"]
    key: _Key
    operator: Literal["in"]
    values: Annotated[list[StoredText], Field(min_length=1, max_length=_MAX_VALUES)]

    def condition(self) -> Condition:
        """Return it as the domain has it."""
        return AttributeCondition(self.source, self.key, tuple(self.values))


class PricingTierRequest(RequestBody):
    """One set of prices and when it applies."""

    name: Annotated[StoredText, Field(min_length=1, max_length=200)]
    is_default: StrictBool
    priority: Annotated[int, Field(ge=0, le=10_000, strict=True)]
    conditions: Annotated[list[UsageConditionRequest | AttributeConditionRequest], Field(max_length=20)]
    prices: Annotated[
        dict[_Key, _Price], Field(min_length=1, max_length=_MAX_KEYS, description="USD for one unit, by usage key.")
    ]

    def tier(self) -> PricingTier:
        """Return it as the domain has it; its id is not known yet."""
        prices = {key: Decimal(repr(price)) for key, price in self.prices.items()}
        conditions = tuple(condition.condition() for condition in self.conditions)
        return PricingTier("", self.name, prices, self.priority, conditions)


class ModelRequest(RequestBody):
    """A model definition: prices either flat (``inputPrice``, ``outputPrice``, ``totalPrice``) or as ``pricingTiers``."""

    model_config = ConfigDict(protected_namespaces=())  # the API's own names begin with "model"

    model_name: Annotated[StoredText, Field(min_length=1, max_length=500)]
    match_pattern: Annotated[
        StoredText, Field(min_length=1, description="Regular expression (RE2) that is searched for in a model name.")
    ]
    unit: Unit | None = None
    start_date: Time | None = None
    input_price: _Price | None = None
    output_price: _Price | None = None
    total_price: _Price | None = None
    pricing_tiers: Annotated[list[PricingTierRequest], Field(max_length=_MAX_TIERS)] | None = None
    tokenizer_id: Literal["openai", "claude"] | None = None
    tokenizer_config: Any = None  # any JSON value

    def draft(self) -> ModelDraft:
        """Return the definition that is asked for.

        Raises:
            InvalidRequestError: its parts do not fit together.
        """
        issues = [*self._price_issues(), *self._tier_issues()]
        if issues:
            raise InvalidRequestError("; ".join(issue.message for issue in issues), issues=issues)
        return ModelDraft(
            name=self.model_name,
            match_pattern=self.match_pattern,
            start_date=self.start_date,
            unit=self.unit or DEFAULT_UNIT,
            tiers=tuple(tier.tier() for tier in self.pricing_tiers or ()) or (self._flat_tier(),),
            tokenizer_id=self.tokenizer_id,
            tokenizer_config=self.tokenizer_config,
        )

    def _flat(self) -> dict[str, float]:
        prices = {"input": self.input_price, "output": self.output_price, "total": self.total_price}
        return {key: price for key, price in prices.items() if price is not None}

    def _flat_tier(self) -> PricingTier:
        return PricingTier("", STANDARD_TIER, {key: Decimal(repr(price)) for key, price in self._flat().items()})

    def _price_issues(self) -> Sequence[Issue]:
        flat = self._flat()
        if flat and self.pricing_tiers:
            return [Issue("give either flat prices or pricingTiers, not both", ("pricingTiers",), "conflict")]
        if not flat and not self.pricing_tiers:
            return [Issue("give inputPrice, outputPrice or totalPrice, or pricingTiers", ("pricingTiers",), "missing")]
        if "total" in flat and len(flat) > 1:
            return [Issue("totalPrice cannot be given beside inputPrice or outputPrice", ("totalPrice",), "conflict")]
        return []

    def _tier_issues(self) -> Sequence[Issue]:
        tiers = self.pricing_tiers
        if not tiers:
            return []
        issues = []
        if sum(tier.is_default for tier in tiers) != 1:
            issues.append(Issue("exactly one tier must be the default", ("pricingTiers",), "default_tier"))
        for position, tier in enumerate(tiers):
            if tier.is_default and (tier.priority or tier.conditions):
                message = "the default tier has priority 0 and no conditions"
                issues.append(Issue(message, ("pricingTiers", position), "default_tier"))
            if not tier.is_default and not tier.conditions:
                message = "a tier that is not the default needs at least one condition"
                issues.append(Issue(message, ("pricingTiers", position, "conditions"), "missing"))
        return issues
