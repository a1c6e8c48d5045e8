"""What Anthropic's own SDK adds to the GenAI conventions in the spans it makes itself: how long what it cached will last.

Captured from 2.11 (Python).
"""

from __future__ import annotations

from typing import Final

from spanwise_server.ingest.conventions.table import Derived, Field, Table, derive
from spanwise_server.ingest.spans import Span
from spanwise_server.ingest.usage import parse_units

_CREATION: Final = "anthropic.usage.cache_creation."
_USAGE: Final = "gen_ai.usage."


def _read_usage(span: Span) -> dict[str, int] | None:
    """Make a report with the tiers of the cache in place of their sum; the input holds all that was read and cached."""

    def count(key: str) -> int:
        return parse_units(span.attributes.get(key)) or 0

    if _USAGE + "input_tokens" not in span.attributes:
        return None
    cached, written = count(_USAGE + "cache_read.input_tokens"), count(_USAGE + "cache_write.input_tokens")
    tiers = {tier: count(f"{_CREATION}ephemeral_{tier}_input_tokens") for tier in ("5m", "1h")}
    return {
        "input": max(count(_USAGE + "input_tokens") - cached - written, 0),
        "output": count(_USAGE + "output_tokens"),
        "input_cached_tokens": cached,
        "input_cache_creation": max(written - sum(tiers.values()), 0),
        **{f"input_cache_creation_{tier}": part for tier, part in tiers.items()},
    }


TABLE: Final = Table(
    "anthropic sdk",
    {f"{_CREATION}ephemeral_5m_input_tokens": derive(Derived(Field.USAGE, _read_usage))},
)
