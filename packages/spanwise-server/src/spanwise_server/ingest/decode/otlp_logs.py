"""An OTLP logs export request: reads the records of scopes that say something about observations, and passes over all others.

Structure and limits are as for spans (``otlp``); the meaning of records is ``ingest.conventions.log_records``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from spanwise_server.domain.errors import InvalidRequestError, PayloadRejectedError, PayloadTooLargeError
from spanwise_server.ingest.conventions.log_records import SCOPES, map_records
from spanwise_server.ingest.conventions.mapping import SpanMapper
from spanwise_server.ingest.decode import otlp_json, otlp_protobuf
from spanwise_server.ingest.decode.body import parse_json
from spanwise_server.ingest.decode.otlp_text_repair import repair_text
from spanwise_server.ingest.decode.otlp_values import TRACE_ID_BYTES, parse_id, parse_integer, pick_times
from spanwise_server.ingest.decoded import Decoded, IngestContext
from spanwise_server.ingest.spans import LogRecord, Resource, Scope

_ROW_BYTES: Final = 2500
_TEXT_FACTOR: Final = 2

_Group = tuple[Resource, Scope, list[LogRecord]]


def decode_logs(body: bytes, *, is_json: bool, context: IngestContext) -> Decoded:
    """Decode an ExportLogsServiceRequest into what its records say about observations; most say nothing.

    Args:
        body: The decompressed body.
        is_json: The body is OTLP/JSON; else it is OTLP/protobuf.
        context: Who sent it, when, and the limits.

    Raises:
        InvalidRequestError: The request's structure cannot be read.
        PayloadTooLargeError: It holds more than ``max_batch_events`` records of such scopes.
    """
    groups = list((_read_json if is_json else _read_protobuf)(body, context))
    count = sum(len(records) for _, _, records in groups)
    if count > context.limits.max_batch_events:
        raise PayloadTooLargeError(
            f"The request has {count} log records; at most {context.limits.max_batch_events} are accepted in one request",
            hint="Export smaller batches (OTEL_BLRP_MAX_EXPORT_BATCH_SIZE), or raise SPANWISE_MAX_BATCH_EVENTS on the server.",
        )
    result = Decoded()
    mapper = SpanMapper(context)
    for resource, scope, records in groups:
        observations, partials = map_records(records, resource, scope, mapper, context)
        result.observations += observations
        result.partials += partials
    rows = len(result.observations) + len(result.partials)
    result.size_bytes = len(body) * _TEXT_FACTOR + _ROW_BYTES * rows if rows else 0
    return result


def _read_protobuf(body: bytes, context: IngestContext) -> Iterator[_Group]:
    request = ExportLogsServiceRequest()
    try:
        try:
            request.ParseFromString(body)
        except DecodeError:
            request.ParseFromString(repair_text(body))
    except (DecodeError, RecursionError) as error:
        raise InvalidRequestError(
            "Failed to parse OTel Protobuf Logs",
            hint="Send an ExportLogsServiceRequest in protobuf binary form, or JSON with Content-Type: application/json.",
        ) from error
    limits = context.limits
    for resource_logs in request.resource_logs:
        for scope_logs in resource_logs.scope_logs:
            if scope_logs.scope.name not in SCOPES:
                continue
            resource = Resource(*otlp_protobuf.read_part(resource_logs.resource.attributes, limits))
            scope = Scope(scope_logs.scope.name, scope_logs.scope.version, {})
            records = [
                LogRecord(
                    pick_times(record.time_unix_nano, record.observed_time_unix_nano, context.received_at)[0],
                    otlp_protobuf.read_attributes(record.attributes, limits, []),
                    record.trace_id.hex() if len(record.trace_id) == TRACE_ID_BYTES and any(record.trace_id) else "",
                )
                for record in scope_logs.log_records
            ]
            yield resource, scope, records


def _read_json(body: bytes, context: IngestContext) -> Iterator[_Group]:
    try:
        request = parse_json(body, context.limits)
    except PayloadRejectedError:
        raise
    except InvalidRequestError as error:
        raise InvalidRequestError("Failed to parse OTel JSON Logs", hint=error.message) from error
    for resource_logs in _objects(request, "resourceLogs", "resource_logs"):
        for scope_logs in _objects(resource_logs, "scopeLogs", "scope_logs"):
            scope = scope_logs.get("scope")
            name, version = (scope.get("name"), scope.get("version")) if isinstance(scope, dict) else ("", "")
            if name not in SCOPES:
                continue
            owner = resource_logs.get("resource")
            pairs = owner.get("attributes") if isinstance(owner, dict) else None
            resource = Resource(*otlp_json.read_part(pairs, context.limits))
            records = [_read_json_record(record, context) for record in _objects(scope_logs, "logRecords", "log_records")]
            yield resource, Scope(name, version if isinstance(version, str) else "", {}), records


def _read_json_record(record: dict[str, Any], context: IngestContext) -> LogRecord:
    told, observed = (
        parse_integer(otlp_json.get_field(record, name, snake_name)) or 0
        for name, snake_name in (("timeUnixNano", "time_unix_nano"), ("observedTimeUnixNano", "observed_time_unix_nano"))
    )
    return LogRecord(
        pick_times(told, observed, context.received_at)[0],
        otlp_json.read_attributes(record.get("attributes"), context.limits, []),
        parse_id(otlp_json.get_field(record, "traceId", "trace_id"), TRACE_ID_BYTES) or "",
    )


def _objects(source: Any, name: str, snake_name: str) -> Sequence[dict[str, Any]]:
    if not isinstance(source, dict):
        raise InvalidRequestError("Failed to parse OTel JSON Logs", hint="The body must be an object with resourceLogs.")
    found = otlp_json.get_field(source, name, snake_name)
    if found is not None and not isinstance(found, list):
        raise InvalidRequestError("Failed to parse OTel JSON Logs", hint=f"{name} must be an array.")
    return [item for item in found or () if isinstance(item, dict)]
