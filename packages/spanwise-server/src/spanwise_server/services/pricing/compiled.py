"""A model definition made ready for pricing: patterns compiled, prices looked up once for each set of usage keys.

Owns the choice of the tier and the price of a key. It knows no observation and no store.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from spanwise_server.domain.models import (
    AttributeCondition,
    Comparator,
    Condition,
    ModelDefinition,
    PricingTier,
    TimeOfDayCondition,
    UsageCondition,
)
from spanwise_server.domain.observations import Micros, Observation
from spanwise_server.domain.payloads import decode_value
from spanwise_server.domain.priced_units import Units
from spanwise_server.domain.usage_keys import FALLBACKS, KINDS, UnitKind
from spanwise_server.ingest.usage import UNRECOGNISED_USAGE_KEY
from spanwise_server.services.pricing.patterns import compile_pattern

_COMPARATORS: Final[Mapping[Comparator, Callable[[Any, Any], bool]]] = {
    Comparator.GT: operator.gt,
    Comparator.GTE: operator.ge,
    Comparator.LT: operator.lt,
    Comparator.LTE: operator.le,
    Comparator.EQ: operator.eq,
    Comparator.NEQ: operator.ne,
}
_MINUTE: Final = 60_000_000
_DAY_MINUTES: Final = 24 * 60
_MAX_REMEMBERED_KEYS: Final = 1024
_COST_DIGITS: Final = 12
"""Fractional digits of a stored cost."""

Holds = Callable[[Observation, Sequence[Units]], bool]


class CompiledTier:
    """One tier: does it apply, and what does a key cost under it."""

    __slots__ = ("_by_kind", "_checks", "is_fine", "known", "request_price", "tier", "total_price")

    def __init__(self, tier: PricingTier) -> None:
        self.tier = tier
        self._checks = [_compile_condition(condition) for condition in tier.conditions]
        self._by_kind: dict[UnitKind, Decimal] = {}
        for key, price in tier.prices.items():
            kind = KINDS.get(key)
            if kind is not None and (kind not in self._by_kind or key == kind.value):
                self._by_kind[kind] = price
        self.known: dict[str, Decimal | None] = {}
        """Prices that were asked for, by usage key."""
        self.is_fine = all(_is_fine(price) for price in tier.prices.values())
        """Whether any number of units costs a whole number of the finest amount that is kept: nothing to round."""
        self.total_price = self._by_kind.get(UnitKind.TOTAL)
        self.request_price = self._by_kind.get(UnitKind.REQUEST)

    def applies(self, row: Observation, units: Sequence[Units]) -> bool:
        """Say whether every condition holds."""
        return all(check(row, units) for check in self._checks)

    def price(self, key: str, kind: UnitKind | None) -> Decimal | None:
        """Return USD for one unit of ``key``: its own price, its kind's, or that of the kind it is billed as."""
        price = self._find(key, kind)
        if len(self.known) < _MAX_REMEMBERED_KEYS:
            self.known[key] = price
        return price

    def _find(self, key: str, kind: UnitKind | None) -> Decimal | None:
        own = self.tier.prices.get(key)
        while own is None and kind is not None:
            own = self._by_kind.get(kind)
            kind = FALLBACKS.get(kind)
        return own


def _is_fine(price: Decimal) -> bool:
    exponent = price.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_COST_DIGITS


class CompiledModel:
    """A model definition with the prices of each of its times."""

    __slots__ = ("_eras", "_starts", "definition")

    def __init__(self, definition: ModelDefinition, earlier: Sequence[tuple[Micros, Sequence[PricingTier]]] = ()) -> None:
        """``earlier`` are the tiers since each time, oldest first; without it the definition's tiers always apply."""
        self.definition = definition
        eras = earlier or ((0, definition.tiers),)
        self._starts = [start for start, _ in eras]
        self._eras = [[CompiledTier(tier) for tier in tiers] for _, tiers in eras]

    def tier_for(self, row: Observation, units: Sequence[Units]) -> CompiledTier:
        """Return the first tier whose conditions all hold, else the default one, of the time at which ``row`` starts."""
        position = 0 if len(self._eras) == 1 else max(bisect_right(self._starts, row.start_time) - 1, 0)
        tiers = self._eras[position]
        if units:
            for tier in tiers[1:]:
                if tier.applies(row, units):
                    return tier
        return tiers[0]


def _compile_condition(condition: Condition) -> Holds:
    if isinstance(condition, UsageCondition):
        return _usage_check(condition)
    if isinstance(condition, AttributeCondition):
        return _attribute_check(condition)
    return _time_check(condition)


def _usage_check(condition: UsageCondition) -> Holds:
    pattern = compile_pattern(condition.pattern, is_case_sensitive=condition.is_case_sensitive)
    compare, value = _COMPARATORS[condition.comparator], condition.value
    matches: dict[str, bool] = {}

    def holds(_row: Observation, units: Sequence[Units]) -> bool:
        total = 0
        for key, _, count in units:
            found = matches.get(key)
            if found is None:
                found = pattern.search(key) is not None
                if len(matches) < _MAX_REMEMBERED_KEYS:
                    matches[key] = found
            if found:
                total += count
        return compare(total, value)

    return holds


def _attribute_check(condition: AttributeCondition) -> Holds:
    accepted, source, key = frozenset(condition.values), condition.source, condition.key
    needle = f'"{key}"'

    def holds(row: Observation, _units: Sequence[Units]) -> bool:
        if source != "metadata" and needle not in row.model_parameters and UNRECOGNISED_USAGE_KEY not in row.metadata:
            return False  # as nearly all rows
        return attribute_of(row, source, key) in accepted

    return holds


def attribute_of(row: Observation, source: str, key: str) -> str | None:
    """Return a model parameter or metadata value as text; ``None`` when there is none.

    What a usage report says besides counts (Anthropic and OpenAI report the service tier there) counts as a parameter
    that the request did not name.
    """
    if source == "metadata":
        text = row.metadata.get(key)
        return None if text is None else _text(decode_value(text))
    value = _entry(row.model_parameters, key)
    if value is None:
        value = _entry(row.metadata.get(UNRECOGNISED_USAGE_KEY, ""), key)
    return value


def _entry(text: str, key: str) -> str | None:
    if f'"{key}"' not in text:
        return None
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):  # cut at ingest because it was too long
        return None
    return _text(found.get(key)) if isinstance(found, dict) else None


def _text(value: Any) -> str | None:  # any JSON value
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _time_check(condition: TimeOfDayCondition) -> Holds:
    start, end = condition.start_minute, condition.end_minute

    def holds(row: Observation, _units: Sequence[Units]) -> bool:
        minute = row.start_time // _MINUTE % _DAY_MINUTES
        return start <= minute < end if start <= end else minute >= start or minute < end

    return holds
