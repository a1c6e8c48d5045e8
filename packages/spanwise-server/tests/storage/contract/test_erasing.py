"""What is deleted wholesale is gone from every table, for that project alone."""

from __future__ import annotations

import uuid

from spanwise_server.domain.scores import Score
from spanwise_server.query.queries import ObservationQuery, ScoreQuery, TraceQuery
from spanwise_server.services.container import EventStore
from spanwise_server.storage.events.clickhouse import ClickHouseEventStore
from spanwise_server.storage.events.statements import statement
from spanwise_server.storage.interface import EventRows
from tests.event_rows import START, observation

DAY = 86_400_000_000


async def _fill(store: EventStore, project_id: str) -> None:
    rows = EventRows()
    for number in range(3):
        row = observation(project_id, f"o{number}", name="n")
        row.trace_id, row.start_time, row.row_version = f"t{number}", START + number * DAY, number + 1
        rows.observations.append(row)
        rows.scores.append(
            Score(
                project_id=project_id, id=f"s{number}", name="q", timestamp=row.start_time, trace_id=f"t{number}", row_version=1
            )
        )
    await store.write(rows, token=uuid.uuid4().hex)


async def _left(store: EventStore, project_id: str) -> tuple[set[str], set[str], set[str]]:
    observations = await store.find_observations(ObservationQuery(project_id=project_id))
    traces = await store.find_traces(TraceQuery(project_id=project_id))
    scores = await store.find_scores(ScoreQuery(project_id=project_id))
    return {row.id for row in observations}, {trace.id for trace in traces}, {score.id for score in scores}


async def _rows(store: EventStore, project_id: str) -> dict[str, int]:
    """Return how many rows each table that has projects still holds of one."""
    assert isinstance(store, ClickHouseEventStore)
    found = {}
    for table, _ in await store._engine.read(statement("tables_of_projects")):
        sql = f"SELECT count() FROM {table} WHERE project_id = {{project_id:String}}"
        found[str(table)] = int((await store._engine.read(sql, {"project_id": project_id}))[0][0])
    return found


async def test_a_deleted_project_leaves_no_row_in_any_table(store: EventStore) -> None:
    doomed, kept = f"p-{uuid.uuid4()}", f"p-{uuid.uuid4()}"
    for project_id in (doomed, kept):
        await _fill(store, project_id)
    before = await _rows(store, doomed)
    assert before.keys() >= {"observations", "narrow_observations", "scores", "places"}
    assert all(before[table] for table in ("observations", "narrow_observations", "scores", "places"))

    await store.delete_project(doomed)

    assert set((await _rows(store, doomed)).values()) == {0}
    assert await _left(store, doomed) == (set(), set(), set())
    assert await _rows(store, kept) == before
    assert await _left(store, kept) == ({"o0", "o1", "o2"}, {"t0", "t1", "t2"}, {"s0", "s1", "s2"})
    await store.delete_project(doomed)


async def test_what_is_older_goes_and_the_store_says_whether_there_was_any(store: EventStore) -> None:
    swept, kept = f"p-{uuid.uuid4()}", f"p-{uuid.uuid4()}"
    for project_id in (swept, kept):
        await _fill(store, project_id)
    assert not await store.delete_before(swept, START)

    assert await store.delete_before(swept, START + DAY)

    assert await _left(store, swept) == ({"o1", "o2"}, {"t1", "t2"}, {"s1", "s2"})
    assert not await store.delete_before(swept, START + DAY)
    assert (await _rows(store, swept))["narrow_observations"] == 2
    assert await _left(store, kept) == ({"o0", "o1", "o2"}, {"t0", "t1", "t2"}, {"s0", "s1", "s2"})
