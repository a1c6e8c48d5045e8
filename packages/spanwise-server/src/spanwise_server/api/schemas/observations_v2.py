"""The observation of ``GET /v2/observations``: groups of fields, raw input and output text, flat metadata."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final, NotRequired

from typing_extensions import TypedDict

from spanwise_server.api.schemas.json_values import Json, dotted_object, number, numbers, object_text, one_of, payload_text
from spanwise_server.api.schemas.observations import NO_PRICES
from spanwise_server.api.schemas.pages import CursorMeta
from spanwise_server.api.schemas.times import seconds_between, to_millis, to_millis_or_none
from spanwise_server.domain.models import FlatPrices
from spanwise_server.domain.observations import Level, Observation


class ObservationV2(TypedDict):
    """One observation; the optional keys come with the field group that was asked for.

    ``input`` and ``output`` are text and never parsed. ``metadata`` has dotted keys. Times ISO 8601 with milliseconds,
    ``latency`` and ``timeToFirstToken`` in seconds, costs in USD, prices decimal text.
    """

    id: str
    traceId: str | None
    startTime: str
    endTime: str | None
    projectId: str
    parentObservationId: str | None
    type: str
    modelId: str | None
    inputPrice: str | None
    outputPrice: str | None
    totalPrice: str | None
    name: NotRequired[str | None]
    level: NotRequired[Annotated[str, one_of(Level)]]
    statusMessage: NotRequired[str | None]
    version: NotRequired[str | None]
    environment: NotRequired[str]
    bookmarked: NotRequired[bool]
    public: NotRequired[bool]
    userId: NotRequired[str | None]
    sessionId: NotRequired[str | None]
    isRootObservation: NotRequired[bool]
    completionStartTime: NotRequired[str | None]
    createdAt: NotRequired[str]
    updatedAt: NotRequired[str]
    input: NotRequired[str | None]
    output: NotRequired[str | None]
    metadata: NotRequired[dict[str, Json]]
    model: NotRequired[str | None]
    providedModelName: NotRequired[str | None]
    internalModelId: NotRequired[str | None]
    modelParameters: NotRequired[dict[str, Json]]
    usageDetails: NotRequired[dict[str, int]]
    costDetails: NotRequired[dict[str, float]]
    totalCost: NotRequired[float | None]
    usagePricingTierName: NotRequired[str | None]
    promptId: NotRequired[str | None]
    promptName: NotRequired[str | None]
    promptVersion: NotRequired[int | None]
    latency: NotRequired[float | None]
    timeToFirstToken: NotRequired[float | None]
    tags: NotRequired[list[str]]
    release: NotRequired[str | None]
    traceName: NotRequired[str | None]


class ObservationsV2(TypedDict):
    """A page of observations, newest start first."""

    data: list[ObservationV2]
    meta: CursorMeta


def _price_text(price: Decimal | None) -> str | None:
    return None if price is None else f"{price:f}"


_Group = Callable[[Observation, ObservationV2], None]


def _basic(row: Observation, into: ObservationV2) -> None:
    into["name"] = row.name or None
    into["level"] = row.level
    into["statusMessage"] = row.status_message or None
    into["version"] = row.version or None
    into["environment"] = row.environment
    into["bookmarked"] = False
    into["public"] = bool(row.trace_public)
    into["userId"] = row.user_id or None
    into["sessionId"] = row.session_id or None
    into["isRootObservation"] = row.is_root or not row.parent_id


def _time(row: Observation, into: ObservationV2) -> None:
    into["completionStartTime"] = to_millis_or_none(row.completion_start_time)
    into["createdAt"] = to_millis(row.created_at)
    into["updatedAt"] = to_millis(row.row_version // 1000)


def _io(row: Observation, into: ObservationV2) -> None:
    into["input"] = payload_text(row.input)
    into["output"] = payload_text(row.output)


def _model(row: Observation, into: ObservationV2) -> None:
    # The API's own document says providedModelName, the SDK's response model reads model: both are sent.
    into["model"] = into["providedModelName"] = row.model or None
    into["internalModelId"] = row.model_id or None
    into["modelParameters"] = object_text(row.model_parameters)


def _usage(row: Observation, into: ObservationV2) -> None:
    into["usageDetails"] = row.usage
    into["costDetails"] = numbers(row.cost)
    into["totalCost"] = number(row.total_cost)
    into["usagePricingTierName"] = row.price_tier or None


def _prompt(row: Observation, into: ObservationV2) -> None:
    into["promptId"] = row.prompt_id or None
    into["promptName"] = row.prompt_name or None
    into["promptVersion"] = row.prompt_version or None


def _metrics(row: Observation, into: ObservationV2) -> None:
    into["latency"] = seconds_between(row.start_time, row.end_time)
    into["timeToFirstToken"] = seconds_between(row.start_time, row.completion_start_time)


def _trace_context(row: Observation, into: ObservationV2) -> None:
    into["tags"] = row.tags
    into["release"] = row.release or None
    into["traceName"] = row.trace_name or None


_GROUPS: Final[dict[str, _Group]] = {
    "basic": _basic,
    "time": _time,
    "io": _io,
    "model": _model,
    "usage": _usage,
    "prompt": _prompt,
    "metrics": _metrics,
    "trace_context": _trace_context,
}
GROUPS: Final = frozenset({"core", "metadata", *_GROUPS})
DEFAULT_GROUPS: Final = frozenset({"core", "basic"})


def observation_v2(
    row: Observation,
    groups: Collection[str],
    expanded: Collection[str] = (),
    *,
    prices: Mapping[str, FlatPrices] = MappingProxyType({}),
) -> ObservationV2:
    """Return ``row`` with the ``core`` keys and those of ``groups``.

    ``expanded`` metadata keys are not cut; ``prices`` are those of models by their id.
    """
    price = prices.get(row.model_id, NO_PRICES)
    wire: ObservationV2 = {
        "id": row.id,
        "traceId": row.trace_id or None,
        "startTime": to_millis(row.start_time),
        "endTime": to_millis_or_none(row.end_time),
        "projectId": row.project_id,
        "parentObservationId": row.parent_id or None,
        "type": row.type,
        "modelId": row.model_id or None,
        "inputPrice": _price_text(price.input),
        "outputPrice": _price_text(price.output),
        "totalPrice": _price_text(price.total),
    }
    for name, fill in _GROUPS.items():
        if name in groups:
            fill(row, wire)
    if "metadata" in groups:
        wire["metadata"] = dotted_object(row.metadata, expanded)
    return wire
