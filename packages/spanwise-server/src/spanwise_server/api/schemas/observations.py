"""The observation as the Langfuse API first showed it (``GET /observations``, and inside ``GET /traces/{id}``).

Every key is always present: the SDK generations disagree about which of them may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final

from typing_extensions import TypedDict

from spanwise_server.api.schemas.json_values import Json, json_object, number, numbers, object_text, one_of, payload
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import seconds_between, to_millis, to_millis_or_none
from spanwise_server.domain.models import FlatPrices
from spanwise_server.domain.observations import Level, Observation
from spanwise_server.domain.usage_keys import costs_for, counts_for

USAGE_UNIT = "TOKENS"


class Usage(TypedDict):
    """Usage in its oldest form: units and USD by direction."""

    unit: str
    input: int
    output: int
    total: int
    inputCost: float | None
    outputCost: float | None
    totalCost: float | None


class ObservationView(TypedDict):
    """One observation. Times ISO 8601 with milliseconds, ``latency`` and ``timeToFirstToken`` in seconds, costs in USD."""

    id: str
    traceId: str | None
    projectId: str
    environment: str
    type: str
    name: str | None
    startTime: str
    endTime: str | None
    completionStartTime: str | None
    parentObservationId: str | None
    level: Annotated[str, one_of(Level)]
    statusMessage: str | None
    version: str | None
    model: str | None
    modelParameters: dict[str, Json]
    input: Json
    output: Json
    metadata: dict[str, Json]
    usage: Usage
    usageDetails: dict[str, int]
    costDetails: dict[str, float]
    promptId: str | None
    promptName: str | None
    promptVersion: int | None
    modelId: str | None
    inputPrice: float | None
    outputPrice: float | None
    totalPrice: float | None
    calculatedInputCost: float | None
    calculatedOutputCost: float | None
    calculatedTotalCost: float | None
    latency: float | None
    timeToFirstToken: float | None
    usagePricingTierId: str | None
    usagePricingTierName: str | None
    unit: str
    promptTokens: int
    completionTokens: int
    totalTokens: int
    createdAt: str
    updatedAt: str


class Observations(TypedDict):
    """A numbered page of observations, newest start first."""

    data: list[ObservationView]
    meta: PageMeta


def units(usage: Mapping[str, int], direction: str) -> int:
    """Return the units of all usage keys that contain ``direction`` (``input`` or ``output``), or mean the same."""
    return sum(count for key, count in usage.items() if counts_for(key, direction))


def directed_cost(cost: Mapping[str, Decimal], direction: str) -> float | None:
    """Return the USD of all cost keys that contain ``direction`` or mean the same; ``None`` when there is no such key."""
    found = [amount for key, amount in cost.items() if costs_for(key, direction)]
    return float(sum(found)) if found else None


NO_PRICES: Final = FlatPrices()


def observation_view(row: Observation, prices: Mapping[str, FlatPrices]) -> ObservationView:
    """Return ``row`` with its payloads; ``prices`` are those of models by their id."""
    price = prices.get(row.model_id, NO_PRICES)
    usage, cost = row.usage, row.cost
    input_units, output_units, total_units = units(usage, "input"), units(usage, "output"), usage.get("total", 0)
    input_cost, output_cost, total_cost = directed_cost(cost, "input"), directed_cost(cost, "output"), number(row.total_cost)
    start = row.start_time
    return {
        "id": row.id,
        "traceId": row.trace_id or None,
        "projectId": row.project_id,
        "environment": row.environment,
        "type": row.type,
        "name": row.name or None,
        "startTime": to_millis(start),
        "endTime": to_millis_or_none(row.end_time),
        "completionStartTime": to_millis_or_none(row.completion_start_time),
        "parentObservationId": row.parent_id or None,
        "level": row.level,
        "statusMessage": row.status_message or None,
        "version": row.version or None,
        "model": row.model or None,
        "modelParameters": object_text(row.model_parameters),
        "input": payload(row.input),
        "output": payload(row.output),
        "metadata": json_object(row.metadata),
        "usage": {
            "unit": USAGE_UNIT,
            "input": input_units,
            "output": output_units,
            "total": total_units,
            "inputCost": input_cost,
            "outputCost": output_cost,
            "totalCost": total_cost,
        },
        "usageDetails": usage,
        "costDetails": numbers(cost),
        "promptId": row.prompt_id or None,
        "promptName": row.prompt_name or None,
        "promptVersion": row.prompt_version or None,
        "modelId": row.model_id or None,
        "inputPrice": number(price.input),
        "outputPrice": number(price.output),
        "totalPrice": number(price.total),
        "calculatedInputCost": input_cost,
        "calculatedOutputCost": output_cost,
        "calculatedTotalCost": total_cost,
        "latency": seconds_between(start, row.end_time),
        "timeToFirstToken": seconds_between(start, row.completion_start_time),
        "usagePricingTierId": row.price_tier_id or None,
        "usagePricingTierName": row.price_tier or None,
        "unit": USAGE_UNIT,
        "promptTokens": input_units,
        "completionTokens": output_units,
        "totalTokens": total_units,
        "createdAt": to_millis(row.created_at),
        "updatedAt": to_millis(row.row_version // 1000),
    }
