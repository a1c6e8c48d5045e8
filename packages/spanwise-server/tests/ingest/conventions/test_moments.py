"""Moments told as a duration since a span's start."""

from __future__ import annotations

import pytest

from spanwise_server.ingest.conventions.moments import moment_after
from spanwise_server.ingest.spans import Span

_SPAN = Span("t", "s", "", "n", 1_770_000_000_000_000, 1_770_000_001_000_000, {})


def test_seconds_and_milliseconds() -> None:
    assert moment_after(_SPAN, 0.25) == "2026-02-02T02:40:00.250000+00:00"
    assert moment_after(_SPAN, 250, 1e-3) == "2026-02-02T02:40:00.250000+00:00"


@pytest.mark.parametrize("amount", [None, "1", True, -1, float("nan"), float("inf"), 1e30, 10**400])
def test_implausible_amounts(amount: object) -> None:
    assert moment_after(_SPAN, amount) is None
