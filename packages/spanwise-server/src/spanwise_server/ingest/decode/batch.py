"""The legacy batch: an envelope of events to partial updates, each event judged on its own.

Owns the event types and the outcome that is reported for each. Knows no stored row: folding is ``domain.merging``'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from spanwise_server.domain.errors import InvalidRequestError, Issue, PayloadTooLargeError
from spanwise_server.domain.observations import ObservationType
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.ingest.decode.batch_bodies import name_type, read_body_id, read_observation, read_trace
from spanwise_server.ingest.decode.batch_fields import LONGEST_ID, FieldSink, check_id, describe, describe_issues
from spanwise_server.ingest.decode.body import parse_json
from spanwise_server.ingest.decode.scores import INVALID, PARTIAL_BYTES, read_score
from spanwise_server.ingest.decode.timestamps import parse_time
from spanwise_server.ingest.decoded import ConfiguredScore, DecodedBatch, EventResult, IngestContext
from spanwise_server.ingest.truncation import cut

UNKNOWN_ID: Final = "unknown"

_CREATED: Final = 201
_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401
_LONGEST_SDK_NAME: Final = 200
_LOG: Final = "sdk-log"
_TRACE: Final = "trace-create"
_SCORE: Final = "score-create"
_RESERVED: Final = "dataset-run-item-create"
_PAYLOADS: Final = ("input", "output")
_SCORES_SCOPE: Final = frozenset({_SCORE, _LOG})
# ``observation-*`` take their type from the body.
_OBSERVATIONS: Final[Mapping[str, tuple[str, bool]]] = MappingProxyType(
    {
        **{f"{kind.lower()}-create": (kind.value, False) for kind in ObservationType if kind is not ObservationType.TRACE},
        "span-update": (ObservationType.SPAN.value, True),
        "generation-update": (ObservationType.GENERATION.value, True),
        "observation-create": ("", False),
        "observation-update": ("", True),
    }
)
"""Event type to observation type and whether it is an update."""
EVENT_TYPES: Final = frozenset({_TRACE, _SCORE, _LOG, *_OBSERVATIONS})


def decode_batch(body: bytes, context: IngestContext) -> DecodedBatch:
    """Decode a ``POST /ingestion`` body.

    Every event ends either in ``successes`` or in ``errors``, each in the order sent; a wrong event never touches its
    neighbours. Partials stand in the order sent too: only their times decide how they are folded.

    Raises:
        InvalidRequestError: Not JSON, or not an envelope with an array of events.
        PayloadTooLargeError: More events than the limit.
    """
    content = parse_json(body, context.limits)
    batch = content.get("batch") if content.__class__ is dict else content
    if content.__class__ is not dict or batch.__class__ is not list:
        path = () if content.__class__ is not dict else ("batch",)
        expected = "an object with the array `batch`" if not path else "an array of events"
        raise InvalidRequestError(INVALID, issues=[Issue(f"must be {expected}, got {describe(batch)}", path, "invalid_type")])
    if len(batch) > context.limits.max_batch_events:
        raise PayloadTooLargeError(
            f"The batch has {len(batch)} events, more than {context.limits.max_batch_events}",
            hint="Send smaller batches, or raise SPANWISE_MAX_BATCH_EVENTS on the server.",
        )
    decoded = DecodedBatch(size_bytes=len(body) + PARTIAL_BYTES * len(batch))
    sdk = _name_sdk(content.get("metadata"), context)
    for event in batch:
        _decode_event(event, context, sdk, decoded)
    return decoded


def _decode_event(event: Any, context: IngestContext, sdk: tuple[str, str], decoded: DecodedBatch) -> None:
    """Add one event's partial and fate to ``decoded``."""
    sink = FieldSink(context.limits)
    event_id = UNKNOWN_ID
    if event.__class__ is dict:
        given = event.get("id")
        event_id = given[:LONGEST_ID] if given.__class__ is str and given else UNKNOWN_ID
        if context.is_scores_only and not _is_in_scores_scope(event.get("type")):
            refusal = EventResult(
                id=event_id, status=_UNAUTHORIZED, message="Authentication error", error="Access Scope Denied"
            )
            decoded.errors.append(refusal)
            return
        partial = _read_event(event, context, sdk, sink)
    else:
        sink.reject(f"must be an object, got {describe(event)}", "event")
        partial = None
    if sink.issues:
        error = describe_issues(sink.issues)
        decoded.errors.append(EventResult(id=event_id, status=_BAD_REQUEST, message=INVALID, error=error))
        return
    result = EventResult(id=event_id, status=_CREATED)
    if partial is not None:
        decoded.partials.append(partial)
        if partial.entity is Entity.SCORE and partial.fields.get("config_id"):
            body = event["body"]
            sent = ConfiguredScore(partial=partial, value=body["value"], data_type=body.get("dataType"), result=result)
            decoded.configured.append(sent)
    decoded.successes.append(result)


def _read_event(event: Mapping[str, Any], context: IngestContext, sdk: tuple[str, str], sink: FieldSink) -> Partial | None:
    """Return what an event contributes, or none: for a log event, and whenever ``sink`` has got issues."""
    event_id = _read_event_id(event, sink)
    time = _read_event_time(event, sink)
    kind, body = event.get("type"), event.get("body")
    if kind.__class__ is not str or kind not in EVENT_TYPES:
        reason = "is written by the server only" if kind == _RESERVED else f"is not an event type: {describe(kind)}"
        sink.reject(reason, "type")
        return None
    if body.__class__ is not dict:
        sink.reject(f"must be an object, got {describe(body)}", "body")
        return None
    if kind == _LOG:
        return None
    entity_id = read_body_id(body, sink)
    entity, is_update = _read_body(kind, body, sink)
    if is_update:
        _drop_empty_objects(sink.fields)
        if not entity_id and not sink.issues:
            sink.reject("is required for an update", "body", "id")
    if sink.issues:
        return None
    if sink.truncated:
        sink.fields["truncated"] = sink.truncated
    return Partial(
        project_id=context.project_id,
        entity=entity,
        id=entity_id or _derive_id(entity, event_id),
        time=time,
        is_update=is_update,
        fields=sink.fields,
        sdk_name=sdk[0],
        sdk_version=sdk[1],
        public_key=context.public_key,
    )


def _read_body(kind: str, body: Mapping[str, Any], sink: FieldSink) -> tuple[Entity, bool]:
    """Read the body of an event into ``sink``; return what it is about and whether it is an update."""
    if kind == _TRACE:
        read_trace(body, sink)
        return Entity.TRACE, False
    if kind == _SCORE:
        read_score(body, sink)
        return Entity.SCORE, False
    observation_type, is_update = _OBSERVATIONS[kind]
    if not observation_type:
        try:
            observation_type = name_type(body.get("type"))
        except ValueError as error:
            sink.reject(str(error), "body", "type")
    read_observation(body, observation_type, sink)
    return Entity.OBSERVATION, is_update


def _drop_empty_objects(fields: dict[str, Any]) -> None:
    """Take ``{}`` out of an update: there it says nothing, while a tool that is created with ``{}`` has no arguments."""
    for name in _PAYLOADS:
        if fields.get(name) == "{}":
            del fields[name]


def _read_event_id(event: Mapping[str, Any], sink: FieldSink) -> str:
    try:
        event_id = check_id(event.get("id"))
    except ValueError as error:
        sink.reject(str(error), "id")
        return ""
    if not event_id:
        sink.reject("must not be empty", "id")
    return event_id


def _read_event_time(event: Mapping[str, Any], sink: FieldSink) -> int:
    try:
        return parse_time(event.get("timestamp"))
    except ValueError as error:
        sink.reject(str(error), "timestamp")
        return 0


def _is_in_scores_scope(kind: Any) -> bool:  # any JSON value
    return kind.__class__ is str and kind in _SCORES_SCOPE


def _derive_id(entity: Entity, event_id: str) -> str:
    """Return an id for an entity that came without: the same each time the event is sent again."""
    return hashlib.blake2b(f"{entity}\0{event_id}".encode(), digest_size=16).hexdigest()


def _name_sdk(metadata: Any, context: IngestContext) -> tuple[str, str]:  # any JSON value
    """Return name and version of the SDK: from the headers, else (proxies drop those with underscores) from the batch."""
    if context.sdk_name or metadata.__class__ is not dict:
        return context.sdk_name, context.sdk_version
    name, version = metadata.get("sdk_name"), metadata.get("sdk_version")
    return (
        cut(name, _LONGEST_SDK_NAME)[0] if name.__class__ is str else "",
        cut(version, _LONGEST_SDK_NAME)[0] if version.__class__ is str else "",
    )
