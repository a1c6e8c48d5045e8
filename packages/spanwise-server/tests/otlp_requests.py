"""OTLP requests for tests: one span said once in plain Python, sent in either encoding."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from spanwise_server.domain.observations import Observation
from spanwise_server.ingest.decode.otlp import decode_spans
from spanwise_server.ingest.decoded import DecodedSpans, IngestContext, IngestLimits

RECEIVED_AT = 1_770_000_000_123_456
START_NANOS = 1_770_000_000_000_001_999
LIMITS = IngestLimits(
    max_decompressed_bytes=1 << 28, max_json_depth=200, max_attributes=50, max_attribute_bytes=4000, max_batch_events=100
)
CONTEXT = IngestContext(
    project_id="project-1", public_key="pk-1", sdk_name="", sdk_version="", received_at=RECEIVED_AT, limits=LIMITS
)
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
SPAN_ID = "b7ad6b7169203331"
LANGFUSE = "langfuse-sdk"


@dataclass(frozen=True, kw_only=True)
class SpanSent:
    """A span as a client means it; ids are hex, times nanoseconds."""

    attributes: Mapping[str, Any] = field(default_factory=dict)
    trace_id: str = TRACE_ID
    span_id: str = SPAN_ID
    parent_id: str = ""
    name: str = "span"
    start: int = START_NANOS
    end: int = START_NANOS + 1_500_000
    status: int = 0
    message: str = ""
    events: Iterable[tuple[str, Mapping[str, Any]]] = ()
    links: Iterable[tuple[str, str, Mapping[str, Any]]] = ()


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The resource and scope that spans are sent under."""

    scope: str = "my-agent"
    version: str = "1.0"
    resource: Mapping[str, Any] = field(default_factory=dict)


PLAIN = Sender()
LANGFUSE_5 = Sender(scope=LANGFUSE, version="5.0.4", resource={"telemetry.sdk.language": "python"})
LANGFUSE_4 = Sender(scope=LANGFUSE, version="4.18.0", resource={"telemetry.sdk.language": "python"})
LANGFUSE_JS = Sender(scope=LANGFUSE, version="5.11.1", resource={"telemetry.sdk.language": "nodejs"})


def to_protobuf(spans: Iterable[SpanSent], sender: Sender = PLAIN) -> bytes:
    """Encode as OTLP/protobuf."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.extend(_pairs(sender.resource))
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name, scope_spans.scope.version = sender.scope, sender.version
    for sent in spans:
        span = scope_spans.spans.add(
            trace_id=bytes.fromhex(sent.trace_id),
            span_id=bytes.fromhex(sent.span_id),
            parent_span_id=bytes.fromhex(sent.parent_id),
            name=sent.name,
            start_time_unix_nano=sent.start,
            end_time_unix_nano=sent.end,
            attributes=_pairs(sent.attributes),
        )
        if sent.status or sent.message:
            span.status.code, span.status.message = Status.StatusCode.ValueType(sent.status), sent.message
        for name, attributes in sent.events:
            span.events.add(name=name, time_unix_nano=sent.start, attributes=_pairs(attributes))
        for trace_id, span_id, attributes in sent.links:
            span.links.add(trace_id=bytes.fromhex(trace_id), span_id=bytes.fromhex(span_id), attributes=_pairs(attributes))
    return request.SerializeToString()


def json_span(sent: SpanSent) -> dict[str, Any]:
    """Return a span as OTLP/JSON says it."""
    return {
        "traceId": sent.trace_id,
        "spanId": sent.span_id,
        "parentSpanId": sent.parent_id,
        "name": sent.name,
        "startTimeUnixNano": str(sent.start),
        "endTimeUnixNano": str(sent.end),
        "attributes": _json_pairs(sent.attributes),
        "status": {"code": sent.status, "message": sent.message},
        "events": [
            {"name": name, "timeUnixNano": str(sent.start), "attributes": _json_pairs(attributes)}
            for name, attributes in sent.events
        ],
        "links": [
            {"traceId": trace_id, "spanId": span_id, "attributes": _json_pairs(attributes)}
            for trace_id, span_id, attributes in sent.links
        ],
    }


def json_request(spans: Any, sender: Sender = PLAIN) -> dict[str, Any]:
    """Wrap whatever stands for the spans into a request."""
    scope = {"name": sender.scope, "version": sender.version}
    resource = {"attributes": _json_pairs(sender.resource)}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]}]}


def decode_json(request: Any, context: IngestContext = CONTEXT) -> DecodedSpans:
    """Send a JSON value."""
    return decode_spans(json.dumps(request).encode(), is_json=True, context=context)


def observe(sent: SpanSent, sender: Sender = PLAIN, context: IngestContext = CONTEXT) -> Observation:
    """Decode one span in both encodings, which must say the same, and return its observation."""
    from_protobuf = decode_spans(to_protobuf([sent], sender), is_json=False, context=context).observations
    from_json = decode_json(json_request([json_span(sent)], sender), context).observations
    assert from_protobuf == from_json
    return from_protobuf[0]


def observe_attributes(attributes: Mapping[str, Any], sender: Sender = PLAIN) -> Observation:
    """Decode a span of which only the attributes matter."""
    return observe(SpanSent(attributes=attributes), sender)


def _pairs(attributes: Mapping[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=_any_value(value)) for key, value in attributes.items()]


def _any_value(value: Any) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, bytes):
        return AnyValue(bytes_value=value)
    result = AnyValue()
    if isinstance(value, str):
        result.string_value = value
    elif isinstance(value, list):
        result.array_value.SetInParent()
        result.array_value.values.extend(_any_value(item) for item in value)
    elif isinstance(value, dict):
        result.kvlist_value.SetInParent()
        result.kvlist_value.values.extend(_pairs(value))
    return result


def _json_pairs(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _json_value(value)} for key, value in attributes.items()]


def _json_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, bytes):
        return {"bytesValue": base64.b64encode(value).decode()}
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_json_value(item) for item in value]}}
    return {"kvlistValue": {"values": _json_pairs(value)}} if isinstance(value, dict) else {}
