"""What Strands Agents says otherwise than the GenAI conventions, which it follows: milliseconds where they have seconds."""

from __future__ import annotations

from typing import Final

from spanwise_server.ingest.conventions.moments import moment_after
from spanwise_server.ingest.conventions.table import Derived, Field, Table, derive

_WAIT: Final = "gen_ai.server.time_to_first_token"
TABLE: Final = Table(
    "strands",
    {_WAIT: derive(Derived(Field.COMPLETION_START, lambda span: moment_after(span, span.attributes.get(_WAIT), 1e-3)))},
    scopes=frozenset({"strands.telemetry.tracer"}),
)
