"""What the items of a run were and what came out: payloads and scores, wherever a client has put them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from spanwise_server.domain.datasets import DatasetItem, RunItem
from spanwise_server.domain.experiments import TraceMeasures
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.scores import Score
from spanwise_server.domain.traces import Trace
from spanwise_server.query.expressions import And, Comparison, Field, Operator
from spanwise_server.query.queries import ObservationQuery, TraceQuery
from spanwise_server.services.datasets.items import DatasetItems
from spanwise_server.services.traces import all_scores
from spanwise_server.storage.interface import EventReader

_AT_ONCE = 50
"""Items whose whole payloads are in memory at the same time: each may be megabytes."""


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a run. Payloads are stored text, and empty where nothing is known."""

    item: RunItem
    input: str = ""
    output: str = ""
    expected_output: str = ""
    cut: tuple[str, ...] = ()
    """The payloads of which there is more."""
    scores: Sequence[Score] = ()
    """Of what came out: the observation and its trace, by name; of the whole trace when no observation is named."""


class RunItemReader:
    """Reads items of runs from the metadata database and the event store."""

    def __init__(self, items: DatasetItems, events: EventReader) -> None:
        self._items = items
        self._events = events

    async def results(
        self, project_id: str, items: Sequence[RunItem], measures: Mapping[str, TraceMeasures], *, most: int | None
    ) -> list[RunResult]:
        """Return what each of ``items`` was and what came out.

        Args:
            project_id: Whose items they are.
            items: Items of one run.
            measures: What their traces took; it tells where in time to look.
            most: Longest payload in characters; ``None`` returns all of it.
        """
        scores = await self._scores(project_id, items)
        results: list[RunResult] = []
        for start in range(0, len(items), _AT_ONCE):
            part = items[start : start + _AT_ONCE]
            stored, observations, traces = await asyncio.gather(
                self._items.of_runs(project_id, part),
                self._observations(project_id, part, measures),
                self._traces(project_id, part),
            )
            for item, row in zip(part, stored, strict=True):
                subject = observations.get((item.trace_id, item.observation_id or "")) or traces.get(item.trace_id)
                results.append(_cut(_result(item, row, subject, scores.get(item.trace_id, ())), most))
        return results

    async def _observations(
        self, project_id: str, items: Sequence[RunItem], measures: Mapping[str, TraceMeasures]
    ) -> Mapping[tuple[str, str], Observation]:
        """Return the observations that the items name, by trace and id."""
        wanted = {(item.trace_id, item.observation_id) for item in items if item.observation_id and item.trace_id in measures}
        if not wanted:
            return {}
        trace_ids = tuple({trace_id for trace_id, _ in wanted})
        ids = tuple({observation_id for _, observation_id in wanted})
        query = ObservationQuery(
            project_id=project_id,
            where=And((
                Comparison(Field("trace_id"), Operator.ANY_OF, trace_ids), Comparison(Field("id"), Operator.ANY_OF, ids),
            )),
            since=min(measures[trace_id].start_time for trace_id in trace_ids),
            until=max(measures[trace_id].end_time for trace_id in trace_ids) + 1,
            limit=len(trace_ids) * len(ids),
            with_payloads=True,
        )  # fmt: skip
        return {(found.trace_id, found.id): found for found in await self._events.find_observations(query)}

    async def _traces(self, project_id: str, items: Sequence[RunItem]) -> Mapping[str, Trace]:
        """Return the traces of the items that name no observation."""
        ids = tuple({item.trace_id for item in items if not item.observation_id})
        if not ids:
            return {}
        where = And((Comparison(Field("id"), Operator.ANY_OF, ids),))
        query = TraceQuery(project_id=project_id, where=where, limit=len(ids), with_payloads=True)
        return {trace.id: trace for trace in await self._events.find_traces(query)}

    async def _scores(self, project_id: str, items: Sequence[RunItem]) -> Mapping[str, Sequence[Score]]:
        """Return every score in the items' traces, by trace."""
        found: defaultdict[str, list[Score]] = defaultdict(list)
        if items:
            where = Comparison(Field("trace_id"), Operator.ANY_OF, tuple({item.trace_id for item in items}))
            for score in await all_scores(self._events, project_id, where):
                found[score.trace_id].append(score)
        return found


def _result(item: RunItem, row: DatasetItem | None, subject: Observation | Trace | None, scores: Sequence[Score]) -> RunResult:
    """The dataset's word goes before what was sent along with the trace: it is what the run was over."""
    sent = subject.experiment.get("item.expected_output", "") if isinstance(subject, Observation) else ""
    return RunResult(
        item=item,
        input=(row.input if row is not None else None) or (subject.input if subject is not None else ""),
        output="" if subject is None else subject.output,
        expected_output=(row.expected_output if row is not None else None) or sent,
        scores=sorted(
            (score for score in scores if not item.observation_id or score.observation_id in ("", item.observation_id)),
            key=lambda score: (score.name, -score.timestamp, score.id),
        ),
    )


_PAYLOADS = ("input", "output", "expected_output")


def _cut(result: RunResult, most: int | None) -> RunResult:
    long = tuple(name for name in _PAYLOADS if most is not None and len(getattr(result, name)) > most)
    return (
        msgspec.structs.replace(result, cut=long, **{name: getattr(result, name)[:most] for name in long}) if long else result
    )
