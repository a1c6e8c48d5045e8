"""Folding over the store: what is looked up, what is remembered, which old places are vacated."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.ingest.folding import Folding, RecentRows
from spanwise_server.services.container import Services
from spanwise_server.storage.interface import EventRows
from tests.event_rows import SECOND, START, observation


@pytest.fixture
def project_id() -> str:
    """Return a project of the test's own."""
    return f"p-{uuid.uuid4()}"


def partial(project_id: str, at: int, *, entity: Entity = Entity.OBSERVATION, **fields: Any) -> Partial:
    """Return an event ``at`` seconds after ``START``."""
    return Partial(project_id=project_id, entity=entity, id="e", time=START + at * SECOND, fields=fields)


async def folded(services: Services, recent_bytes: int, *groups: list[Partial]) -> EventRows:
    """Fold and write each group; return what the last one wrote."""
    folding = Folding(services.events, recent_bytes=recent_bytes)
    rows = EventRows()
    for version, group in enumerate(groups, start=1):
        rows = EventRows()
        await folding.fold(group, rows)
        for row in (*rows.observations, *rows.vacated_observations):
            row.row_version = version
        await services.events.write(rows, token=uuid.uuid4().hex)
    return rows


@pytest.mark.parametrize("recent_bytes", [0, 1 << 20], ids=["looked up", "remembered"])
async def test_an_update_joins_what_was_written_before(services: Services, project_id: str, recent_bytes: int) -> None:
    """Whether the earlier row comes from memory or from the store."""
    create = partial(project_id, 1, name="n", trace_id="t", start_time=START)
    update = partial(project_id, 2, level="ERROR")
    rows = await folded(services, recent_bytes, [create], [update])
    assert [(row.name, row.level, row.trace_id) for row in rows.observations] == [("n", "ERROR", "t")]
    assert rows.vacated_observations == []


@pytest.mark.parametrize("recent_bytes", [0, 1 << 20], ids=["looked up", "remembered"])
async def test_a_row_that_moves_vacates_its_old_place(services: Services, project_id: str, recent_bytes: int) -> None:
    """An update that came first was filed under its own time; the create knows the true one."""
    update = partial(project_id, 600, level="ERROR")
    create = partial(project_id, 1, trace_id="t", start_time=START)
    rows = await folded(services, recent_bytes, [update], [create])
    assert [(row.start_time, row.trace_id, row.level) for row in rows.observations] == [(START, "t", "ERROR")]
    assert [(row.start_time, row.trace_id) for row in rows.vacated_observations] == [(START + 600 * SECOND, "e")]
    found = await services.events.trace_observations(project_id, "t", with_payloads=False)
    assert [row.id for row in found] == ["e"]
    assert await services.events.trace_observations(project_id, "e", with_payloads=False) == []


async def test_of_whole_spans_with_one_id_the_one_in_the_same_trace_is_meant(services: Services, project_id: str) -> None:
    """Span ids are only unique within a trace."""
    spans = [observation(project_id, "e", trace_id=trace_id, name=trace_id) for trace_id in ("t1", "t2")]
    await services.events.write(EventRows(observations=spans), token=uuid.uuid4().hex)
    rows = await folded(services, 0, [partial(project_id, 5, trace_id="t1", level="ERROR")])
    assert [(row.trace_id, row.name, row.level) for row in rows.observations] == [("t1", "t1", "ERROR")]


async def test_a_trace_record_and_an_observation_of_the_same_id_stay_apart(services: Services, project_id: str) -> None:
    """The oldest clients give a trace's only observation the trace's id."""
    trace = partial(project_id, 1, entity=Entity.TRACE, name="trace", start_time=START)
    span = partial(project_id, 1, name="span", start_time=START)
    await folded(services, 0, [trace, span])
    found = await services.events.get_trace(project_id, "e")
    assert found is not None
    assert (found.name, found.observation_ids) == ("trace", ["e"])


async def test_a_score_is_updated_by_its_id(services: Services, project_id: str) -> None:
    """The later value, the first time."""
    first = partial(project_id, 1, entity=Entity.SCORE, name="q", value=1.0, trace_id="t")
    second = partial(project_id, 2, entity=Entity.SCORE, value=0.5)
    rows = await folded(services, 0, [first], [second])
    assert [(score.name, score.value, score.timestamp) for score in rows.scores] == [("q", 0.5, START + SECOND)]


def test_memory_is_bounded_and_forgets_the_least_used() -> None:
    """Bytes count, not rows."""
    recent: RecentRows[Observation] = RecentRows(10_000)
    for name in "abc":
        recent.put(("p", name), observation("p", name, input="x" * 1000))
    recent.get(("p", "a"))
    recent.put(("p", "d"), observation("p", "d", input="x" * 1000))
    assert recent.get(("p", "b")) is None
    assert recent.get(("p", "a")) is not None
    recent.put(("p", "huge"), observation("p", "huge", input="x" * 100_000))
    assert len(recent) == 0
