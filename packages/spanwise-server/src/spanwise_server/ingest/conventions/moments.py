"""Moments that spans tell as a duration since their start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from spanwise_server.ingest.spans import Span

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_SECONDS: Final = 86_400 * 366


def moment_after(span: Span, amount: Any, unit_seconds: float = 1.0) -> str | None:
    """Return the moment some time after a span's start, as ISO 8601; ``None`` unless the amount is a plausible number.

    Args:
        span: Whose start counts.
        amount: An attribute's value.
        unit_seconds: What one of it lasts.
    """
    if amount.__class__ not in (int, float):
        return None
    try:
        seconds = amount * unit_seconds
        if not 0 <= seconds <= _MAX_SECONDS:
            return None
        return (_EPOCH + timedelta(microseconds=span.start_time) + timedelta(seconds=seconds)).isoformat()
    except OverflowError:
        return None
