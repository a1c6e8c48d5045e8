"""Group commit: what gathers, what is refused, what a fault costs, and what stopping means."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from spanwise_server.domain.errors import OverloadedError, StoreUnavailableError
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.scores import Score
from spanwise_server.ingest.decoded import Decoded
from spanwise_server.ingest.group_commit import CommitLimits, GroupCommit
from spanwise_server.query.queries import ObservationQuery
from spanwise_server.services.container import Services
from spanwise_server.storage.interface import EventRows, EventWriter
from tests.event_rows import START, observation

LIMITS = CommitLimits(queue_bytes=1000, flush_rows=4, flush_bytes=10_000)
_Key = tuple[str, str]


class GatedStore:
    """The real store behind a gate: writes wait until it opens, and rows named "poison" are refused."""

    def __init__(self, store: EventWriter) -> None:
        self._store = store
        self.gate = asyncio.Event()
        self.gate.set()
        self.writes: list[list[str]] = []

    async def write(self, rows: EventRows, /, *, token: str) -> None:
        """Pass ``rows`` on."""
        await self.gate.wait()
        if any(row.name == "poison" for row in rows.observations):
            raise StoreUnavailableError("refused")
        self.writes.append([row.id for row in rows.observations])
        await self._store.write(rows, token=token)

    async def stored_observations(self, keys: Collection[_Key], /) -> Mapping[_Key, Sequence[Observation]]:
        """Pass ``keys`` on."""
        return await self._store.stored_observations(keys)

    async def stored_trace_records(self, keys: Collection[_Key], /) -> Mapping[_Key, Sequence[Observation]]:
        """Pass ``keys`` on."""
        return await self._store.stored_trace_records(keys)

    async def stored_scores(self, keys: Collection[_Key], /) -> Mapping[_Key, Sequence[Score]]:
        """Pass ``keys`` on."""
        return await self._store.stored_scores(keys)


@pytest.fixture
def gated(services: Services) -> GatedStore:
    """Return the session's store behind a gate."""
    return GatedStore(services.events)


@pytest.fixture
def project_id() -> str:
    """Return a project of the test's own."""
    return f"p-{uuid.uuid4()}"


def request(project_id: str, *ids: str, size_bytes: int = 10, name: str = "") -> Decoded:
    """Return a decoded request with one span an id."""
    return Decoded(observations=[observation(project_id, row_id, name=name) for row_id in ids], size_bytes=size_bytes)


async def commits(store: EventWriter) -> GroupCommit:
    """Return a started group commit."""
    group = GroupCommit(store, LIMITS, now_ns=time.time_ns)
    group.start()
    return group


async def ids_of(services: Services, project_id: str) -> list[str]:
    """Return the ids that are readable now."""
    return sorted(row.id for row in await services.events.find_observations(ObservationQuery(project_id=project_id)))


async def test_what_arrives_during_an_insert_goes_into_the_next_together(gated: GatedStore, project_id: str) -> None:
    """One insert in flight; the rest gathers behind it, bounded by rows."""
    group = await commits(gated)
    gated.gate.clear()
    waiting = [asyncio.create_task(group.submit(request(project_id, row_id))) for row_id in "abcdef"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gated.gate.set()
    await asyncio.gather(*waiting)
    assert sorted(row_id for write in gated.writes for row_id in write) == list("abcdef")
    assert len(gated.writes) < len("abcdef")
    assert all(len(write) <= LIMITS.flush_rows for write in gated.writes)
    await group.close()


async def test_an_acknowledged_request_is_readable(services: Services, gated: GatedStore, project_id: str) -> None:
    """Nothing is acknowledged before the store has it."""
    group = await commits(gated)
    gated.gate.clear()
    task = asyncio.create_task(group.submit(request(project_id, "a")))
    await asyncio.sleep(0.05)
    assert not task.done()
    assert await ids_of(services, project_id) == []
    gated.gate.set()
    await task
    assert await ids_of(services, project_id) == ["a"]
    await group.close()


async def test_beyond_the_queue_requests_are_refused_and_may_come_again(
    services: Services, gated: GatedStore, project_id: str
) -> None:
    """503 with a delay, never a silent drop; what was accepted is written."""
    group = await commits(gated)
    gated.gate.clear()
    first = asyncio.create_task(group.submit(request(project_id, "in-flight")))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(group.submit(request(project_id, "waits", size_bytes=900)))
    await asyncio.sleep(0)
    with pytest.raises(OverloadedError) as refusal:
        await group.submit(request(project_id, "refused", size_bytes=200))
    assert refusal.value.retry_after_seconds > 0
    assert "SPANWISE_INGEST_QUEUE_MIB" in (refusal.value.hint or "")
    gated.gate.set()
    await asyncio.gather(first, second)
    assert await ids_of(services, project_id) == ["in-flight", "waits"]
    await group.submit(request(project_id, "refused", size_bytes=200))
    assert await ids_of(services, project_id) == ["in-flight", "refused", "waits"]
    assert group.counters.refused == 1
    await group.close()


async def test_a_request_larger_than_the_queue_is_taken_when_nothing_waits(services: Services, project_id: str) -> None:
    """Refusing it would be for ever."""
    group = await commits(services.events)
    await group.submit(request(project_id, "big", size_bytes=10_000_000))
    assert await ids_of(services, project_id) == ["big"]
    await group.close()


async def test_one_request_that_the_store_refuses_does_not_cost_its_neighbours(
    services: Services, gated: GatedStore, project_id: str
) -> None:
    """The group is written again, each request on its own."""
    group = await commits(gated)
    gated.gate.clear()
    blocked = asyncio.create_task(group.submit(request(project_id, "first")))
    await asyncio.sleep(0.05)
    tasks = [
        asyncio.create_task(group.submit(request(project_id, "good"))),
        asyncio.create_task(group.submit(request(project_id, "bad", name="poison"))),
        asyncio.create_task(group.submit(request(project_id, "fine"))),
    ]
    await asyncio.sleep(0)
    gated.gate.set()
    outcomes = await asyncio.gather(blocked, *tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), type(None), StoreUnavailableError, type(None)]
    assert await ids_of(services, project_id) == ["fine", "first", "good"]
    assert group.counters.failed == 1
    await group.close()


async def test_a_client_that_goes_away_does_not_take_its_rows_back(
    services: Services, gated: GatedStore, project_id: str
) -> None:
    """Its group may be on the way to the store already."""
    group = await commits(gated)
    gated.gate.clear()
    task = asyncio.create_task(group.submit(request(project_id, "gone")))
    await asyncio.sleep(0.05)
    task.cancel()
    gated.gate.set()
    await group.submit(request(project_id, "here"))
    assert await ids_of(services, project_id) == ["gone", "here"]
    await group.close()


async def test_stopping_writes_what_waits_and_refuses_what_is_new(
    services: Services, gated: GatedStore, project_id: str
) -> None:
    """Nothing accepted is lost by a stop."""
    group = await commits(gated)
    gated.gate.clear()
    task = asyncio.create_task(group.submit(request(project_id, "a")))
    await asyncio.sleep(0.05)
    stopping = asyncio.create_task(group.close())
    await asyncio.sleep(0)
    with pytest.raises(OverloadedError, match="stopping"):
        await group.submit(request(project_id, "late"))
    gated.gate.set()
    await asyncio.gather(task, stopping)
    assert await ids_of(services, project_id) == ["a"]


async def test_versions_rise_even_when_the_clock_stands_still(services: Services, project_id: str) -> None:
    """A later write of the same row always wins."""
    group = GroupCommit(services.events, LIMITS, now_ns=lambda: START * 1000)
    group.start()
    for name in ("one", "two", "three"):
        await group.submit(request(project_id, "a", name=name))
    found = await services.events.get_observation(project_id, "a")
    assert found is not None
    assert found.name == "three"
    await group.close()


async def test_a_whole_span_replaces_what_was_remembered_of_its_id(services: Services, project_id: str) -> None:
    """The memory of folded rows must not outlive a span that was written over them."""
    group = await commits(services.events)
    update = Partial(
        project_id=project_id, entity=Entity.OBSERVATION, id="a", time=START, fields={"name": "partial", "trace_id": "trace"}
    )
    await group.submit(Decoded(partials=[update]))
    await group.submit(request(project_id, "a", name="whole"))
    later = Partial(project_id=project_id, entity=Entity.OBSERVATION, id="a", time=START + 1, fields={"level": "ERROR"})
    await group.submit(Decoded(partials=[later]))
    found = await services.events.get_observation(project_id, "a")
    assert found is not None
    assert (found.name, found.level) == ("whole", "ERROR")
    await group.close()


async def test_a_group_waits_for_a_request_that_is_being_decoded(gated: GatedStore, project_id: str) -> None:
    """Both go into one insert, though the first could have gone alone."""
    group = GroupCommit(gated, replace(LIMITS, linger_seconds=60), now_ns=time.time_ns)
    group.start()
    with group.coming():
        first = asyncio.create_task(group.submit(request(project_id, "first")))
        for _ in range(5):
            await asyncio.sleep(0)
        assert gated.writes == []
    await group.submit(request(project_id, "second"))
    await first
    assert gated.writes == [["first", "second"]]
    await group.close()


async def test_a_group_does_not_wait_for_ever(services: Services, gated: GatedStore, project_id: str) -> None:
    """What takes long to decode holds nobody up, and neither does it stop the server."""
    group = GroupCommit(gated, replace(LIMITS, linger_seconds=0.001), now_ns=time.time_ns)
    group.start()
    with group.coming():
        await group.submit(request(project_id, "only"))
        assert await ids_of(services, project_id) == ["only"]
        await group.close()


async def test_a_full_group_goes_at_once(gated: GatedStore, project_id: str) -> None:
    """There is no room for what is coming anyway."""
    group = GroupCommit(gated, replace(LIMITS, linger_seconds=60), now_ns=time.time_ns)
    group.start()
    with group.coming():
        await group.submit(request(project_id, *"abcd"))
        assert gated.writes == [list("abcd")]
    await group.close()


async def test_senders_that_were_answered_gather_again(gated: GatedStore, project_id: str) -> None:
    """Two halves that took turns become one group; who comes alone, later, is not kept waiting for the others."""
    group = GroupCommit(gated, replace(LIMITS, regroup_seconds=60), now_ns=time.time_ns)
    group.start()
    gated.gate.clear()
    first = asyncio.create_task(group.submit(request(project_id, "a")))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(group.submit(request(project_id, "b")))
    await asyncio.sleep(0)
    gated.gate.set()
    await first
    again = asyncio.create_task(group.submit(request(project_id, "c")))
    await asyncio.gather(second, again)
    assert gated.writes == [["a"], ["b", "c"]]
    await group.close()


async def test_a_sender_that_stays_away_holds_nobody_up(gated: GatedStore, project_id: str) -> None:
    """Of two that were answered together one sends again; the wait is counted from the insert, not from the arrival."""
    group = GroupCommit(gated, replace(LIMITS, regroup_seconds=0.02), now_ns=time.time_ns)
    group.start()
    await asyncio.gather(group.submit(request(project_id, "a")), group.submit(request(project_id, "b")))
    await group.submit(request(project_id, "c"))
    await asyncio.sleep(0.03)
    alone = asyncio.create_task(group.submit(request(project_id, "d")))
    await asyncio.wait_for(alone, timeout=30)
    assert gated.writes == [["a", "b"], ["c"], ["d"]]
    await group.close()


async def test_drained_waits_for_what_waits_and_is_content_with_failures(gated: GatedStore, project_id: str) -> None:
    group = await commits(gated)
    gated.gate.clear()
    in_flight = asyncio.create_task(group.submit(request(project_id, "a")))
    await asyncio.sleep(0.05)
    waiting = [
        asyncio.create_task(group.submit(request(project_id, "b"))),
        asyncio.create_task(group.submit(request(project_id, "c", name="poison"))),
    ]
    await asyncio.sleep(0)
    drained = asyncio.create_task(group.drained())
    await asyncio.sleep(0.05)
    assert not drained.done()

    gated.gate.set()
    await drained
    await asyncio.gather(in_flight, *waiting, return_exceptions=True)
    assert ["b"] in gated.writes
    assert isinstance(waiting[1].exception(), StoreUnavailableError)
    await group.drained()
    await group.close()
