"""Aggregates say what plain Python says of the same rows, on every store: replaced rows once, deleted ones never."""

from __future__ import annotations

import dataclasses
import math
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.scores import Score
from spanwise_server.domain.usage_keys import counts_for
from spanwise_server.query.aggregates import (
    TIME,
    AggregateQuery,
    AggregateTable,
    Aggregation,
    Granularity,
    Measurement,
    OrderTerm,
    View,
)
from spanwise_server.query.expressions import EVERYTHING, Comparison, Expression, Field, Not, Operator
from spanwise_server.services.container import EventStore
from spanwise_server.storage.events.clickhouse import ClickHouseEventStore
from spanwise_server.storage.interface import EventRows

T = 1_790_000_000_000_000
SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
OFFSETS = [0, 5 * SECOND, 200 * SECOND, 2 * HOUR, 20 * HOUR, -20 * HOUR]
WINDOWS = [(T - DAY, T + DAY), (T - DAY, T + DAY), (T, T + HOUR), (T - DAY, T)]
hypothesis_settings = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Row = Any  # an Observation, a Score or a trace as a dict of facts
Read = Callable[[Row], Any]

observed = st.fixed_dictionaries(
    {"trace_id": st.sampled_from(["t1", "t2", "t'3"]), "id": st.integers(0, 4)},
    optional={
        "name": st.sampled_from(["n1", "n2", ""]),
        "type": st.sampled_from(["SPAN", "GENERATION", "TOOL"]),
        "level": st.sampled_from(["DEFAULT", "ERROR"]),
        "model": st.sampled_from(["m1", "m2"]),
        "user_id": st.sampled_from(["u1", "u2"]),
        "session_id": st.sampled_from(["s1", "s2"]),
        "tags": st.lists(st.sampled_from(["x", "y"]), unique=True),
        "trace_name": st.sampled_from(["w1", "w2"]),
        "environment": st.sampled_from(["prod", "default"]),
        "parent_id": st.sampled_from(["", "p"]),
        "latency": st.sampled_from([None, 0, 1_500, 2 * SECOND]),
        "usage": st.sampled_from(
            [
                {},
                {"input": 3, "total": 3},
                {"input": 2**63, "input_cached": 1, "output": 2, "total": 2**63},
                {"promptTokenCount": 5, "candidatesTokenCount": 7, "thoughtsTokenCount": 11, "total": 23},
            ]
        ),
        "cost": st.sampled_from(
            [
                {},
                {"total": Decimal("0.1")},
                {"input": Decimal("0.2"), "output": Decimal("1e-12"), "total": Decimal("0.200000000001")},
            ]
        ),
        "tool_names": st.lists(st.sampled_from(["grep", "cat"]), max_size=2, unique=True),
        "metadata": st.sampled_from([{}, {"k": "a"}, {"k": "7"}, {"k": '{"n":"b"}'}]),
        "prompt_version": st.integers(0, 2),
        "source": st.sampled_from(["otlp", "ingestion"]),
        "version": st.sampled_from(["1", "2"]),
    },
)
records = st.fixed_dictionaries(
    {"trace_id": st.sampled_from(["t1", "t2", "only"]), "id": st.just(""), "type": st.just("TRACE")},
    optional={"name": st.sampled_from(["w3", ""]), "user_id": st.just("u3"), "tags": st.just(["z"])},
)
judged = st.fixed_dictionaries(
    {"id": st.sampled_from(["s1", "s2", "s3", "s4"]), "name": st.sampled_from(["q1", "q2"])},
    optional={
        "trace_id": st.sampled_from(["t1", "t2", "nowhere"]),
        "observation_id": st.sampled_from(["0", "1"]),
        "data_type": st.sampled_from(["NUMERIC", "BOOLEAN", "CATEGORICAL"]),
        "value": st.sampled_from([0.0, 1.0, -2.5]),
        "string_value": st.sampled_from(["good", "bad"]),
    },
)
deletes = st.sampled_from(["t1", "t2"]).map(lambda trace_id: {"delete": trace_id})
stories = st.tuples(
    st.lists(st.one_of(observed, observed, records, judged), min_size=15, max_size=30),
    st.lists(deletes, max_size=1),
    st.lists(st.one_of(observed, observed, judged), min_size=3, max_size=12),
)
"""Two batches of rows, many of them versions of each other, and perhaps a deletion in between."""


class Model:
    """The live rows, in dictionaries by identity."""

    def __init__(self, project_id: str) -> None:
        self.project_id = project_id
        self.observations: dict[tuple[str, str], Observation] = {}
        self.scores: dict[str, Score] = {}

    def place(self, number: int, fields: dict[str, Any]) -> EventRows:
        """Return a row to write, and note it."""
        fields = dict(fields)
        if fields["id"] in ("s1", "s2", "s3", "s4"):
            # The same score may change what it is about, but not when it was given.
            time = T + OFFSETS[int(fields["id"][1])]
            score = Score(project_id=self.project_id, timestamp=time, row_version=number, **fields)
            self.scores[score.id] = max(score, self.scores.get(score.id, score), key=lambda row: row.row_version)
            return EventRows(scores=[score])
        fields["id"] = str(fields["id"])
        latency, total = fields.pop("latency", None), fields.get("cost", {}).get("total")
        # Every row of a trace begins at a time of its own, and a later version of it at the same.
        start = T + OFFSETS[sum(map(ord, fields["trace_id"] + fields["id"])) % 6] + (int(fields["id"]) if fields["id"] else 7)
        row = Observation(
            project_id=self.project_id, start_time=start, end_time=None if latency is None else start + latency,
            row_version=number, total_cost=total, is_root=not fields.get("parent_id") and fields.get("type") != "TRACE", **fields,
        )  # fmt: skip
        key = (row.trace_id, row.id)
        self.observations[key] = max(row, self.observations.get(key, row), key=lambda row: row.row_version)
        return EventRows(observations=[row])

    async def write(self, store: EventStore, first: int, batch: list[dict[str, Any]]) -> None:
        """Write rows in two goes, so that versions of one row stand in different parts."""
        for half in (0, 1):
            rows = EventRows()
            for number, fields in [*enumerate(batch, first)][half::2]:
                placed = self.place(number, fields)
                rows.observations += placed.observations
                rows.scores += placed.scores
            await store.write(rows, token=uuid.uuid4().hex)

    async def delete(self, store: EventStore, trace_id: str) -> None:
        """Delete a trace and its scores."""
        await store.delete_traces(self.project_id, [trace_id])
        self.observations = {key: row for key, row in self.observations.items() if key[0] != trace_id}
        self.scores = {key: row for key, row in self.scores.items() if row.trace_id != trace_id}

    def trace(self, trace_id: str, since: int, until: int) -> dict[str, Any]:
        """Return what is known of a trace from rows up to the reach outside the range."""
        reach = min(max(until - since, 6 * HOUR), DAY)
        rows = [
            row
            for row in self.observations.values()
            if row.trace_id == trace_id and since - reach <= row.start_time < until + reach
        ]
        ranked = sorted(rows, key=lambda row: (row.type == "TRACE", row.start_time), reverse=True)
        record = next((row for row in rows if row.type == "TRACE"), None)
        observations = [row for row in rows if row.type != "TRACE"]
        roots = sorted((row for row in rows if row.is_root), key=lambda row: row.start_time)

        def latest(read: Callable[[Observation], str]) -> str:
            return next((value for row in ranked if (value := read(row))), "")

        name = latest(lambda row: row.name if row.type == "TRACE" else row.trace_name)
        ends = [row.start_time if row.end_time is None else row.end_time for row in observations]
        starts = [row.start_time for row in observations]
        return {
            "id": trace_id,
            "time": record.start_time if record else min((row.start_time for row in rows), default=None),
            "name": name or ("" if record or not roots else roots[0].name),
            "user_id": latest(lambda row: row.user_id),
            "session_id": latest(lambda row: row.session_id),
            "tags": tuple(sorted({tag for row in rows for tag in row.tags})),
            "version": latest(lambda row: row.version if row.type == "TRACE" or row.source != "ingestion" else ""),
            "latency": (max(ends) - min(starts)) / 1e3 if observations else 0.0,
            "count": len(observations),
            "cost": sum((row.total_cost or Decimal(0) for row in rows), Decimal(0)),
            "tokens": sum(row.usage.get("total", 0) for row in rows),
            "scores": sum(score.trace_id == trace_id for score in self.scores.values()),
        }

    def rows(self, view: View, since: int, until: int) -> list[dict[str, Any]]:
        """Return the rows of a view as dimensions and measures, by the names of ``query.views``."""
        if view is View.TRACES:
            traces = [self.trace(trace_id, since, until) for trace_id in {key[0] for key in self.observations}]
            return [_trace_row(trace) for trace in traces if trace["time"] is not None and since <= trace["time"] < until]
        if view is View.OBSERVATIONS:
            found = [row for row in self.observations.values() if row.type != "TRACE" and since <= row.start_time < until]
            return [self._observation_row(row, self.trace(row.trace_id, since, until)) for row in found]
        kinds = {
            View.SCORES_NUMERIC: {"NUMERIC", "BOOLEAN"}, View.SCORES_BOOLEAN: {"BOOLEAN"}, View.SCORES_CATEGORICAL: {"CATEGORICAL"},
        }[view]  # fmt: skip
        scores = [row for row in self.scores.values() if row.data_type in kinds and since <= row.timestamp < until]
        return [self._score_row(row) for row in scores]

    def _observation_row(self, row: Observation, trace: dict[str, Any]) -> dict[str, Any]:
        seconds = None if row.end_time is None else (row.end_time - row.start_time) / 1e6
        usage, cost = row.usage or None, row.cost or None
        total = usage and usage.get("total", 0)
        key = row.metadata.get("k", "")
        return {
            "time": row.start_time, "id": row.id, "name": row.name, "type": row.type, "level": row.level, "model": row.model,
            "environment": row.environment, "version": row.version, "trace_id": row.trace_id, "trace_name": trace["name"],
            "user_id": row.user_id or trace["user_id"], "session_id": row.session_id or trace["session_id"],
            "tags": trace["tags"], "trace_version": trace["version"], "is_root": row.is_root,
            "prompt_version": row.prompt_version or None, "tool_names": row.tool_names,
            "metadata.k": {"": None, "a": "a", "7": 7}.get(key, {"n": "b"}), "metadata.k.n": "b" if key.startswith("{") else None,
            "usage_type": [(k, v) for k, v in row.usage.items() if k != "total" or len(row.usage) == 1],
            "cost_type": [(k, v) for k, v in row.cost.items() if k != "total" or len(row.cost) == 1],
            "m": {
                "count": 1, "latency": None if seconds is None else seconds * 1e3,
                "input_tokens": usage and sum(units for key, units in usage.items() if counts_for(key, "input")),
                "output_tokens": usage and sum(units for key, units in usage.items() if counts_for(key, "output")), "total_tokens": total,
                "tokens_per_second": total / seconds if total is not None and seconds else None,
                "input_cost": cost and cost.get("input", Decimal(0)), "total_cost": row.total_cost,
                "unique_user_ids": row.user_id or trace["user_id"] or None, "trace_id": row.trace_id,
                "tool_definitions": len(row.tool_names),
                "count_scores": sum((s.trace_id, s.observation_id) == (row.trace_id, row.id) for s in self.scores.values()),
            },
        }  # fmt: skip

    def _score_row(self, row: Score) -> dict[str, Any]:
        # Wherever in time they lie: a score may come long after its trace.
        trace = self.trace(row.trace_id, T - DAY, T + DAY) if row.trace_id else self.trace("none", T, T + 1)
        about = self.observations.get((row.trace_id, row.observation_id)) if row.observation_id else None
        return {
            "time": row.timestamp, "name": row.name, "data_type": row.data_type, "value": row.value, "string_value": row.string_value,
            "boolean_value": row.value == 1 if row.data_type == "BOOLEAN" and row.value is not None else None, "trace_name": trace["name"],
            "user_id": trace["user_id"], "trace_tags": trace["tags"], "observation_name": about.name if about else "",
            "observation_model": about.model if about else "", "m": {"count": 1, "value": row.value},
        }  # fmt: skip


def _trace_row(trace: dict[str, Any]) -> dict[str, Any]:
    return {
        **trace,
        "m": {
            "count": 1, "observations_count": trace["count"], "scores_count": trace["scores"], "latency": trace["latency"],
            "total_tokens": trace["tokens"], "total_cost": trace["cost"], "unique_user_ids": trace["user_id"] or None,
        },
    }  # fmt: skip


DIMENSIONS = {
    View.TRACES: ["name", "user_id", "session_id", "tags", "version"],
    View.OBSERVATIONS: [
        "name",
        "type",
        "level",
        "model",
        "environment",
        "version",
        "trace_id",
        "trace_name",
        "user_id",
        "session_id",
        "tags",
        "trace_version",
        "is_root",
        "prompt_version",
        "tool_names",
        "metadata.k",
        "metadata.k.n",
        "usage_type",
        "cost_type",
    ],
    View.SCORES_NUMERIC: [
        "name",
        "data_type",
        "value",
        "trace_name",
        "user_id",
        "trace_tags",
        "observation_name",
        "observation_model",
    ],
    View.SCORES_CATEGORICAL: ["name", "string_value", "trace_name"],
    View.SCORES_BOOLEAN: ["name", "boolean_value", "user_id"],
}
MEASURES = {
    View.TRACES: ["count", "observations_count", "scores_count", "latency", "total_tokens", "total_cost", "unique_user_ids"],
    View.OBSERVATIONS: [
        "count",
        "latency",
        "input_tokens",
        "output_tokens",
        "total_tokens",
        "tokens_per_second",
        "input_cost",
        "total_cost",
        "unique_user_ids",
        "trace_id",
        "tool_definitions",
        "count_scores",
    ],
    View.SCORES_NUMERIC: ["count", "value"],
    View.SCORES_CATEGORICAL: ["count"],
    View.SCORES_BOOLEAN: ["count", "value"],
}
TEXT = {"unique_user_ids", "trace_id"}
ASKED_ROWS = 10_000


def _measurements(view: View) -> st.SearchStrategy[tuple[Measurement, ...]]:
    every = [
        Measurement(measure, way)
        for measure in MEASURES[view]
        for way in Aggregation
        if measure not in TEXT or way in (Aggregation.COUNT, Aggregation.UNIQ)
    ]
    return st.lists(st.sampled_from(every), min_size=1, max_size=4, unique=True).map(tuple)


def _questions(view: View) -> st.SearchStrategy[AggregateQuery]:
    fields = [Field(*name.split(".", 1)) for name in DIMENSIONS[view]]
    return st.builds(
        lambda window, dimensions, measurements, granularity, where: AggregateQuery(
            project_id="", view=view, measurements=measurements, dimensions=tuple(dimensions), granularity=granularity,
            since=window[0], until=window[1], where=where, limit=ASKED_ROWS,
        ),
        st.sampled_from(WINDOWS),
        st.lists(st.sampled_from(fields), max_size=2, unique=True),
        _measurements(view),
        st.sampled_from([None, *Granularity]),
        st.sampled_from([EVERYTHING, Comparison(Field("name"), Operator.EQ, "n1"), Not(Comparison(Field("user_id"), Operator.EQ, "u1"))]),
    )  # fmt: skip


questions = st.lists(st.sampled_from([View.OBSERVATIONS, *View]).flatmap(_questions), min_size=5, max_size=8)


def _selected(where: Expression, row: dict[str, Any]) -> bool:
    match where:
        case Comparison(field, _, value):
            return bool(row[field.name] == value)
        case Not(term):
            return not _selected(term, row)
    return True


def _groups(row: dict[str, Any], names: Sequence[str]) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Return the groups that a row is in, and what it counts for in each: several, when a dimension is exploded."""
    found: list[tuple[tuple[Any, ...], dict[str, Any]]] = [((), {})]
    for name in names:
        value = row[name]
        if name == "tool_names":
            found = [((*key, one), parts) for key, parts in found for one in value]
        elif name in ("usage_type", "cost_type"):
            found = [((*key, kind), {**parts, name: amount}) for key, parts in found for kind, amount in value]
        else:
            found = [((*key, None if value == "" else value), parts) for key, parts in found]
    return found


def aggregated(way: Aggregation, values: Iterable[Any]) -> Any:
    """Aggregate in plain Python."""
    known = [value for value in values if value is not None]
    if way is Aggregation.COUNT:
        return len(known)
    if way is Aggregation.UNIQ:
        return len(set(known))
    if way is Aggregation.SUM:
        return sum(known)
    if way is Aggregation.HISTOGRAM or not known:
        return known if way is Aggregation.HISTOGRAM else None
    if way is Aggregation.AVG:
        return math.fsum(known) / len(known)
    if way in (Aggregation.MIN, Aggregation.MAX):
        return (min if way is Aggregation.MIN else max)(known)
    ordered = sorted(map(float, known))
    place = (len(ordered) - 1) * int(way[1:]) / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def expected(model: Model, query: AggregateQuery) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the answer by plain Python, by group."""
    names = [field.name if field.key is None else f"{field.name}.{field.key}" for field in query.dimensions]
    grouped: defaultdict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in model.rows(query.view, query.since, query.until):
        if _selected(query.where, row):
            bucket = () if query.granularity is None else (query.granularity.floor(row["time"]),)
            for key, _ in _groups(row, names):
                grouped[(*bucket, *map(_hashable, key))].append(row["m"])
    if query.granularity is None and not query.dimensions:
        grouped[()] = grouped[()]
    return {
        key: tuple(aggregated(one.aggregation, [row[one.measure] for row in rows]) for one in query.measurements)
        for key, rows in grouped.items()
    }


def _hashable(value: Any) -> Any:
    return msgspec.json.encode(value) if isinstance(value, dict) else value


def _agree(query: AggregateQuery, table: AggregateTable, want: dict[tuple[Any, ...], tuple[Any, ...]]) -> None:
    keys = len(query.dimensions) + (query.granularity is not None)
    found = {tuple(map(_hashable, row[:keys])): row[keys:] for row in table.rows}
    assert len(found) == len(table.rows)
    assert found.keys() == want.keys()
    for key, values in found.items():
        for one, value, wanted in zip(query.measurements, values, want[key], strict=True):
            _agree_on(one, value, wanted, is_empty=not key)


def _agree_on(one: Measurement, value: Any, wanted: Any, *, is_empty: bool) -> None:
    if one.aggregation is Aggregation.HISTOGRAM:
        assert sum(height for _, _, height in value) == pytest.approx(len(wanted))
        assert all(low <= high for low, high, _ in value)
        assert not wanted or (value[0][0], value[-1][1]) == pytest.approx((float(min(wanted)), float(max(wanted))))
    elif wanted is None and is_empty:
        assert not value  # nothing at all to add up: the least of nothing is nothing or nought
    elif isinstance(value, float) and wanted is not None:
        assert value == pytest.approx(float(wanted), rel=1e-9)
    else:
        assert value == wanted


@hypothesis_settings
@given(story=stories, asked=questions)
async def test_aggregates_agree_with_python(store: EventStore, story: tuple[Any, ...], asked: list[AggregateQuery]) -> None:
    """Any rows, any question: the store and a few lines of Python give the same table."""
    before, deleted, after = story
    model, neighbour = Model(f"p-{uuid.uuid4()}"), Model(f"p-{uuid.uuid4()}")
    await neighbour.write(store, 1, before)
    await model.write(store, 1, before)
    for one in deleted:
        await model.delete(store, one["delete"])
    await model.write(store, 100, after)
    for question in asked:
        query = dataclasses.replace(question, project_id=model.project_id)
        table = await store.aggregate(query)
        assert not table.is_truncated
        _agree(query, table, expected(model, query))


async def test_order_and_limit(store: EventStore) -> None:
    """Rows come as ordered, ties by their dimensions; a cut table says so."""
    model = Model(f"p-{uuid.uuid4()}")
    names = ["b", "a", "c", "a"]
    rows = [{"trace_id": "t", "id": number, "name": name, "latency": number} for number, name in enumerate(names)]
    await model.write(store, 1, rows)
    count = Measurement("count", Aggregation.COUNT)
    query = AggregateQuery(
        project_id=model.project_id, view=View.OBSERVATIONS, measurements=(count,), dimensions=(Field("name"),),
        since=T - DAY, until=T + DAY, limit=10,
    )  # fmt: skip
    assert (await store.aggregate(query)).rows == (("a", 2), ("b", 1), ("c", 1))
    by_name = dataclasses.replace(query, order=(OrderTerm(Field("name")),))
    assert (await store.aggregate(by_name)).rows == (("c", 1), ("b", 1), ("a", 2))
    rarest = dataclasses.replace(query, order=(OrderTerm(count, descending=False),), limit=2)
    assert await store.aggregate(rarest) == AggregateTable(("name", "count_count"), (("b", 1), ("c", 1)), is_truncated=True)
    newest = dataclasses.replace(query, dimensions=(), granularity=Granularity.MINUTE, order=(OrderTerm(TIME),))
    times = [row[0] for row in (await store.aggregate(newest)).rows]
    assert times == sorted(times, reverse=True)


async def test_what_there_is_not_is_refused(store: EventStore) -> None:
    """A name that the view does not have never reaches the engine."""
    query = AggregateQuery(
        project_id="p",
        view=View.OBSERVATIONS,
        measurements=(Measurement("count()", Aggregation.COUNT),),
        since=0,
        until=1,
        limit=1,
    )
    with pytest.raises(InvalidRequestError, match="no measure"):
        await store.aggregate(query)


async def test_rows_from_before_the_narrow_copy_are_counted(store: EventStore) -> None:
    """A store that an earlier version wrote is copied over at the next start, once."""
    assert isinstance(store, ClickHouseEventStore)
    model = Model(f"p-{uuid.uuid4()}")
    await model.write(store, 1, [{"trace_id": "t", "id": number} for number in range(3)])
    count = AggregateQuery(
        project_id=model.project_id, view=View.OBSERVATIONS, measurements=(Measurement("count", Aggregation.COUNT),),
        since=T - DAY, until=T + DAY, limit=1,
    )  # fmt: skip
    await store._engine.on_writer(lambda client: client.command("TRUNCATE TABLE narrow_observations"))
    assert (await store.aggregate(count)).rows == ((0,),)
    for _ in range(2):
        await store.migrate()
        assert (await store.aggregate(count)).rows == ((3,),)
