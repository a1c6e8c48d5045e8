"""Usage and cost of an observation: from reports of any shape, or from single counts and amounts.

The rules of the shapes are ``ingest.usage``'s; prices are no business of this module.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.domain.models import CostSource
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.payloads import encode_value
from spanwise_server.ingest.conventions.dispatch import Candidate
from spanwise_server.ingest.conventions.fields import meaning_of
from spanwise_server.ingest.conventions.table import Field
from spanwise_server.ingest.usage import (
    UNRECOGNISED_COST_KEY,
    UNRECOGNISED_USAGE_KEY,
    USAGE_KEYS_MAX,
    Cost,
    Usage,
    contain_parts,
    normalise_cost,
    normalise_usage,
    parse_units,
)

_SUMMARY: Final = int(Field.SUMMARY)
_USAGE: Final = int(Field.USAGE)
_USAGE_COUNT: Final = int(Field.USAGE_COUNT)
_COST: Final = int(Field.COST)
_COST_AMOUNT: Final = int(Field.COST_AMOUNT)


def is_counted_elsewhere(found: dict[int, list[Candidate]]) -> bool:
    """Say whether the span's operation sums up children that report model, usage and cost themselves."""
    return _SUMMARY in found and bool(meaning_of(found[_SUMMARY]))


def set_usage(observation: Observation, found: dict[int, list[Candidate]]) -> None:
    """Set usage from the first report with any count, else from single counts; what is no count goes to the metadata."""
    if _USAGE not in found and _USAGE_COUNT not in found:
        return
    usage = Usage()
    for target, value in found.get(_USAGE, ()):
        usage = normalise_usage(value if target.to.read is None else target.to.read(value))
        if usage.units:
            break
    else:
        counts = _count(found.get(_USAGE_COUNT, []))
        usage = Usage(contain_parts(counts.units), {**usage.unrecognised, **counts.unrecognised})
    observation.usage = usage.units
    if usage.reported_cost is not None:
        _keep_cost(observation, normalise_cost(usage.reported_cost))
    if usage.unrecognised:
        observation.metadata[UNRECOGNISED_USAGE_KEY] = encode_value(usage.unrecognised)


def set_cost(observation: Observation, found: dict[int, list[Candidate]]) -> None:
    """Set cost from the first report with any amount, else from single amounts; what is no amount goes to the metadata."""
    if _COST not in found and _COST_AMOUNT not in found:
        return
    cost = Cost()
    for target, value in found.get(_COST, ()):
        cost = normalise_cost(value if target.to.read is None else target.to.read(value))
        if cost.usd:
            break
    else:
        amounts = normalise_cost(_first_by_key(found.get(_COST_AMOUNT, [])))
        cost = Cost(amounts.usd, amounts.total, {**amounts.unrecognised, **cost.unrecognised})
    _keep_cost(observation, cost)
    if cost.unrecognised:
        observation.metadata[UNRECOGNISED_COST_KEY] = encode_value(cost.unrecognised)


def _keep_cost(observation: Observation, cost: Cost) -> None:
    """Set a cost that was given; without any amount what is known stays."""
    if cost.usd:
        observation.cost = cost.usd
        observation.total_cost = cost.total
        observation.cost_source = CostSource.PROVIDED.value


def _count(candidates: list[Candidate]) -> Usage:
    """Read single counts; of several for one key the first that is a count."""
    usage = Usage()
    for target, value in candidates:
        count = parse_units(value) if len(usage.units) < USAGE_KEYS_MAX else None
        if count is not None:
            usage.units.setdefault(target.key, count)
        elif value is not None and value != "":
            usage.unrecognised[target.attribute] = value
    return usage


def _first_by_key(candidates: list[Candidate]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for target, value in candidates:
        values.setdefault(target.key, value)
    return values
