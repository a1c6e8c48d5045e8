"""Field groups of the second observations API, and what the newest SDK's own model makes of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from langfuse.api.commons.types.observation_v2 import ObservationV2 as SdkObservation
from langfuse.api.core.pydantic_utilities import parse_obj_as

from spanwise_server.api.schemas.observations_v2 import GROUPS, ObservationV2, observation_v2
from tests.event_rows import START, observation

CORE = {"id", "traceId", "startTime", "endTime", "projectId", "parentObservationId", "type"}
ALWAYS = CORE | {"modelId", "inputPrice", "outputPrice", "totalPrice"}
KEYS = {
    "core": set[str](),
    "basic": {"name", "level", "statusMessage", "version", "environment", "bookmarked", "public", "userId", "sessionId", "isRootObservation"},
    "time": {"completionStartTime", "createdAt", "updatedAt"},
    "io": {"input", "output"},
    "metadata": {"metadata"},
    "model": {"model", "providedModelName", "internalModelId", "modelParameters"},
    "usage": {"usageDetails", "costDetails", "totalCost", "usagePricingTierName"},
    "prompt": {"promptId", "promptName", "promptVersion"},
    "metrics": {"latency", "timeToFirstToken"},
    "trace_context": {"tags", "release", "traceName"},
}  # fmt: skip
ROW = observation(
    "p",
    "o",
    parent_id="x",
    is_root=True,
    type="AGENT",
    name="plan",
    end_time=START + 1_500_000,
    completion_start_time=START + 500_000,
    input='{"q":1}',
    output='"12"',
    metadata={"user": '{"id":7}', "long": "l" * 250},
    model="gpt-x",
    usage={"input": 3, "total": 3},
    cost={"total": Decimal("0.5")},
    total_cost=Decimal("0.5"),
    prompt_name="greeting",
    prompt_version=2,
    user_id="u",
    tags=["a"],
    trace_name="t",
    trace_public=True,
)


def shown(groups: set[str], expanded: set[str] | None = None) -> Any:
    return msgspec.json.decode(msgspec.json.encode(observation_v2(ROW, groups, expanded or set())))


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_a_group_brings_its_keys_and_no_other(group: str) -> None:
    assert set(shown({group})) == ALWAYS | KEYS[group]


def test_all_groups_together_are_the_documented_shape() -> None:
    assert set(KEYS) == GROUPS
    assert set(shown(set(GROUPS))) == set(ObservationV2.__annotations__)


def test_values() -> None:
    wire = shown(set(GROUPS), {"long"})
    assert (wire["input"], wire["output"]) == ('{"q":1}', "12")
    assert wire["metadata"] == {"user.id": 7, "long": "l" * 250}
    assert wire["model"] == wire["providedModelName"] == "gpt-x"
    assert (wire["latency"], wire["timeToFirstToken"]) == (1.5, 0.5)
    assert (wire["isRootObservation"], wire["public"], wire["bookmarked"]) == (True, True, False)
    assert (wire["totalCost"], wire["costDetails"]) == (0.5, {"total": 0.5})
    assert (wire["tags"], wire["traceName"], wire["release"]) == (["a"], "t", None)
    assert shown({"metadata"})["metadata"]["long"] == "l" * 200


@pytest.mark.parametrize("groups", [{"core"}, set(GROUPS)])
def test_the_newest_sdk_reads_it(groups: set[str]) -> None:
    parsed = parse_obj_as(SdkObservation, shown(groups))
    assert (parsed.id, parsed.trace_id, parsed.project_id, parsed.type) == ("o", "trace", "p", "AGENT")
    if groups == set(GROUPS):
        assert parsed.model == "gpt-x"
        assert parsed.usage_details == {"input": 3, "total": 3}
        assert parsed.metadata == {"user.id": 7, "long": "l" * 200}
        assert parsed.is_root_observation is True
        assert parsed.prompt_version == 2
