"""The queries a reader of events takes. Each names its project; none can be built without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spanwise_server.query.expressions import EVERYTHING, Expression


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by a field; the entity's id breaks ties in the same direction."""

    field: str
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Keyset:
    """The last row of the previous page: rows strictly after it (in the default order) follow."""

    time: int
    """Microseconds since the epoch: the row's start time or timestamp."""
    trace_id: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationQuery:
    """Observations of one project, newest start first: ``(start_time, trace_id, id)`` descending.

    ``after`` pages by keyset, ``offset`` by number; only one is used. ``since`` is inclusive, ``until`` exclusive, both
    on ``start_time``.
    """

    project_id: str
    where: Expression = EVERYTHING
    since: int | None = None
    until: int | None = None
    limit: int = 50
    offset: int = 0
    after: Keyset | None = None
    with_payloads: bool = False
    """Load input, output, span events and links."""
    with_metadata: bool = False
    order: Order = Order("start_time")


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceQuery:
    """Traces of one project, newest first: ``(timestamp, id)`` descending unless ``order`` says otherwise.

    ``since`` is inclusive, ``until`` exclusive, both on the trace's timestamp. ``after`` needs the default order.
    """

    project_id: str
    where: Expression = EVERYTHING
    since: int | None = None
    until: int | None = None
    limit: int = 50
    offset: int = 0
    after: Keyset | None = None
    order: Order = Order("timestamp")
    with_payloads: bool = False
    """Load input, output and metadata."""
    with_observation_ids: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreQuery:
    """Scores of one project, newest first: ``(timestamp, id)`` descending. ``since``/``until`` on ``timestamp``."""

    project_id: str
    where: Expression = EVERYTHING
    since: int | None = None
    until: int | None = None
    limit: int = 50
    offset: int = 0
    after: Keyset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuery:
    """Sessions of one project, newest first by ``created_at``; ``since``/``until`` on ``created_at``."""

    project_id: str
    where: Expression = EVERYTHING
    since: int | None = None
    until: int | None = None
    limit: int = 50
    offset: int = 0
    after: Keyset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentQuery:
    """Experiments of one project, latest activity first; ``None`` does not restrict. ``since``/``until`` as for observations."""

    project_id: str
    ids: tuple[str, ...] | None = None
    dataset_id: str | None = None
    since: int | None = None
    until: int | None = None
    limit: int = 10_000
    deleted: Mapping[str, int] = field(default_factory=dict)
    """Experiment id to the time (microseconds) until which what arrived does not count."""
    with_item_ids: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentItemQuery:
    """Items of experiments of one project: the spans that stand for them, newest start first as ``ObservationQuery``."""

    project_id: str
    experiment_ids: tuple[str, ...] | None = None
    trace_ids: tuple[str, ...] | None = None
    where: Expression = EVERYTHING
    """Over ``EXPERIMENT_ITEM_FIELDS``."""
    since: int | None = None
    until: int | None = None
    limit: int = 50
    after: Keyset | None = None
    deleted: Mapping[str, int] = field(default_factory=dict)
    """As in ``ExperimentQuery``."""
    with_payloads: bool = False
    with_metadata: bool = False
