"""What an event store promises. Every promise is a test in ``tests/storage/contract`` that each store runs.

Words as in RFC 2119. "Acknowledged" means that the awaited call returned.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from spanwise_server.domain.experiments import Experiment, ScoreSummary, TraceMeasures
from spanwise_server.domain.observations import Micros, Observation
from spanwise_server.domain.scores import Score
from spanwise_server.domain.traces import Session, Trace
from spanwise_server.query.aggregates import AggregateQuery, AggregateTable
from spanwise_server.query.queries import (
    ExperimentItemQuery,
    ExperimentQuery,
    ObservationQuery,
    ScoreQuery,
    SessionQuery,
    TraceQuery,
)


@dataclass(slots=True)
class EventRows:
    """Rows to write in one go, with the places of earlier versions that they leave behind."""

    observations: list[Observation] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    vacated_observations: list[Observation] = field(default_factory=list)
    """Earlier rows whose sort key (start minute, trace, id) differs from that of the row replacing them."""
    vacated_scores: list[Score] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Whether the store answers a read and could take a write, and what to do if not."""

    is_ready: bool
    detail: str


class EventWriter(Protocol):
    """Takes rows. One caller at a time: group commit stands above it."""

    async def write(self, rows: EventRows, /, *, token: str) -> None:
        """Persist ``rows``.

        MUST be durable against the death of the process when it returns, and readable by every read that starts
        afterwards. MUST raise if any row was not written. MUST be idempotent for the same rows and ``token``.
        """

    async def stored_observations(
        self, keys: Collection[tuple[str, str]], /
    ) -> Mapping[tuple[str, str], Sequence[Observation]]:
        """Return the live rows of each ``(project_id, id)``, payloads included; keys without rows are left out."""

    async def stored_trace_records(
        self, keys: Collection[tuple[str, str]], /
    ) -> Mapping[tuple[str, str], Sequence[Observation]]:
        """Return the live ``TRACE`` rows of each ``(project_id, trace_id)``; their own id is empty."""

    async def stored_scores(self, keys: Collection[tuple[str, str]], /) -> Mapping[tuple[str, str], Sequence[Score]]:
        """Return the live rows of each ``(project_id, id)``; keys without rows are left out."""


class EventReader(Protocol):
    """Answers queries. MUST never return a row of another project. MAY be called concurrently.

    A query that runs into its deadline or memory cap raises ``QueryTimeoutError``. A cancelled call stops its statement.
    """

    async def find_observations(self, query: ObservationQuery, /) -> list[Observation]: ...

    async def count_observations(self, query: ObservationQuery, /) -> int: ...

    async def get_observation(self, project_id: str, observation_id: str, /) -> Observation | None: ...

    async def find_traces(self, query: TraceQuery, /) -> list[Trace]: ...

    async def count_traces(self, query: TraceQuery, /) -> int: ...

    async def get_trace(self, project_id: str, trace_id: str, /) -> Trace | None:
        """Return the trace with payloads and observation ids, or none."""

    async def get_traces(self, project_id: str, trace_ids: Collection[str], /) -> list[Trace]:
        """Return those of the traces that exist, in no order, without payloads."""

    async def trace_observations(self, project_id: str, trace_id: str, /, *, with_payloads: bool) -> list[Observation]:
        """Return every observation of the trace (no ``TRACE`` rows), by ``start_time`` ascending, then id."""

    async def find_scores(self, query: ScoreQuery, /) -> list[Score]: ...

    async def count_scores(self, query: ScoreQuery, /) -> int: ...

    async def find_sessions(self, query: SessionQuery, /) -> list[Session]: ...

    async def count_sessions(self, query: SessionQuery, /) -> int: ...


class ExperimentEvents(EventReader, Protocol):
    """Answers what experiments and dataset runs are made of, beside all else. The promises of ``EventReader`` hold."""

    async def find_experiments(self, query: ExperimentQuery, /) -> list[Experiment]:
        """Return the experiments that have a row in the window, summed up over the rows in it alone."""

    async def find_experiment_items(self, query: ExperimentItemQuery, /) -> list[Observation]:
        """Return the observations that say of themselves that they are the root of an experiment's item."""

    async def measure_traces(self, project_id: str, trace_ids: Collection[str], /) -> Mapping[str, TraceMeasures]:
        """Return what each of the traces took; those without observations are left out."""

    async def summarize_scores(
        self, project_id: str, /, *, trace_ids: Collection[str], run_ids: Collection[str]
    ) -> list[ScoreSummary]:
        """Return the scores of any of the traces (or anything in them) and runs, summed up; corrections are left out."""


class EventAggregator(Protocol):
    """Adds up. The promises of ``EventReader`` hold."""

    async def aggregate(self, query: AggregateQuery, /) -> AggregateTable:
        """Add up. MUST count a replaced row once and a deleted one never, and MUST give the same answer for the same rows.

        Of a trace, rows outside the time range are taken into account too, as far from it as the range is long, but at least
        six hours and at most a day.

        Raises:
            InvalidRequestError: the view has no such field or measure, or the query breaks a bound (``query.views``).
            QueryTimeoutError: it would read more rows than one query may.
        """


class EventAdmin(Protocol):
    """Shape and care of the store."""

    async def migrate(self) -> None: ...

    async def delete_traces(self, project_id: str, trace_ids: Sequence[str], /) -> None:
        """Delete the traces, their observations and scores. MUST be effective for every read that starts afterwards."""

    async def delete_scores(self, project_id: str, score_ids: Sequence[str], /) -> None: ...

    async def delete_project(self, project_id: str, /) -> None:
        """Delete every row of the project. MUST be effective for every read that starts afterwards."""

    async def delete_before(self, project_id: str, before: Micros, /) -> bool:
        """Delete what the project's telemetry has from before this time, to the minute; say whether there was any.

        MUST be effective for every read that starts afterwards.
        """

    async def health(self) -> StoreHealth: ...

    async def close(self) -> None:
        """Cancel running statements, release the engine. MUST NOT lose acknowledged rows."""
