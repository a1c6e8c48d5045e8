"""One run, however it was announced: joins the runs of the metadata database with the experiments of the event store.

A run that run items announced has an id of its own; newer clients know the same run by an id they compute. Spans and scores
may name either. A run that only spans announced has the id that they gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from spanwise_server.domain.datasets import Run, RunItem, StoredRun, StoredRunItem, run_item_id_of
from spanwise_server.domain.experiments import Experiment
from spanwise_server.domain.observations import Observation
from spanwise_server.storage.metadata.dataset_runs import RunActivity

_ID = "item.id"


def join_runs(
    project_id: str, stored: Iterable[StoredRun], activity: Mapping[str, RunActivity], experiments: Sequence[Experiment]
) -> tuple[list[Run], dict[str, list[Experiment]]]:
    """Return every run once, in no order, and the experiments of each by its id.

    Stored runs without activity and without an experiment are left out unless ``activity`` lists them.
    """
    owners = {alias: run for run in stored for alias in (run.id, run.experiment_id)}
    parts: dict[str, list[Experiment]] = {}
    for experiment in experiments:
        owner = owners.get(experiment.id)
        parts.setdefault(experiment.id if owner is None else owner.id, []).append(experiment)
    runs = [
        _joined(run, activity.get(run.id), parts.get(run.id, []))
        for run in {owner.id: owner for owner in owners.values()}.values()
        if run.id in activity or run.id in parts
    ]
    runs += [_of_spans(project_id, experiment) for experiment in experiments if experiment.id not in owners]
    return runs, parts


def _joined(run: StoredRun, activity: RunActivity | None, experiments: Sequence[Experiment]) -> Run:
    starts = [part.start_time for part in experiments] or [activity.first if activity else run.created_at]
    ends = [part.end_time for part in experiments] or [activity.last if activity else run.created_at]
    newest = max(experiments, key=lambda part: part.end_time, default=None)
    counts = [part.item_count for part in experiments] + ([activity.item_count] if activity else [])
    return Run(
        id=run.id,
        ids=tuple(dict.fromkeys((run.id, run.experiment_id))),
        project_id=run.project_id,
        dataset_id=run.dataset_id,
        name=run.name,
        description=run.description if run.description is not None or newest is None else newest.description or None,
        metadata=run.metadata if run.metadata is not None or newest is None else newest.metadata or None,
        created_at=run.created_at,
        updated_at=max([run.updated_at, *(part.updated_at for part in experiments)]),
        start_time=min(starts),
        end_time=max(ends),
        item_count=max(counts, default=0),
        is_stored=True,
    )


def _of_spans(project_id: str, experiment: Experiment) -> Run:
    return Run(
        id=experiment.id,
        ids=(experiment.id,),
        project_id=project_id,
        dataset_id=experiment.dataset_id,
        name=experiment.name or experiment.id,
        description=experiment.description or None,
        metadata=experiment.metadata or None,
        created_at=experiment.start_time,
        updated_at=max(experiment.updated_at, experiment.start_time),
        start_time=experiment.start_time,
        end_time=experiment.end_time,
        item_count=experiment.item_count,
    )


def with_exact_count(run: Run, posted: Iterable[str], experiments: Iterable[Experiment]) -> Run:
    """Return ``run`` with the number of its different items, which both sides may know partly."""
    ids = set(posted)
    for part in experiments:
        ids.update(part.item_ids)
    return msgspec.structs.replace(run, item_count=len(ids))


def join_items(run: Run, posted: Sequence[StoredRunItem], spans: Sequence[Observation]) -> list[RunItem]:
    """Return the items of the run, newest first; what was posted and is a span as well counts once."""
    by_key: dict[tuple[str, str], list[Observation]] = {}
    for span in spans:
        by_key.setdefault((span.trace_id, span.experiment.get(_ID, "")), []).append(span)
    items = [_posted(run, item, by_key.get((item.trace_id, item.dataset_item_id), [])) for item in posted]
    known = {(item.trace_id, item.dataset_item_id) for item in posted}
    items += [item_of_span(run, span) for key, same in by_key.items() if key not in known for span in same]
    return sorted(items, key=lambda item: (-item.created_at, item.id))


def _posted(run: Run, item: StoredRunItem, spans: Sequence[Observation]) -> RunItem:
    span = next((span for span in spans if span.id == item.observation_id), spans[0] if spans else None)
    return RunItem(
        id=item.id,
        run_id=run.id,
        run_name=run.name,
        dataset_item_id=item.dataset_item_id,
        trace_id=item.trace_id,
        observation_id=item.observation_id,
        created_at=item.created_at,
        updated_at=item.updated_at,
        start_time=None if span is None else span.start_time,
        end_time=None if span is None else span.end_time,
    )


def item_of_span(run: Run, span: Observation) -> RunItem:
    """Return the run item that the span stands for."""
    item_id = span.experiment.get(_ID, "")
    return RunItem(
        id=run_item_id_of(run.id, item_id, span.trace_id, span.id),
        run_id=run.id,
        run_name=run.name,
        dataset_item_id=item_id,
        trace_id=span.trace_id,
        observation_id=span.id,
        created_at=span.start_time,
        updated_at=span.row_version // 1000,
        start_time=span.start_time,
        end_time=span.end_time,
    )
