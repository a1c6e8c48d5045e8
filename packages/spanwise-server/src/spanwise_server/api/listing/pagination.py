"""Pages: numbered ones with a count, and cursors. Owns what a cursor looks like on the wire; clients must not look inside."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeVar

import msgspec

from spanwise_server.api.listing.parameters import PageParameters, parse_time
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_micros
from spanwise_server.domain.datasets import Run
from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.observations import Micros, Observation
from spanwise_server.domain.scores import Score
from spanwise_server.domain.traces import Trace
from spanwise_server.query.queries import Keyset
from spanwise_server.services.datasets.experiment_items import ExperimentItem

Query = TypeVar("Query")
Row = TypeVar("Row")
_Cursor = TypeVar("_Cursor", bound=msgspec.Struct)


async def numbered_page(
    query: Query,
    page: PageParameters,
    find: Callable[[Query], Awaitable[list[Row]]],
    count: Callable[[Query], Awaitable[int]],
) -> tuple[list[Row], PageMeta]:
    """Return the rows of a page and where it stands; what a short page tells about the total is not counted again."""
    rows = await find(query)
    is_last = len(rows) < page.limit and (bool(rows) or page.page == 1)
    total = page.offset + len(rows) if is_last else await count(query)
    return rows, page_meta(page, total)


def page_meta(page: PageParameters, total: int) -> PageMeta:
    """Return where a page of ``total`` items stands."""
    return {"page": page.page, "limit": page.limit, "totalItems": total, "totalPages": -(-total // page.limit)}


class _ObservationCursor(msgspec.Struct, rename="camel"):
    last_start_time_to: str
    last_trace_id: str
    last_id: str


class _ScoreCursor(msgspec.Struct, rename="camel"):
    v: Literal[1]
    last_timestamp: str
    last_id: str


class _TraceCursor(msgspec.Struct, rename="camel"):
    last_timestamp: str
    last_id: str


class _ExperimentCursor(msgspec.Struct, rename="camel"):
    v: Literal[1]
    last_time: str
    last_experiment_id: str


class _ExperimentItemCursor(msgspec.Struct, rename="camel"):
    v: Literal[1]
    last_time: str
    last_trace_id: str
    last_id: str
    last_experiment_id: str


def _encode(cursor: msgspec.Struct) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode()


def _decode(text: str, kind: type[_Cursor]) -> _Cursor:
    try:
        # Both base64 alphabets and lost padding are accepted: cursors travel through many hands.
        plain = base64.b64decode(
            text.replace("-", "+").replace("_", "/").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True
        )
        return msgspec.json.decode(plain, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError, UnicodeError) as error:
        raise _bad_cursor() from error


def _time(text: str) -> int:
    try:
        return parse_time(text)
    except ValueError as error:
        raise _bad_cursor() from error


def _bad_cursor() -> InvalidRequestError:
    issue = Issue("is not a cursor that this server has given out", ("cursor",), "invalid_cursor")
    return InvalidRequestError("Invalid cursor", hint="start again without a cursor", issues=[issue])


def observation_cursor(row: Observation) -> str:
    """Return the cursor after ``row``."""
    return _encode(_ObservationCursor(to_micros(row.start_time), row.trace_id, row.id))


def after_observation(cursor: str | None) -> Keyset | None:
    """Return where the page after ``cursor`` begins.

    Raises:
        InvalidRequestError: it is not a cursor of this list.
    """
    if cursor is None:
        return None
    decoded = _decode(cursor, _ObservationCursor)
    return Keyset(_time(decoded.last_start_time_to), decoded.last_trace_id, decoded.last_id)


def score_cursor(row: Score) -> str:
    """Return the cursor after ``row``."""
    return _encode(_ScoreCursor(1, to_micros(row.timestamp), row.id))


def after_score(cursor: str | None) -> Keyset | None:
    """Return where the page after ``cursor`` begins; raises as ``after_observation``."""
    if cursor is None:
        return None
    decoded = _decode(cursor, _ScoreCursor)
    return Keyset(_time(decoded.last_timestamp), id=decoded.last_id)


def trace_cursor(row: Trace) -> str:
    """Return the cursor after ``row``."""
    return _encode(_TraceCursor(to_micros(row.timestamp), row.id))


def after_trace(cursor: str | None) -> Keyset | None:
    """Return where the page after ``cursor`` begins; raises as ``after_observation``."""
    if cursor is None:
        return None
    decoded = _decode(cursor, _TraceCursor)
    return Keyset(_time(decoded.last_timestamp), decoded.last_id, decoded.last_id)


def experiment_cursor(run: Run) -> str:
    """Return the cursor after the experiment."""
    return _encode(_ExperimentCursor(1, to_micros(run.end_time), run.id))


def after_experiment(cursor: str | None) -> tuple[Micros, str] | None:
    """Return the latest activity and id after which the page begins; raises as ``after_observation``."""
    if cursor is None:
        return None
    decoded = _decode(cursor, _ExperimentCursor)
    return _time(decoded.last_time), decoded.last_experiment_id


def experiment_item_cursor(item: ExperimentItem) -> str:
    """Return the cursor after the item."""
    place = item.place
    return _encode(_ExperimentItemCursor(1, to_micros(place.time), place.trace_id, place.id, item.experiment_id))


def after_experiment_item(cursor: str | None) -> Keyset | None:
    """Return where the page after ``cursor`` begins; raises as ``after_observation``."""
    if cursor is None:
        return None
    decoded = _decode(cursor, _ExperimentItemCursor)
    return Keyset(_time(decoded.last_time), decoded.last_trace_id, decoded.last_id)


def cut_page(rows: Sequence[Row], limit: int, cursor: Callable[[Row], str]) -> tuple[Sequence[Row], str | None]:
    """Return the first ``limit`` rows of ``limit + 1`` that were asked for, and the cursor if there were that many."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor(rows[limit - 1])
