"""Rows to write straight into the event store, short to spell; every field that is not named has a plain value."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.scores import Score
from spanwise_server.services.container import Services
from spanwise_server.storage.interface import EventRows

START = 1_790_000_000_000_000
"""2026-09-21T14:13:20Z in microseconds; rows are placed around it."""
SECOND = 1_000_000


def observation(project_id: str, row_id: str, *, trace_id: str = "trace", at: float = 0, **fields: Any) -> Observation:
    """Return an observation that starts ``at`` seconds after ``START``."""
    start = START + round(at * SECOND)
    fields.setdefault("is_root", not fields.get("parent_id"))
    fields = {"created_at": start, "row_version": start * 1000, **fields}
    return Observation(project_id=project_id, trace_id=trace_id, id=row_id, start_time=start, **fields)


def score(project_id: str, row_id: str, *, at: float = 0, **fields: Any) -> Score:
    """Return a score given ``at`` seconds after ``START``."""
    time = START + round(at * SECOND)
    fields.setdefault("name", "quality")
    return Score(project_id=project_id, id=row_id, timestamp=time, created_at=time, row_version=time * 1000, **fields)


async def write(services: Services, observations: Sequence[Observation] = (), scores: Sequence[Score] = ()) -> None:
    """Write rows and wait until they are readable."""
    await services.events.write(EventRows(observations=list(observations), scores=list(scores)), token=str(uuid.uuid4()))
