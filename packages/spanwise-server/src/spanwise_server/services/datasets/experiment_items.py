"""Items of experiments over the whole project: spans that say they stand for one, and traces that run items point at."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from spanwise_server.domain.datasets import DatasetItem, StoredRun, StoredRunItem
from spanwise_server.domain.experiments import metadata_text
from spanwise_server.domain.observations import DEFAULT_ENVIRONMENT, Level, Micros, Observation
from spanwise_server.domain.scores import Score
from spanwise_server.domain.traces import Trace
from spanwise_server.query.evaluation import holds
from spanwise_server.query.expressions import And, Comparison, Field, Operator
from spanwise_server.query.queries import ExperimentItemQuery, Keyset, TraceQuery
from spanwise_server.services.datasets.experiments import Experiments, Selection
from spanwise_server.services.datasets.run_ids import only_ids, terms_over
from spanwise_server.services.traces import all_scores
from spanwise_server.storage.interface import ExperimentEvents
from spanwise_server.storage.metadata import dataset_items, dataset_runs
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.dataset_runs import RunItemFilter

_RUN_FIELDS = ("experiment_id", "experiment_name", "dataset_id")
_CHUNK = 200
"""Run items looked at in one go for those that no span stands for."""
_MOST_SPANS = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SEVEREST_FIRST = (Level.ERROR, Level.WARNING, Level.DEFAULT, Level.DEBUG)
Posted = tuple[StoredRunItem, StoredRun]
Place = tuple[Micros, str, str]


class ExperimentItem(msgspec.Struct, frozen=True, kw_only=True):
    """What came out for one item, with what is known of the run and of the item. Payloads are stored text."""

    place: Keyset
    """Where it stands in the order: newest first."""
    id: str
    """Of the span that stands for the item."""
    trace_id: str
    start_time: Micros
    end_time: Micros | None
    level: str
    environment: str
    experiment_id: str
    experiment_name: str
    experiment_description: str = ""
    experiment_metadata: str = ""
    dataset_id: str = ""
    item_id: str
    item_version: str = ""
    """ISO 8601 time, as a client gave it."""
    item_metadata: str = ""
    input: str = ""
    output: str = ""
    expected_output: str = ""
    metadata: Mapping[str, str] = {}


class ExperimentItems:
    """Items of the experiments of all projects."""

    def __init__(self, database: MetadataDatabase, events: ExperimentEvents, experiments: Experiments) -> None:
        self._database = database
        self._events = events
        self._experiments = experiments

    async def page(
        self, selection: Selection, *, limit: int, after: Keyset | None, with_payloads: bool
    ) -> list[ExperimentItem]:
        """Return items, newest first; ``after`` is the place of the last one of the page before."""
        project_id = selection.project_id
        where = await self._experiments.meant(project_id, selection.where, "experiment_id")
        selection = msgspec.structs.replace(selection, where=where)
        deleted = await self._database.read(lambda connection: dataset_runs.list_deleted_experiments(connection, project_id))
        query = ExperimentItemQuery(
            project_id=project_id,
            experiment_ids=only_ids(where, "experiment_id"),
            where=where,
            since=selection.since,
            until=selection.until,
            limit=limit,
            after=after,
            deleted=deleted,
            with_payloads=with_payloads,
        )
        spans, posted = await asyncio.gather(
            self._events.find_experiment_items(query), self._posted_alone(selection, deleted, limit=limit, after=after)
        )
        places = sorted([*map(_span_place, spans), *(_posted_place(item) for item, _ in posted)], reverse=True)[:limit]
        last = places[-1] if len(places) == limit else (0, "", "")
        owners = await self._experiments.owners(project_id, [span.experiment["id"] for span in spans])
        items = [_of_span(span, owners.get(span.experiment["id"])) for span in spans if _span_place(span) >= last]
        items += await self._described(project_id, [pair for pair in posted if _posted_place(pair[0]) >= last])
        return sorted(items, key=lambda item: (item.place.time, item.place.trace_id, item.place.id), reverse=True)

    async def scores(self, project_id: str, items: Sequence[ExperimentItem], *, limit: int) -> Mapping[str, list[Score]]:
        """Return the newest scores of each item and its trace, at most ``limit``, by the id in its place."""
        wanted: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for item in items:
            for observation_id in {"", item.id}:
                wanted[item.trace_id, observation_id].append(item.place.id)
        found: defaultdict[str, list[Score]] = defaultdict(list)
        if items:
            where = Comparison(Field("trace_id"), Operator.ANY_OF, tuple({item.trace_id for item in items}))
            for score in await all_scores(self._events, project_id, where):
                for place in wanted[score.trace_id, score.observation_id]:
                    if len(found[place]) < limit:
                        found[place].append(score)
        return found

    async def _posted_alone(
        self, selection: Selection, deleted: Mapping[str, Micros], *, limit: int, after: Keyset | None
    ) -> list[Posted]:
        """Return run items that no span stands for, at most ``limit``, newest first."""
        project_id, where = selection.project_id, selection.where
        run_terms = terms_over(where, _RUN_FIELDS)
        stored = await self._database.read(lambda connection: dataset_runs.list_project_runs(connection, project_id))
        runs = {run.id: run for run in stored if holds(run_terms, _values(run))}
        wanted = RunItemFilter(
            project_id=project_id,
            run_ids=tuple(runs),
            since=selection.since,
            until=selection.until,
            after=None if after is None else (after.time, after.trace_id, after.id),
        )
        alone: list[Posted] = []
        while runs and len(alone) < limit:
            found = await self._run_items(wanted)
            matching = [
                (item, runs[item.run_id])
                for item in found
                if holds(where, {**_values(runs[item.run_id]), "item_id": item.dataset_item_id})
            ]
            alone += await self._without_span(project_id, matching, deleted)
            if len(found) < _CHUNK:
                break
            wanted = dataclasses.replace(wanted, after=_posted_place(found[-1]))
        return alone[:limit]

    async def _run_items(self, wanted: RunItemFilter) -> list[StoredRunItem]:
        return await self._database.read(lambda connection: dataset_runs.find_run_items(connection, wanted, limit=_CHUNK))

    async def _without_span(self, project_id: str, posted: Sequence[Posted], deleted: Mapping[str, Micros]) -> list[Posted]:
        if not posted:
            return []
        query = ExperimentItemQuery(
            project_id=project_id,
            experiment_ids=tuple({alias for _, run in posted for alias in (run.id, run.experiment_id)}),
            trace_ids=tuple({item.trace_id for item, _ in posted}),
            deleted=deleted,
            limit=_MOST_SPANS,
        )
        spans = await self._events.find_experiment_items(query)
        known = {(span.trace_id, span.experiment.get("item.id", "")) for span in spans}
        return [(item, run) for item, run in posted if (item.trace_id, item.dataset_item_id) not in known]

    async def _described(self, project_id: str, posted: Sequence[Posted]) -> list[ExperimentItem]:
        """Read what run items point at; what is not there (yet) leaves its fields empty."""
        if not posted:
            return []

        def read_items(connection: MetadataTransaction) -> list[DatasetItem | None]:
            return [
                dataset_items.get_item(connection, project_id, item.dataset_item_id, version=item.dataset_version)
                for item, _ in posted
            ]

        where = And((Comparison(Field("id"), Operator.ANY_OF, tuple({item.trace_id for item, _ in posted})),))
        query = TraceQuery(project_id=project_id, where=where, limit=len(posted), with_payloads=True)
        items, found, observations = await asyncio.gather(
            self._database.read(read_items),
            self._events.find_traces(query),
            asyncio.gather(*(self._observation(project_id, item.observation_id) for item, _ in posted)),
        )
        traces = {trace.id: trace for trace in found}
        return [
            _of_posted(pair, item, observation or traces.get(pair[0].trace_id))
            for pair, item, observation in zip(posted, items, observations, strict=True)
        ]

    async def _observation(self, project_id: str, observation_id: str | None) -> Observation | None:
        return await self._events.get_observation(project_id, observation_id) if observation_id else None


def _span_place(span: Observation) -> Place:
    return span.start_time, span.trace_id, span.id


def _posted_place(item: StoredRunItem) -> Place:
    return item.created_at, item.trace_id, item.id


def _values(run: StoredRun) -> dict[str, str]:
    return {"experiment_id": run.id, "experiment_name": run.name, "dataset_id": run.dataset_id}


def _of_span(span: Observation, owner: StoredRun | None) -> ExperimentItem:
    given = span.experiment
    return ExperimentItem(
        place=Keyset(*_span_place(span)),
        id=span.id,
        trace_id=span.trace_id,
        start_time=span.start_time,
        end_time=span.end_time,
        level=span.level,
        environment=span.environment,
        experiment_id=given["id"] if owner is None else owner.id,
        experiment_name=given.get("name", "") if owner is None else owner.name,
        experiment_description=given.get("description", "") or (owner.description or "" if owner else ""),
        experiment_metadata=metadata_text(given, "metadata") or (owner.metadata or "" if owner else ""),
        dataset_id=given.get("dataset.id", ""),
        item_id=given.get("item.id", ""),
        item_version=given.get("item.version", ""),
        item_metadata=metadata_text(given, "item.metadata"),
        input=span.input,
        output=span.output,
        expected_output=given.get("item.expected_output", ""),
        metadata=span.metadata,
    )


def _of_posted(posted: Posted, item: DatasetItem | None, subject: Observation | Trace | None) -> ExperimentItem:
    row, run = posted
    start_time, end_time, level = row.created_at, None, Level.DEFAULT.value
    if isinstance(subject, Observation):
        start_time, end_time, level = subject.start_time, subject.end_time, subject.level
    elif subject is not None:
        start_time, end_time = subject.timestamp, subject.end_time
        level = next((name for name in _SEVEREST_FIRST if subject.level_counts.get(name)), Level.DEFAULT)
    return ExperimentItem(
        place=Keyset(*_posted_place(row)),
        id=row.observation_id or row.trace_id,
        trace_id=row.trace_id,
        start_time=start_time,
        end_time=end_time,
        level=level,
        environment=DEFAULT_ENVIRONMENT if subject is None else subject.environment,
        experiment_id=run.id,
        experiment_name=run.name,
        experiment_description=run.description or "",
        experiment_metadata=run.metadata or "",
        dataset_id=run.dataset_id,
        item_id=row.dataset_item_id,
        item_version="" if row.dataset_version is None else (_EPOCH + timedelta(microseconds=row.dataset_version)).isoformat(),
        item_metadata="" if item is None else item.metadata or "",
        input="" if subject is None else subject.input,
        output="" if subject is None else subject.output,
        expected_output="" if item is None else item.expected_output or "",
        metadata={} if subject is None else subject.metadata,
    )
