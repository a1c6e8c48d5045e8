"""``/metrics``, ``/v2/metrics`` and ``/metrics/daily``: golden questions and answers, refusals, bounds, isolation."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from spanwise_server.services.container import Services
from spanwise_server.storage.events.engine import Engine
from tests.accounts import ProjectMaker, ProjectWithKeys
from tests.event_rows import observation, score, write

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "metrics" / "questions.json").read_text("utf-8"))
PATHS = {1: "/api/public/metrics", 2: "/api/public/v2/metrics"}
DAILY = "/api/public/metrics/daily"
RANGE = {"fromTimestamp": "2026-09-21T14:00:00Z", "toTimestamp": "2026-09-23T14:00:00Z"}
PLAIN: dict[str, Any] = {"view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], **RANGE}
HOUR, DAY = 3600, 86_400


@pytest.fixture(scope="module")
async def project(make_project: ProjectMaker, services: Services) -> ProjectWithKeys:
    """Return a project with an agent's trace, a lone generation an hour later, and a legacy trace of the next day.

    The first row was written twice, and one trace was deleted.
    """
    made = await make_project()
    agent: dict[str, Any] = {
        "trace_id": "chat-1",
        "user_id": "ada",
        "session_id": "s1",
        "tags": ["a", "b"],
        "trace_name": "chat",
    }
    rows = [
        observation(made.id, "root", **agent, name="agent", type="AGENT", end_time=_at(2), release="r1", row_version=2),
        observation(
            made.id, "call", at=1, trace_id="chat-1", parent_id="root", name="call", type="GENERATION", model="gpt-5.2",
            end_time=_at(2.5), completion_start_time=_at(1.25), level="ERROR", prompt_name="greet", prompt_version=3,
            usage={"input": 10, "input_cached_tokens": 2, "output": 5, "total": 17}, total_cost=Decimal("0.3"),
            cost={"input": Decimal("0.1"), "output": Decimal("0.2"), "total": Decimal("0.3")},
            tool_names=["grep", "cat"], called_tool_names=["grep", "grep"], metadata={"task": "search"},
        ),
        observation(
            made.id, "lone", at=HOUR, trace_id="lone-1", name="call", type="GENERATION", model="claude-opus-4-5",
            end_time=_at(HOUR + 4), usage={"input": 20, "output": 10, "total": 30}, cost={"total": Decimal(1)},
            total_cost=Decimal(1), environment="staging", metadata={"task": "write"},
        ),
        observation(made.id, "", at=DAY, trace_id="old-1", type="TRACE", name="legacy", user_id="bob", source="ingestion"),
        observation(made.id, "step", at=DAY + 1, trace_id="old-1", name="step", source="ingestion", parent_id="gone"),
        observation(made.id, "gone", trace_id="deleted", name="gone"),
    ]  # fmt: skip
    before = observation(made.id, "root", trace_id="chat-1", name="before", total_cost=Decimal(99), row_version=1)
    judged = [
        score(made.id, "n1", trace_id="chat-1", value=0.5),
        score(made.id, "n2", at=HOUR, trace_id="lone-1", observation_id="lone", value=1.0),
        score(made.id, "b1", at=2 * HOUR, trace_id="chat-1", name="ok", data_type="BOOLEAN", value=1.0, string_value="True"),
        score(made.id, "c1", trace_id="chat-1", name="tone", data_type="CATEGORICAL", string_value="kind", source="EVAL"),
    ]
    await write(services, [before])
    await write(services, rows, judged)
    await services.ingestion.delete_traces(made.id, ["deleted"])
    return made


def _at(seconds: float) -> int:
    return observation("", "", at=seconds).start_time


async def ask(api: httpx.AsyncClient, query: Any, version: int = 2) -> httpx.Response:
    text = query if isinstance(query, str) else json.dumps(query)
    return await api.get(PATHS[version], params={"query": text})


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
async def test_golden_questions(api: httpx.AsyncClient, case: dict[str, Any]) -> None:
    """The answer is the recorded one, to the last key, in both versions where both have the view."""
    query = {**RANGE, **case["query"]}
    for version in case.get("versions", [1, 2]):
        response = await ask(api, query, version)
        assert response.status_code == 200, response.text
        assert response.json() == {"data": case["answer"]}


REFUSED: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "JSON object"),
    "an array": ("[]", "JSON object"),
    "not a number": ('{"view": NaN}', "JSON object"),
    "deep": ("[" * 20_000, "JSON object"),
    "no view": ({key: value for key, value in PLAIN.items() if key != "view"}, "view"),
    "no metrics": ({**PLAIN, "metrics": []}, "length >= 1"),
    "no range": ({key: value for key, value in PLAIN.items() if key != "toTimestamp"}, "toTimestamp"),
    "reversed": ({**PLAIN, "fromTimestamp": "2027-01-01T00:00:00Z"}, "before toTimestamp"),
    "no time": ({**PLAIN, "fromTimestamp": "yesterday"}, "ISO 8601"),
    "unknown view": ({**PLAIN, "view": "sessions"}, "observations, scores-numeric"),
    "version 1 view": ({**PLAIN, "view": "traces"}, "observations, scores-numeric"),
    "unknown dimension": ({**PLAIN, "dimensions": [{"field": "colour"}]}, "providedModelName"),
    "injected dimension": ({**PLAIN, "dimensions": [{"field": "name) FROM system.tables --"}]}, "providedModelName"),
    "unknown measure": ({**PLAIN, "metrics": [{"measure": "beauty", "aggregation": "sum"}]}, "totalCost"),
    "unknown aggregation": ({**PLAIN, "metrics": [{"measure": "latency", "aggregation": "median"}]}, "p95"),
    "sum of text": ({**PLAIN, "metrics": [{"measure": "traceId", "aggregation": "sum"}]}, "count and uniq"),
    "unknown order": ({**PLAIN, "orderBy": [{"field": "sum_latency", "direction": "asc"}]}, "count_count"),
    "unknown direction": ({**PLAIN, "orderBy": [{"field": "count_count", "direction": "up"}]}, "'up'"),
    "order by histogram": (
        {
            **PLAIN,
            "metrics": [{"measure": "latency", "aggregation": "histogram"}],
            "orderBy": [{"field": "histogram_latency", "direction": "asc"}],
        },
        "sortable",
    ),
    "unknown granularity": ({**PLAIN, "timeDimension": {"granularity": "decade"}}, "'decade'"),
    "too many buckets": (
        {**PLAIN, "fromTimestamp": "2000-01-01T00:00:00Z", "timeDimension": {"granularity": "minute"}},
        "coarser granularity",
    ),
    "too many rows": ({**PLAIN, "config": {"row_limit": 1001}}, "<= 1000"),
    "no bins": ({**PLAIN, "config": {"bins": 0}}, ">= 1"),
    "a thousand dimensions": ({**PLAIN, "dimensions": [{"field": "name"}] * 1000}, "at most 10"),
    "hundreds of metrics": ({**PLAIN, "metrics": PLAIN["metrics"] * 300}, "at most 20"),
    "one dimension twice": ({**PLAIN, "dimensions": [{"field": "name"}] * 2}, "twice"),
    "unknown column": (
        {**PLAIN, "filters": [{"column": "colour", "type": "string", "operator": "=", "value": "red"}]},
        "Column colour does not match",
    ),
    "wrong type": (
        {**PLAIN, "filters": [{"column": "name", "type": "number", "operator": "=", "value": 1}]},
        "string or stringOptions",
    ),
    "hundreds of filters": (
        {**PLAIN, "filters": [{"column": "name", "type": "string", "operator": "=", "value": "x"}] * 210},
        "at most 200",
    ),
    "metadata without key": ({**PLAIN, "dimensions": [{"field": "metadata"}]}, "needs key"),
    "key without object": ({**PLAIN, "dimensions": [{"field": "name.x"}]}, "takes no key"),
    "many users": ({**PLAIN, "dimensions": [{"field": "userId"}]}, "too many values"),
    "top users over time": (
        {
            **PLAIN,
            "dimensions": [{"field": "userId"}],
            "orderBy": [{"field": "count_count", "direction": "desc"}],
            "timeDimension": {"granularity": "day"},
            "config": {"row_limit": 5},
        },
        "too many values",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_answered_is_refused_with_a_reason(api: httpx.AsyncClient, case: str) -> None:
    """400, and the body says what is wrong or what there is instead."""
    query, reason = REFUSED[case]
    response = await ask(api, query)
    assert response.status_code == 400, response.text
    assert reason in json.dumps(response.json(), ensure_ascii=False)


async def test_a_missing_query_is_refused(api: httpx.AsyncClient) -> None:
    """The one parameter is required."""
    for path in PATHS.values():
        assert (await api.get(path)).status_code == 400


@pytest.mark.parametrize("text", ["it's", 'q"\\', "{v0:String}", "/*rows*/", "1) OR (1=1", "☃", "%", "a\nb", "\x00"])
async def test_hostile_names_are_values(api: httpx.AsyncClient, text: str) -> None:
    """Neither a value nor a metadata key of a client becomes SQL."""
    conditions = [
        {"column": "name", "type": "string", "operator": "=", "value": text},
        {"column": "metadata", "type": "stringObject", "key": text, "operator": "=", "value": text},
        {"column": "tags", "type": "arrayOptions", "operator": "any of", "value": [text]},
    ]
    for condition in conditions:
        response = await ask(api, {**PLAIN, "filters": [condition]})
        assert response.json() == {"data": [{"count_count": 0}]}, response.text
    response = await ask(api, {**PLAIN, "dimensions": [{"field": "metadata", "key": text}]})
    assert response.json() == {"data": [{f"metadata.{text}": None, "count_count": 4}]}


async def test_only_version_2_has_a_default_limit(api: httpx.AsyncClient, project: ProjectWithKeys, services: Services) -> None:
    """A hundred rows there, every row in version 1; a limit that is given counts in both."""
    rows = [observation(project.id, f"many-{n}", trace_id=f"many-{n}", at=-90 * DAY, name=f"n{n}") for n in range(120)]
    await write(services, rows)
    query = {**PLAIN, "fromTimestamp": "2026-06-01T00:00:00Z", "toTimestamp": "2026-07-01T00:00:00Z"}
    by_name = {**query, "dimensions": [{"field": "name"}]}
    assert len((await ask(api, by_name, 1)).json()["data"]) == 120
    assert len((await ask(api, by_name, 2)).json()["data"]) == 100
    for version in PATHS:
        assert len((await ask(api, {**by_name, "config": {"row_limit": 2}}, version)).json()["data"]) == 2


async def test_a_query_that_reads_too_much_says_what_to_narrow(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """422, before the rows are read."""
    monkeypatch.setattr(Engine, "most_rows", 1)
    response = await ask(api, PLAIN)
    assert response.status_code == 422
    assert response.json()["message"] == "the query would read more than 1 rows"
    assert "shorter time range" in response.json()["hint"]


async def test_daily(api: httpx.AsyncClient) -> None:
    """Days come newest first, with models and page; everything counts on the day it began."""
    found = (await api.get(DAILY, params={"fromTimestamp": "2026-09-01T00:00:00Z"})).json()
    assert found["meta"] == {"page": 1, "limit": 50, "totalItems": 2, "totalPages": 1}
    assert [day["date"] for day in found["data"]] == ["2026-09-22", "2026-09-21"]
    later, first = found["data"]
    assert (later["countTraces"], later["countObservations"], later["totalCost"]) == (1, 1, 0)
    assert (first["countTraces"], first["countObservations"]) == (2, 3)
    assert first["totalCost"] == pytest.approx(1.3)
    by_model = {usage.pop("model"): usage for usage in first["usage"]}
    assert by_model["gpt-5.2"] == {
        "inputUsage": 12, "outputUsage": 5, "totalUsage": 17, "countObservations": 1, "countTraces": 1, "totalCost": 0.3,
    }  # fmt: skip
    assert by_model[None]["countObservations"] == 1
    second = (await api.get(DAILY, params={"limit": 1, "page": 2, "fromTimestamp": "2026-09-01T00:00:00Z"})).json()
    assert second["data"][0]["date"] == "2026-09-21"
    assert second["meta"] == {"page": 2, "limit": 1, "totalItems": 2, "totalPages": 2}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"userId": "bob"}, [("2026-09-22", 1, 1)]),
        ({"traceName": "chat"}, [("2026-09-21", 1, 2)]),
        ({"tags": ["a", "b"]}, [("2026-09-21", 1, 2)]),
        ({"tags": "a,c"}, []),
        ({"environment": "staging"}, [("2026-09-21", 1, 1)]),
        ({"fromTimestamp": "2026-09-22T00:00:00Z"}, [("2026-09-22", 1, 1)]),
        ({"toTimestamp": "2026-09-21T14:30:00Z"}, [("2026-09-21", 1, 2)]),
        ({"fromTimestamp": "2026-09-22T00:00:00Z", "toTimestamp": "2026-09-21T00:00:00Z"}, []),
        ({"page": 9}, []),
    ],
)
async def test_daily_parameters(api: httpx.AsyncClient, params: dict[str, Any], expected: list[Any]) -> None:
    """Each parameter selects traces and, with them, their observations."""
    found = (await api.get(DAILY, params={"fromTimestamp": "2026-09-01T00:00:00Z", **params})).json()["data"]
    assert [(day["date"], day["countTraces"], day["countObservations"]) for day in found] == expected


async def test_no_project_sees_another(api: httpx.AsyncClient, other_project: ProjectWithKeys) -> None:
    """The same questions with another project's keys find nothing."""
    query = {**PLAIN, "dimensions": [{"field": "name"}]}
    assert (await ask(api, query)).json()["data"] != []
    response = await api.get(PATHS[2], params={"query": json.dumps(query)}, auth=other_project.auth)
    assert response.json() == {"data": []}
    assert (await api.get(DAILY, auth=other_project.auth)).json()["data"] == []
