"""Hostile batches and scores through the whole server: a client fault or a result, and good neighbours stay readable."""

from __future__ import annotations

import asyncio
import functools
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from clickhouse_connect.driver.client import Client

from spanwise_server.services.container import Services
from spanwise_server.storage.events.engine import Engine
from tests.accounts import ProjectWithKeys

TIME = "2026-02-01T10:00:00Z"
LONE = json.loads('"\\ud800"')


def event(kind: str, body: Any, **envelope: Any) -> dict[str, Any]:
    return {"id": f"event-{json.dumps(body)[:40]}", "timestamp": TIME, "type": kind, "body": body, **envelope}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


ODD_IDS: list[Any] = [5, ["x"], {}, "", "a\0b", "a\rb", "x" * 10_000, "a/b?c=d#e", "../..", LONE, "🦊"]
ODD_TIMES: list[Any] = [
    2**63,
    -1,
    1e300,
    float("nan"),
    "",
    "now",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-01-01T00:00",
]
ODD_VALUES: list[Any] = [None, True, 1, 1.5, "x", [], {}, [[]], {"a": {"b": []}}]
ODD_EVENTS: dict[str, list[Any]] = {
    "no events": [None, 1, "x", [], {}],
    "ids of every wrong form": [event("trace-create", {"id": odd}) for odd in ODD_IDS],
    "times of every wrong form": [
        event("span-create", {"id": "odd-time", "startTime": odd}, timestamp=odd) for odd in ODD_TIMES
    ],
    "a month each": [
        event("span-create", {"id": f"span-{year}", "traceId": "ages", "startTime": f"{year}-0{1 + year % 9}-01T00:00:00Z"})
        for year in range(1970, 2100)
    ],
    "values that JSON has not": [
        event(
            "generation-create",
            {"id": "nan", "input": float("nan"), "metadata": {LONE: [LONE, float("inf")]}, "usage": {"input": float("nan")}},
        ),
        event("score-create", {"id": "nan", "traceId": "t", "name": LONE, "value": float("nan")}),
        event("score-create", {"id": "huge", "traceId": "t", "name": "n", "value": 10**400}),
    ],
    "numbers that fit nowhere": [
        event(
            "generation-create",
            {"id": "n", "input": 10**300, "usage": {"input": 2**80, "total": -1}, "costDetails": {"input": 1e300}},
        ),
        event("generation-create", {"id": "v", "promptName": "p", "promptVersion": 2**40}),
    ],
    "deep but allowed": [
        event("trace-create", {"id": "deep", "input": nested(150), "metadata": {"a": nested(150), "b\x1fc.d": {"": 1}}})
    ],
    "NUL and control characters": [
        event("span-create", {"id": "nul", "name": "\0", "input": "\0\x1f", "metadata": {"\0": "\0"}})
    ],
    "a type for every field": [
        event(
            "generation-create",
            {"id": f"typed-{index}", **dict.fromkeys(("name", "model", "metadata", "tags", "usage", "level"), odd)},
        )
        for index, odd in enumerate(ODD_VALUES)
    ],
}


@pytest.fixture
async def own_months(services: Services, project: ProjectWithKeys) -> AsyncIterator[None]:
    """Drop the months that nobody else has rows in: each would be rewritten by every later deletion of the session."""
    yield
    engine = Engine.open(services.settings)
    for table in ("observations", "narrow_observations"):
        months = await engine.read(
            f"SELECT _partition_id FROM {table} GROUP BY _partition_id HAVING uniq(project_id) = 1 AND any(project_id) = {{id:String}}",
            {"id": project.id},
        )
        dropped = ", ".join(f"DROP PARTITION ID '{month}'" for (month,) in months)
        if dropped:
            await engine.on_writer(functools.partial(_run, f"ALTER TABLE {table} {dropped}"))
    await asyncio.to_thread(engine.close)


def _run(sql: str, client: Client) -> None:
    client.command(sql)


@pytest.mark.parametrize("case", ODD_EVENTS)
async def test_a_good_event_is_readable_whatever_came_with_it(
    project_client: httpx.AsyncClient, own_months: None, case: str
) -> None:
    odd = ODD_EVENTS[case]
    good = event("trace-create", {"id": "good", "name": "good neighbour", "input": {"é": 1}})
    batch = [*odd[: len(odd) // 2], good, *odd[len(odd) // 2 :]]
    answer = await project_client.post("/api/public/ingestion", content=json.dumps({"batch": batch}))
    assert answer.status_code == 207, answer.text
    result = answer.json()
    assert len(result["successes"]) + len(result["errors"]) == len(batch)
    assert good["id"] in {success["id"] for success in result["successes"]}
    assert {error["status"] for error in result["errors"]} <= {400}
    read = await project_client.get("/api/public/traces/good")
    assert (read.status_code, read.json()["name"], read.json()["input"]) == (200, "good neighbour", {"é": 1})
    for path in ("/api/public/traces", "/api/public/observations", "/api/public/v2/observations", "/api/public/v2/scores"):
        listed = await project_client.get(path, params={"limit": 100})
        assert listed.status_code == 200, listed.text


ENVELOPE = json.dumps({"batch": [event("trace-create", {"id": "t"})]}).encode()
BODIES: dict[str, tuple[bytes, dict[str, str], set[int]]] = {
    "empty": (b"", {}, {400}),
    "random bytes": (bytes(range(256)), {}, {400}),
    "cut JSON": (ENVELOPE[:-5], {}, {400}),
    "UTF-16": (ENVELOPE.decode().encode("utf-16"), {}, {400}),
    "10,000 levels": (b'{"batch":' + b"[" * 10_000 + b"]" * 10_000 + b"}", {}, {400}),
    "cut gzip": (gzip.compress(ENVELOPE)[:-9], {"Content-Encoding": "gzip"}, {400}),
    "no gzip": (ENVELOPE, {"Content-Encoding": "gzip"}, {400}),
    "unknown compression": (ENVELOPE, {"Content-Encoding": "br"}, {400}),
    "bomb": (gzip.compress(b" " * 300_000_000), {"Content-Encoding": "gzip"}, {413}),
    "a million empty members": (gzip.compress(b"") * 1_000_000, {"Content-Encoding": "gzip"}, {400}),
    "too many values": (b'{"batch":[' + b"{}," * 5_000_001 + b"{}]}", {}, {400}),
}


@pytest.mark.parametrize("case", BODIES)
@pytest.mark.parametrize("path", ["/api/public/ingestion", "/api/public/scores"])
async def test_a_body_that_is_no_batch_is_a_clear_client_fault(project_client: httpx.AsyncClient, case: str, path: str) -> None:
    body, headers, statuses = BODIES[case]
    answer = await project_client.post(path, content=body, headers=headers)
    assert answer.status_code in statuses, answer.text
    assert answer.json()["message"]


async def test_more_items_than_the_limit_are_too_large(project_client: httpx.AsyncClient) -> None:
    items: list[Any] = [{}] * 20_001
    for path, content in (("/api/public/ingestion", {"batch": items}), ("/api/public/scores", items)):
        answer = await project_client.post(path, content=json.dumps(content))
        assert answer.status_code == 413, answer.text


async def test_odd_scores_never_cost_a_good_one(project_client: httpx.AsyncClient) -> None:
    good = {"id": "good", "traceId": "t", "name": "quality", "value": 0.5}
    odd: list[Any] = [
        None,
        1,
        [],
        {},
        {**good, "id": 5},
        {**good, "id": "nan", "value": float("nan")},
        {**good, "id": "x" * 900},
    ]
    answer = await project_client.post("/api/public/scores", content=json.dumps([*odd, good]))
    assert (answer.status_code, answer.json()["accepted"], answer.json()["rejected"]) == (207, 1, len(odd))
    read = await project_client.get("/api/public/v2/scores/good")
    assert (read.status_code, read.json()["value"]) == (200, 0.5)
