"""The write side as a whole: admission, decoding off the loop, deleting between writes, stopping."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spanwise_server._lib.clock import system_clock
from spanwise_server.domain.accounts import KeyScope, ProjectAccess
from spanwise_server.domain.errors import InvalidRequestError, NotFoundError, OverloadedError
from spanwise_server.ingest.decoded import IngestContext
from spanwise_server.services.container import Services
from spanwise_server.services.ingestion import Ingestion
from spanwise_server.settings import Settings

MIB = 1024 * 1024
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
async def ingestion(services: Services, data_dir: Path) -> AsyncIterator[Ingestion]:
    """Yield a write side of the test's own, with a queue of one MiB, over the session's store."""
    opened = Ingestion(
        services.events,
        Settings(data_dir=data_dir, ingest_queue_mib=1),
        configs=services.score_configs,
        clock=system_clock,
    )
    opened.start()
    yield opened
    await opened.close()


def sender(ingestion: Ingestion, project_id: str | None = None) -> IngestContext:
    """Return the context of a project of the test's own."""
    access = ProjectAccess(project_id=project_id or f"p-{uuid.uuid4()}", public_key="pk")
    return ingestion.context(access, sdk_name="python", sdk_version="5")


def spans(*span_ids: str, text: str = "") -> bytes:
    """Return an OTLP/JSON request."""
    listed = [{"traceId": TRACE_ID, "spanId": span_id, "name": text, "startTimeUnixNano": "1"} for span_id in span_ids]
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": listed}]}]}).encode()


async def test_what_is_taken_is_readable(services: Services, ingestion: Ingestion) -> None:
    """Small bodies are decoded in place, large ones in a thread; both the same."""
    context = sender(ingestion)
    for span_id, text in (("00f067aa0ba902b7", "x"), ("00f067aa0ba902b8", "x" * 100_000)):
        await ingestion.spans(spans(span_id, text=text), is_json=True, content_encoding="", context=context)
        found = await services.events.get_observation(context.project_id, span_id)
        assert found is not None
        assert (found.public_key, found.sdk_name) == ("pk", "python")
    assert ingestion.counters.observations == 2


async def test_requests_beyond_what_may_be_decoded_at_once_are_refused(ingestion: Ingestion) -> None:
    """Memory is bounded before anything is built from the bytes."""
    context = sender(ingestion)
    large = spans("00f067aa0ba902b7", text="x" * (MIB * 2 // 3))
    outcomes = await asyncio.gather(
        *(ingestion.spans(large, is_json=True, content_encoding="", context=context) for _ in range(6)),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, OverloadedError)]
    assert refused
    assert len(refused) < len(outcomes)
    assert "SPANWISE_INGEST_QUEUE_MIB" in (refused[0].hint or "")
    await ingestion.spans(large, is_json=True, content_encoding="", context=context)


async def test_a_request_that_cannot_be_read_leaves_nothing_behind(ingestion: Ingestion) -> None:
    """Neither rows nor a share of the bound."""
    context = sender(ingestion)
    for _ in range(5):
        with pytest.raises(InvalidRequestError):
            await ingestion.spans(b"{" + b" " * (MIB * 2 // 3), is_json=True, content_encoding="", context=context)
    assert ingestion.counters.requests == 0


async def test_a_deleted_trace_may_come_again(services: Services, ingestion: Ingestion) -> None:
    """Nothing of the old one comes back with it, from memory or store."""
    context = sender(ingestion)

    async def batch(**body: str) -> None:
        event = {
            "id": uuid.uuid4().hex,
            "type": "trace-create",
            "timestamp": "2026-09-21T14:13:20Z",
            "body": {"id": "t", **body},
        }
        await ingestion.batch(json.dumps({"batch": [event]}).encode(), content_encoding="", context=context)

    await batch(name="old", userId="u")
    await ingestion.delete_traces(context.project_id, ["t"])
    assert await services.events.get_trace(context.project_id, "t") is None
    await batch(release="1")
    found = await services.events.get_trace(context.project_id, "t")
    assert found is not None
    assert (found.name, found.user_id, found.release) == ("", "", "1")


async def test_a_deleted_score_is_gone(services: Services, ingestion: Ingestion) -> None:
    """And its id can be used again."""
    context = sender(ingestion)
    body = {"id": "s", "traceId": "t", "name": "quality", "value": 1, "comment": "old"}
    await ingestion.scores(json.dumps(body).encode(), content_encoding="", context=context)
    await ingestion.delete_scores(context.project_id, ["s"])
    assert await services.events.stored_scores([(context.project_id, "s")]) == {}
    await ingestion.scores(json.dumps({**body, "comment": None}).encode(), content_encoding="", context=context)
    stored = await services.events.stored_scores([(context.project_id, "s")])
    assert [score.comment for score in stored[context.project_id, "s"]] == [""]


def test_a_public_key_alone_is_kept_to_scores(services: Services) -> None:
    """The decoder learns it from the context."""
    access = ProjectAccess(project_id="p", scope=KeyScope.SCORES, public_key="pk")
    assert services.ingestion.context(access, sdk_name="", sdk_version="").is_scores_only


async def test_a_deleted_project_takes_nothing_more_and_keeps_nothing(services: Services, ingestion: Ingestion) -> None:
    """A request that was let in before its keys were revoked leaves nothing behind, however late it is."""
    context, other = sender(ingestion), sender(ingestion)
    for sent_by in (context, other):
        await ingestion.spans(spans("00f067aa0ba902b7"), is_json=True, content_encoding="", context=sent_by)

    await ingestion.delete_project(context.project_id)

    assert await services.events.get_observation(context.project_id, "00f067aa0ba902b7") is None
    assert await services.events.get_observation(other.project_id, "00f067aa0ba902b7")
    for text in ("", "x" * 100_000):
        with pytest.raises(NotFoundError):
            await ingestion.spans(spans("00f067aa0ba902b8", text=text), is_json=True, content_encoding="", context=context)
    assert await services.events.get_observation(context.project_id, "00f067aa0ba902b8") is None


async def test_requests_under_way_do_not_outlive_their_project(services: Services, ingestion: Ingestion) -> None:
    context = sender(ingestion)
    ids = [f"{number:016x}" for number in range(1, 9)]
    sending = [
        asyncio.create_task(ingestion.spans(spans(span_id), is_json=True, content_encoding="", context=context))
        for span_id in ids
    ]
    await asyncio.sleep(0)

    await ingestion.delete_project(context.project_id)
    await asyncio.gather(*sending, return_exceptions=True)

    assert [await services.events.get_observation(context.project_id, span_id) for span_id in ids] == [None] * len(ids)


async def test_what_is_older_than_a_time_is_deleted_to_the_minute(services: Services, ingestion: Ingestion) -> None:
    context, minute = sender(ingestion), 60_000_000
    listed = [
        {"traceId": TRACE_ID, "spanId": f"{number:016x}", "startTimeUnixNano": str(number * minute * 1000)}
        for number in (1, 2, 3)
    ]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": listed}]}]}).encode()
    await ingestion.spans(body, is_json=True, content_encoding="", context=context)

    assert await ingestion.delete_before(context.project_id, 3 * minute - 1)
    assert not await ingestion.delete_before(context.project_id, 3 * minute - 1)

    found = [await services.events.get_observation(context.project_id, f"{number:016x}") for number in (1, 2, 3)]
    assert [row is not None for row in found] == [False, True, True]
