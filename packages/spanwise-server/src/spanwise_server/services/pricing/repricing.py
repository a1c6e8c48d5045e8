"""Prices history anew: rows that are stored get the cost that today's definitions give them. Provided costs never change.

Works in steps of one page, newest first; each returns where the next one begins, so that a run can be stopped, shown and
continued. Rows are re-written by ingestion, between its commits, so that nothing written at the same time is lost.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Protocol

import msgspec

from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.observations import Micros, Observation
from spanwise_server.query.expressions import And, Comparison, Field, Operator
from spanwise_server.query.queries import Keyset, ObservationQuery
from spanwise_server.storage.interface import EventReader

PAGE_ROWS: Final = 500
"""Rows of one step. Ingestion waits while a step writes: some 50 ms."""


class RepriceSelection(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows to price anew. ``since`` is inclusive, ``until`` exclusive, both on the start time."""

    project_id: str
    since: Micros | None = None
    until: Micros | None = None
    model: str | None = None
    """Only rows whose model name, as the client gave it, is this."""


class RepriceStep(msgspec.Struct, frozen=True, kw_only=True):
    """What one step, or several added up, did."""

    examined: int = 0
    changed: int = 0
    old_total: Decimal = Decimal(0)
    """USD of the examined rows as they were."""
    new_total: Decimal = Decimal(0)
    """USD of the examined rows as they are now, or with ``dry_run`` would be."""
    cursor: str | None = None
    """Where the next step begins; ``None`` after the last."""

    def plus(self, later: RepriceStep) -> RepriceStep:
        """Add up two steps of one run."""
        return RepriceStep(
            examined=self.examined + later.examined,
            changed=self.changed + later.changed,
            old_total=self.old_total + later.old_total,
            new_total=self.new_total + later.new_total,
            cursor=later.cursor,
        )


class Rewriter(Protocol):
    """The part of ingestion that prices stored rows anew."""

    async def reprice(
        self, project_id: str, places: Sequence[tuple[str, str]], *, dry_run: bool
    ) -> list[tuple[Observation, Observation]]:
        """Return the rows at ``places`` (trace id, id) as they were and as they are priced now; write what changed."""


class Repricing:
    """Prices stored observations anew, step by step."""

    def __init__(self, events: EventReader, rewriter: Rewriter) -> None:
        self._events = events
        self._rewriter = rewriter

    async def step(
        self, selection: RepriceSelection, *, cursor: str | None = None, dry_run: bool = False, page_rows: int = PAGE_ROWS
    ) -> RepriceStep:
        """Price the next page of rows.

        Raises:
            InvalidRequestError: the cursor is none of ours.
        """
        named: list[Comparison] = [Comparison(Field("model"), Operator.IS_SET)]
        if selection.model:
            named = [Comparison(Field("model"), Operator.EQ, selection.model)]
        page = await self._events.find_observations(
            ObservationQuery(
                project_id=selection.project_id,
                where=And(tuple(named)),
                since=selection.since,
                until=selection.until,
                limit=page_rows,
                after=_keyset(cursor),
            )
        )
        if not page:
            return RepriceStep()
        places = [(row.trace_id, row.id) for row in page]
        pairs = await self._rewriter.reprice(selection.project_id, places, dry_run=dry_run)
        last = page[-1]
        return RepriceStep(
            examined=len(pairs),
            changed=sum(is_repriced(before, after) for before, after in pairs),
            old_total=sum((before.total_cost or Decimal(0) for before, _ in pairs), Decimal(0)),
            new_total=sum((after.total_cost or Decimal(0) for _, after in pairs), Decimal(0)),
            cursor=_encode(Keyset(last.start_time, last.trace_id, last.id)) if len(page) == page_rows else None,
        )


def is_repriced(before: Observation, after: Observation) -> bool:
    """Say whether pricing has changed anything."""
    return _priced(before) != _priced(after)


def _priced(row: Observation) -> tuple[object, ...]:
    return (row.cost, row.total_cost, row.cost_source, row.model_id, row.price_tier_id, row.price_tier, row.usage)


def _encode(place: Keyset) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([place.time, place.trace_id, place.id])).decode()


def _keyset(cursor: str | None) -> Keyset | None:
    if cursor is None:
        return None
    try:
        time, trace_id, row_id = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=tuple[int, str, str])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        issue = Issue("is not a cursor that this server has given out", ("cursor",), "invalid_cursor")
        raise InvalidRequestError("Invalid cursor", hint="start again without a cursor", issues=[issue]) from error
    if not -(2**62) < time < 2**62:
        raise InvalidRequestError("Invalid cursor", issues=[Issue("names no time", ("cursor",), "invalid_cursor")])
    return Keyset(time, trace_id, row_id)
