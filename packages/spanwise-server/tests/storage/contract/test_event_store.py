"""The promises of the event store, on every store, with dictionaries as the model of what it must say."""

from __future__ import annotations

import asyncio
import time
import uuid
import zlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.payloads import encode_value
from spanwise_server.domain.scores import Score
from spanwise_server.ingest.decoded import Decoded
from spanwise_server.ingest.group_commit import CommitLimits, GroupCommit
from spanwise_server.query.aggregates import AggregateQuery, Aggregation, Measurement, View
from spanwise_server.query.expressions import Comparison, Field, Operator
from spanwise_server.query.queries import (
    ExperimentItemQuery,
    ExperimentQuery,
    Keyset,
    ObservationQuery,
    Order,
    ScoreQuery,
    SessionQuery,
    TraceQuery,
)
from spanwise_server.services.container import EventStore
from spanwise_server.storage.interface import EventRows

T = 1_790_000_000_000_000
MINUTE = 60_000_000
MONTH = 31 * 86_400_000_000
LIMITS = CommitLimits(queue_bytes=1 << 26, flush_rows=1000, flush_bytes=1 << 24)

ids = st.sampled_from(["a", "b", "c", "it's", 'q"\\', "ü/☃"])
traces = st.sampled_from(["t1", "t2", "T's"])
# Within a minute, across minutes, across months: what moves a row in the store.
starts = st.sampled_from([T, T + 1, T + 5_000_000, T + 3 * MINUTE, T - MONTH])
wholes = st.fixed_dictionaries(
    {"kind": st.just("whole"), "id": ids, "trace_id": traces, "name": st.sampled_from(["n1", "n2", ""])},
    optional={
        "user_id": st.sampled_from(["u1", "u2"]),
        "session_id": st.sampled_from(["s1", "s2"]),
        "tags": st.lists(st.sampled_from(["x", "y"]), unique=True),
        "input": st.sampled_from(["", "hello", '{"a":1}']),
        "parent_id": st.sampled_from(["", "a"]),
        "level": st.sampled_from(["DEFAULT", "ERROR"]),
        "usage": st.sampled_from([{}, {"input": 2**63, "total": 2**63}, {"output": 1}]),
    },
)
updates = st.fixed_dictionaries(
    {"kind": st.just("partial"), "id": st.sampled_from(["p1", "p2"]), "at": st.integers(0, 3), "is_update": st.booleans()},
    optional={
        "name": st.sampled_from(["n1", "n2", None]),
        "trace_id": traces,
        "start_time": starts,
        "input": st.sampled_from(["", "i1", "i2"]),
        "tags": st.lists(st.sampled_from(["x", "y"]), max_size=2),
        "metadata": st.dictionaries(st.sampled_from(["k", "l"]), st.sampled_from(["1", "x"]), max_size=2),
    },
)
deletes = st.fixed_dictionaries({"kind": st.just("delete"), "trace_id": traces})
operations = st.lists(st.lists(st.one_of(wholes, updates, deletes), min_size=1, max_size=4), max_size=5)
hypothesis_settings = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Model:
    """What the store must say, kept in dictionaries: whole rows by identity, events by entity."""

    def __init__(self) -> None:
        self.wholes: dict[tuple[str, str], Observation] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}

    def rows(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return every observation as the fields that tests compare."""
        shown = {
            key: {
                "name": row.name, "start_time": row.start_time, "input": row.input, "tags": row.tags, "metadata": {},
                "user_id": row.user_id, "usage": row.usage,
            }
            for key, row in self.wholes.items()
        }  # fmt: skip
        for entity, events in self.events.items():
            row = self._folded(entity, events)
            shown[row.pop("trace_id"), entity] = row
        return shown

    @staticmethod
    def _folded(entity: str, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
        ordered = sorted(events, key=lambda event: (event["at"], event["is_update"], repr(event.get("name") or "")))
        row: dict[str, Any] = {"name": "", "input": "", "metadata": {}, "tags": set(), "user_id": "", "usage": {}}
        for event in ordered:
            row["name"] = (event["name"] or "") if "name" in event else row["name"]
            row["tags"] |= set(event.get("tags", ()))
        for field in ("trace_id", "start_time"):
            first = min(
                ((event["at"], event["is_update"], repr(event[field]), event[field]) for event in events if field in event),
                default=None,
            )
            row[field] = first[3] if first else {"trace_id": entity, "start_time": T + ordered[0]["at"]}[field]
        said = [(event["at"], event["is_update"], event["input"]) for event in events if event.get("input")]
        row["input"] = max(said)[2] if said else ""
        for key in ("k", "l"):
            leaves = [
                (event["at"], event["is_update"], repr(event["metadata"][key]), event["metadata"][key])
                for event in events
                if key in event.get("metadata", {})
            ]
            if leaves:
                row["metadata"][key] = encode_value(max(leaves)[3])
        row["tags"] = sorted(row["tags"])
        return row


def decoded(project_id: str, operation: dict[str, Any], model: Model) -> Decoded:
    """Turn a drawn operation into a request, and note it in the model."""
    fields = {name: value for name, value in operation.items() if name not in {"kind", "id", "at", "is_update"}}
    if operation["kind"] == "whole":
        row = Observation(
            project_id=project_id, id=operation["id"], start_time=T + zlib.crc32(operation["id"].encode()) % 1000, **fields
        )
        row.is_root = not row.parent_id
        model.wholes[row.trace_id, row.id] = row
        return Decoded(observations=[row])
    model.events.setdefault(operation["id"], []).append(operation)
    texts = {key: encode_value(value) for key, value in fields.pop("metadata", {}).items()}
    partial = Partial(
        project_id=project_id, entity=Entity.OBSERVATION, id=operation["id"], time=T + operation["at"],
        is_update=operation["is_update"], fields=fields | ({"metadata": texts} if texts else {}),
    )  # fmt: skip
    return Decoded(partials=[partial])


async def every_observation(store: EventStore, project_id: str) -> list[Observation]:
    """Read all of a project in small keyset pages."""
    found: list[Observation] = []
    after: Keyset | None = None
    while True:
        query = ObservationQuery(project_id=project_id, limit=3, after=after, with_payloads=True, with_metadata=True)
        page = await store.find_observations(query)
        found += page
        if len(page) < 3:
            return found
        after = Keyset(page[-1].start_time, page[-1].trace_id, page[-1].id)


async def every_trace(store: EventStore, project_id: str) -> list[tuple[int, str]]:
    """Read all traces of a project in small keyset pages: ``(timestamp, id)``."""
    found: list[tuple[int, str]] = []
    after: Keyset | None = None
    while True:
        page = await store.find_traces(TraceQuery(project_id=project_id, limit=2, after=after))
        found += [(trace.timestamp, trace.id) for trace in page]
        if len(page) < 2:
            return found
        after = Keyset(page[-1].timestamp, page[-1].id)


def _moved(**fields: Any) -> dict[str, Any]:
    return {"kind": "partial", "id": "p2", "is_update": False, **fields}


# A row that moves within its minute, read in pages: the page after its new place must not show the old one.
MOVED = [
    [
        *({"kind": "whole", "id": name, "trace_id": "t1", "name": "n1"} for name in "abc"),
        _moved(at=1, start_time=T, name="n1"),
    ],
    [_moved(at=0, start_time=T + 5_000_000, name="n2")],
]


@hypothesis_settings
@given(batches=operations)
@example(batches=MOVED)
async def test_reads_agree_with_dictionaries(store: EventStore, batches: list[list[dict[str, Any]]]) -> None:
    """Any mixture of spans, duplicates, partial updates in any order, and deletes reads back as the model says."""
    project_id, neighbour = f"p-{uuid.uuid4()}", f"p-{uuid.uuid4()}"
    model, commits = Model(), GroupCommit(store, LIMITS, now_ns=time.time_ns)
    commits.start()
    for batch in batches:
        requests: list[Decoded] = []
        for operation in batch:
            if operation["kind"] == "delete":
                await asyncio.gather(*(commits.submit(request) for request in requests))
                requests = []
                await delete(store, commits, project_id, operation["trace_id"], model)
                continue
            requests.append(decoded(project_id, operation, model))
        await asyncio.gather(*(commits.submit(request) for request in requests))
        await check(store, project_id, model)
    assert await every_observation(store, neighbour) == []
    await commits.close()


async def delete(store: EventStore, commits: GroupCommit, project_id: str, trace_id: str, model: Model) -> None:
    """Delete a trace in the store and in the model."""
    async with commits.paused():
        await store.delete_traces(project_id, [trace_id])
    gone = [key for key in model.rows() if key[0] == trace_id]
    for _, row_id in gone:
        model.events.pop(row_id, None)
        model.wholes.pop((trace_id, row_id), None)


async def check(store: EventStore, project_id: str, model: Model) -> None:
    """Compare everything that can be read with the model."""
    want = model.rows()
    found = await every_observation(store, project_id)
    assert {
        (row.trace_id, row.id): {name: getattr(row, name) for name in next(iter(want.values()), {})} for row in found
    } == want
    assert [(row.start_time, row.trace_id, row.id) for row in found] == sorted(
        ((row.start_time, row.trace_id, row.id) for row in found), reverse=True
    )
    assert await store.count_observations(ObservationQuery(project_id=project_id)) == len(want)
    starts_by_trace: dict[str, list[int]] = {}
    for (trace_id, _), row in want.items():
        starts_by_trace.setdefault(trace_id, []).append(row["start_time"])
    expected = sorted(((min(times), trace_id) for trace_id, times in starts_by_trace.items()), reverse=True)
    assert await every_trace(store, project_id) == expected
    assert await store.count_traces(TraceQuery(project_id=project_id)) == len(expected)
    for trace_id in starts_by_trace:
        listed = await store.trace_observations(project_id, trace_id, with_payloads=True)
        assert {row.id for row in listed} == {key[1] for key in want if key[0] == trace_id}
        assert [row.start_time for row in listed] == sorted(row.start_time for row in listed)


@pytest.mark.parametrize("name", ["it's", "a\\b", "{x:String}", "/*filters*/", "1 OR 1=1", "☃", "a\tb\nc", "%", "\x00", "'--"])
async def test_a_hostile_value_is_a_value(store: EventStore, name: str) -> None:
    """Nothing a client sends becomes SQL, as a value, a filter or an id."""
    project_id = f"p-{uuid.uuid4()}"
    row = Observation(project_id=project_id, trace_id=name, id=name, start_time=T, name=name, user_id=name, tags=[name])
    await store.write(EventRows(observations=[row]), token=uuid.uuid4().hex)
    where = Comparison(Field("name"), Operator.EQ, name)
    assert [found.id for found in await store.find_observations(ObservationQuery(project_id=project_id, where=where))] == [name]
    other = Comparison(Field("name"), Operator.NE, name)
    assert await store.find_observations(ObservationQuery(project_id=project_id, where=other)) == []
    by_user = Comparison(Field("user_id"), Operator.ANY_OF, (name,))
    assert [trace.id for trace in await store.find_traces(TraceQuery(project_id=project_id, where=by_user))] == [name]
    found = await store.get_observation(project_id, name)
    assert found is not None
    assert (found.name, found.tags) == (name, [name])


async def test_no_window_shows_a_row_that_was_replaced(store: EventStore) -> None:
    """A later version lies outside the window and in a part of its own: the earlier one must not come back."""
    project_id, replaced, moved = f"p-{uuid.uuid4()}", T + 1_000_000, T + 5_000_000
    names: dict[str, Any] = {"project_id": project_id, "trace_id": "t", "id": "a"}
    facts = {"id": "e", "item.root_observation_id": "a", "item.id": "i"}
    for version, start in enumerate((replaced, moved), start=1):
        row = Observation(**names, start_time=start, row_version=version, experiment=facts, is_root=True)
        score = Score(project_id=project_id, id="s", name="n", timestamp=start, trace_id="t", value=1.0, row_version=version)
        await store.write(EventRows(observations=[row], scores=[score]), token=uuid.uuid4().hex)
    for since, until, count in ((T, T + 3_000_000, 0), (T, moved, 0), (moved, moved + 1, 1), (T, moved + 1, 1)):
        window: dict[str, Any] = {"project_id": project_id, "since": since, "until": until}
        assert len(await store.find_observations(ObservationQuery(**window))) == count
        assert await store.count_observations(ObservationQuery(**window)) == count
        assert len(await store.find_traces(TraceQuery(**window))) == count
        assert len(await store.find_scores(ScoreQuery(**window))) == count
        assert await store.count_scores(ScoreQuery(**window)) == count
        assert len(await store.find_experiments(ExperimentQuery(**window))) == count
        assert len(await store.find_experiment_items(ExperimentItemQuery(**window))) == count
        for view in (View.OBSERVATIONS, View.TRACES, View.SCORES_NUMERIC):
            query = AggregateQuery(**window, view=view, measurements=(Measurement("count", Aggregation.COUNT),), limit=1)
            assert (await store.aggregate(query)).rows == ((count,),), view
    after = Keyset(T + 3_000_000, "t", "z")
    assert await store.find_observations(ObservationQuery(project_id=project_id, after=after)) == []
    assert await store.find_experiment_items(ExperimentItemQuery(project_id=project_id, after=after)) == []
    assert await store.find_scores(ScoreQuery(project_id=project_id, after=after)) == []


async def test_a_write_repeated_with_its_token_counts_once(store: EventStore) -> None:
    """A retry after an unclear failure must not double anything."""
    project_id, token = f"p-{uuid.uuid4()}", uuid.uuid4().hex
    row = Observation(project_id=project_id, trace_id="t", id="a", start_time=T, row_version=5)
    for _ in range(3):
        await store.write(EventRows(observations=[row]), token=token)
    assert await store.count_observations(ObservationQuery(project_id=project_id)) == 1


async def test_no_project_sees_another(store: EventStore) -> None:
    """The same ids in two projects stay apart in every read and delete."""
    one, two = f"p-{uuid.uuid4()}", f"p-{uuid.uuid4()}"
    for project_id in (one, two):
        row = Observation(
            project_id=project_id, trace_id="t", id="a", start_time=T, name=project_id, session_id="s", is_root=True
        )
        score = Score(project_id=project_id, id="sc", name=project_id, timestamp=T, trace_id="t", value=1.0)
        await store.write(EventRows(observations=[row], scores=[score]), token=uuid.uuid4().hex)
    await store.delete_traces(one, ["t"])
    assert await store.get_trace(one, "t") is None
    assert await store.get_observation(one, "a") is None
    assert await store.find_scores(ScoreQuery(project_id=one)) == []
    assert await store.count_sessions(SessionQuery(project_id=one)) == 0
    kept = await store.get_trace(two, "t")
    assert kept is not None
    assert kept.name == two
    assert [score.name for score in await store.find_scores(ScoreQuery(project_id=two))] == [two]
    assert [session.id for session in await store.find_sessions(SessionQuery(project_id=two))] == ["s"]


@settings(hypothesis_settings, max_examples=10)
@given(
    events=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["v", "w"]), st.sampled_from(["k", "l"])), min_size=2, max_size=6
    )
)
async def test_two_writers_of_one_entity_lose_nothing(store: EventStore, events: list[tuple[int, str, str]]) -> None:
    """Two server processes that update the same rows at once end in the row that one would have written."""
    project_id = f"p-{uuid.uuid4()}"
    writers = [GroupCommit(store, LIMITS, now_ns=time.time_ns, is_shared=True) for _ in range(2)]
    for writer in writers:
        writer.start()
    requests = [
        Decoded(
            partials=[
                Partial(
                    project_id=project_id, entity=Entity.OBSERVATION, id="e", time=T + at,
                    fields={"trace_id": "t", "metadata": {key: value}, "tags": [value]},
                )
            ]
        )
        for at, value, key in events
    ]  # fmt: skip
    await asyncio.gather(*(writers[index % 2].submit(request) for index, request in enumerate(requests)))
    found = await store.get_observation(project_id, "e")
    assert found is not None
    assert set(found.metadata) == {key for _, _, key in events}
    for key in found.metadata:
        latest = max((at, repr(value)) for at, value, name in events if name == key)
        assert repr(found.metadata[key]) == latest[1]
    assert found.tags == sorted({value for _, value, _ in events})
    assert await store.count_observations(ObservationQuery(project_id=project_id)) == 1
    for writer in writers:
        await writer.close()


async def test_traces_sort_by_any_field(store: EventStore) -> None:
    """An order other than by time covers the whole project."""
    project_id = f"p-{uuid.uuid4()}"
    rows = [
        Observation(project_id=project_id, trace_id=f"t{n}", id="r", start_time=T + n * MONTH, name=name, is_root=True)
        for n, name in enumerate(["m", "a", "z"])
    ]
    await store.write(EventRows(observations=rows), token=uuid.uuid4().hex)
    query = TraceQuery(project_id=project_id, order=Order("name", descending=False))
    assert [trace.name for trace in await store.find_traces(query)] == ["a", "m", "z"]


async def test_health_is_a_real_answer(store: EventStore) -> None:
    """The readiness check asks the engine and its tables."""
    assert (await store.health()).is_ready
