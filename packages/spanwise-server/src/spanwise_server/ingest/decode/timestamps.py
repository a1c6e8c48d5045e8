"""Times on the JSON wire. Accepts what names one instant beyond doubt and fits the store; guesses nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from spanwise_server.domain.observations import Micros

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_A_DAY: Final = 86_400
_MICROS_A_SECOND: Final = 1_000_000
_LATEST: Final[Micros] = int((datetime(2300, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) * _MICROS_A_SECOND - 1
_LONGEST: Final = 64
EXAMPLE: Final = "2026-01-31T12:00:00.123Z"


def parse_time(value: Any) -> Micros:  # any JSON value: clients put anything here
    """Return the instant of an ISO 8601 time with a zone (``Z`` or an offset); fractions beyond microseconds are cut.

    Raises:
        ValueError: Not a string, not such a time, without a zone, or outside the years 1970 to 2299 that the store can hold.
    """
    if value.__class__ is not str:
        raise ValueError(f"must be a string with an ISO 8601 time such as {EXAMPLE}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        shown = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
        raise ValueError(f"must be an ISO 8601 time such as {EXAMPLE}, got {shown!r}") from None
    if moment.tzinfo is None:
        raise ValueError(f"must have a time zone: add Z or an offset to {value!r}")
    since = moment - _EPOCH
    micros = (since.days * _SECONDS_A_DAY + since.seconds) * _MICROS_A_SECOND + since.microseconds
    if not 0 <= micros <= _LATEST:
        raise ValueError(f"must lie in the years 1970 to 2299, got {value!r}")
    return micros
