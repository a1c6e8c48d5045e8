"""Reads that put traces together with what refers to them: scores, observations' trace facts, whole sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.scores import Score, ScoreDataType
from spanwise_server.domain.traces import Trace
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Operator
from spanwise_server.query.queries import Keyset, ScoreQuery, TraceQuery
from spanwise_server.storage.interface import EventReader

_PAGE = 1000
"""Rows a statement when everything is wanted: bounds the memory of one result, not the answer."""


async def traces_by_id(reader: EventReader, project_id: str, trace_ids: Iterable[str]) -> dict[str, Trace]:
    """Return the known ones of ``trace_ids``, without payloads."""
    wanted = {trace_id for trace_id in trace_ids if trace_id}
    return {trace.id: trace for trace in await reader.get_traces(project_id, wanted)} if wanted else {}


async def add_trace_facts(reader: EventReader, project_id: str, rows: Sequence[Observation]) -> None:
    """Give each observation what is known of its trace: clients say it once, often on the root or in a trace record.

    An observation's own user and session stay.
    """
    traces = await traces_by_id(reader, project_id, (row.trace_id for row in rows))
    for row in rows:
        trace = traces.get(row.trace_id)
        if trace is None:  # deleted since the rows were read
            continue
        row.user_id = row.user_id or trace.user_id
        row.session_id = row.session_id or trace.session_id
        row.trace_name = trace.name
        row.trace_public = trace.public
        row.tags = trace.tags
        row.release = trace.release


async def scores_of_trace(reader: EventReader, project_id: str, trace_id: str) -> list[Score]:
    """Return every score of the trace and its observations, newest first, corrections left out."""
    where = And(
        (
            Comparison(Field("trace_id"), Operator.EQ, trace_id),
            Comparison(Field("data_type"), Operator.NE, ScoreDataType.CORRECTION.value),
        )
    )
    return await all_scores(reader, project_id, where)


async def all_scores_of_trace(reader: EventReader, project_id: str, trace_id: str) -> list[Score]:
    """Return every score of the trace and its observations, newest first, corrections included."""
    return await all_scores(reader, project_id, Comparison(Field("trace_id"), Operator.EQ, trace_id))


async def score_ids_by_trace(reader: EventReader, project_id: str, trace_ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the ids of the scores of each trace, newest first."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    if trace_ids:
        where = Comparison(Field("trace_id"), Operator.ANY_OF, tuple(trace_ids))
        for score in await all_scores(reader, project_id, where):
            ids[score.trace_id].append(score.id)
    return ids


async def all_scores(reader: EventReader, project_id: str, where: Expression) -> list[Score]:
    """Return every score that ``where`` holds for, newest first."""
    scores: list[Score] = []
    after: Keyset | None = None
    while True:
        page = await reader.find_scores(ScoreQuery(project_id=project_id, where=where, limit=_PAGE, after=after))
        scores += page
        if len(page) < _PAGE:
            return scores
        after = Keyset(page[-1].timestamp, id=page[-1].id)


async def traces_of_session(reader: EventReader, project_id: str, session_id: str) -> list[Trace]:
    """Return every trace of the session with its payloads, oldest first."""
    where = Comparison(Field("session_id"), Operator.EQ, session_id)
    traces: list[Trace] = []
    after: Keyset | None = None
    while True:
        page = await reader.find_traces(
            TraceQuery(project_id=project_id, where=where, limit=_PAGE, after=after, with_payloads=True)
        )
        traces += page
        if len(page) < _PAGE:
            return traces[::-1]
        after = Keyset(page[-1].timestamp, page[-1].id, page[-1].id)
