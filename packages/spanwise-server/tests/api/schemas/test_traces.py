"""Traces on the wire, with and without the groups that can be left out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from spanwise_server.api.schemas.observations import observation_view
from spanwise_server.api.schemas.scores import score_v1
from spanwise_server.api.schemas.traces import GROUPS, TraceBase, TraceDetails, TraceItem, trace_base, trace_details, trace_item
from spanwise_server.domain.traces import Trace
from tests.event_rows import START, observation, score

TRACE = Trace(
    project_id="p",
    id="a/b",
    timestamp=START,
    name="checkout",
    user_id="u",
    tags=["x"],
    public=True,
    input='{"q":1}',
    output="done",
    metadata={"n": "1"},
    latency_us=1_250_000,
    total_cost=Decimal("0.75"),
    observation_ids=["o1", "o2"],
    created_at=START,
    updated_at=START + 1_000_000,
)


def shown(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def test_a_listed_trace_has_every_key() -> None:
    item = shown(trace_item(TRACE, GROUPS, ["s1"]))
    assert set(item) == set(TraceItem.__annotations__) | set(TraceBase.__annotations__) | {"htmlPath", "latency", "totalCost"}
    assert item["htmlPath"] == "/project/p/traces/a/b"
    assert (item["latency"], item["totalCost"]) == (1.25, 0.75)
    assert (item["input"], item["output"], item["metadata"]) == ({"q": 1}, "done", {"n": 1})
    assert (item["observations"], item["scores"]) == (["o1", "o2"], ["s1"])
    assert (item["sessionId"], item["release"], item["version"], item["externalId"]) == (None, None, None, None)
    assert (item["bookmarked"], item["public"], item["tags"]) == (False, True, ["x"])
    assert (item["createdAt"], item["updatedAt"]) == ("2026-09-21T14:13:20.000Z", "2026-09-21T14:13:21.000Z")


@pytest.mark.parametrize(
    ("left_out", "empty"),
    [
        ("io", {"input": None, "output": None, "metadata": {}}),
        ("metrics", {"latency": -1, "totalCost": -1}),
        ("observations", {"observations": []}),
    ],
)
def test_what_is_left_out_keeps_its_key(left_out: str, empty: dict[str, object]) -> None:
    whole = shown(trace_item(TRACE, GROUPS, ["s1"]))
    assert shown(trace_item(TRACE, GROUPS - {left_out}, ["s1"])) == {**whole, **empty}


def test_one_trace_holds_its_observations_and_scores_whole() -> None:
    row, judged = observation("p", "o1"), score("p", "s1", trace_id="a/b", value=0.5)
    details = shown(trace_details(TRACE, GROUPS, [observation_view(row, {})], [score_v1(judged)]))
    assert set(details) == set(shown(trace_item(TRACE, GROUPS, [])))
    assert set(TraceDetails.__annotations__) >= {"observations", "scores"}
    assert details["observations"] == [shown(observation_view(row, {}))]
    assert details["scores"] == [shown(score_v1(judged))]


def test_a_trace_in_a_session_has_no_metrics() -> None:
    assert set(shown(trace_base(TRACE))) == set(TraceBase.__annotations__)
