"""A partial update of one entity: what a legacy ingestion event says, before it is folded with what is known.

``domain.merging`` has the rules of folding. A partial names fields of ``Observation`` or ``Score``; a field that is not
named was not sent, a field that is ``None`` was sent as null.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from spanwise_server.domain.observations import Micros


class Entity(StrEnum):
    """Which kind of entity a partial belongs to; a trace record is stored as an observation of type ``TRACE``."""

    TRACE = "trace"
    OBSERVATION = "observation"
    SCORE = "score"


class Partial(msgspec.Struct, kw_only=True, gc=False):
    """One event's contribution to the entity ``(entity, project_id, id)``."""

    project_id: str
    entity: Entity
    id: str
    time: Micros
    """The event's own timestamp: what orders partials, whenever they arrive."""
    is_update: bool = False
    """An update yields to a create of the same time."""
    fields: dict[str, Any]  # values typed by the field they name
    """``Observation`` or ``Score`` field name to its stored form, e.g. metadata as ``dict[str, str]`` payload texts.

    Never contains identity (``project_id``, ``id``), ``clock``, ``created_at`` or ``row_version``. An observation's
    ``trace_id`` and ``start_time`` stand here when the client sent them.
    """
    sdk_name: str = ""
    sdk_version: str = ""
    public_key: str = ""
