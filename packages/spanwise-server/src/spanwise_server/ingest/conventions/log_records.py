"""From log records to observations, for the producers whose logs tell what nothing else does. All other logs are left out.

A record that is one whole observation becomes one. Records about the same observation become partial updates of it, which
may come in any order and in requests of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.ingest.conventions.dialects import claude_code_events
from spanwise_server.ingest.conventions.mapping import SpanMapper
from spanwise_server.ingest.decoded import IngestContext
from spanwise_server.ingest.spans import LogRecord, Resource, Scope

SCOPES: Final = frozenset({claude_code_events.SCOPE})
"""Scopes whose records are read at all."""
_FIRST: Final = "user_prompt"
_FIELDS: Final = (
    *("trace_id", "name", "type", "input", "output", "metadata", "user_id", "session_id"),
    *("environment", "version", "release", "end_time"),
)
_UPDATED: Final = ("trace_id", "output", "end_time")


def map_records(
    records: Iterable[LogRecord], resource: Resource, scope: Scope, mapper: SpanMapper, context: IngestContext
) -> tuple[list[Observation], list[Partial]]:
    """Return whole observations, and partial updates of those that several records tell of."""
    observations: list[Observation] = []
    partials: list[Partial] = []
    map_span = mapper.for_scope(resource, scope)
    for record in records:
        span = claude_code_events.read_event(record)
        if span is None:
            continue
        observation = map_span(span)
        if span.parent_id:
            observations.append(observation)
            # Whatever happens in it, the interaction lasts at least as long.
            partials.append(_update(observation, span.parent_id, context, ("trace_id", "end_time")))
        else:
            is_first = record.attributes.get("event.name") == _FIRST
            partials.append(_update(observation, span.span_id, context, _FIELDS if is_first else _UPDATED, is_first=is_first))
    return observations, partials


def _update(
    observation: Observation, row_id: str, context: IngestContext, names: tuple[str, ...], *, is_first: bool = False
) -> Partial:
    fields: dict[str, Any] = {name: value for name in names if (value := getattr(observation, name)) not in ("", None, {})}
    if is_first:
        fields["start_time"] = observation.start_time
    return Partial(
        project_id=context.project_id,
        entity=Entity.OBSERVATION,
        id=row_id,
        time=observation.end_time or observation.start_time,
        is_update=not is_first,
        fields=msgspec.to_builtins(fields),
        sdk_name=observation.sdk_name,
        sdk_version=observation.sdk_version,
        public_key=context.public_key,
    )
