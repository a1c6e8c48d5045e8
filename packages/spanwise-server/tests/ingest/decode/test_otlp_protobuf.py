"""What only OTLP/protobuf can send."""

from __future__ import annotations

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue

from spanwise_server.ingest.decode.otlp import decode_spans
from tests.otlp_requests import CONTEXT, SpanSent, to_protobuf


def _request(sent: SpanSent) -> ExportTraceServiceRequest:
    return ExportTraceServiceRequest.FromString(to_protobuf([sent]))


def test_the_last_of_equal_keys_wins() -> None:
    request = _request(SpanSent(attributes={"input": "first"}))
    request.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="input").value.string_value = "second"
    (row,) = decode_spans(request.SerializeToString(), is_json=False, context=CONTEXT).observations
    assert row.input == "second"


def test_a_key_without_a_value_is_a_key() -> None:
    request = _request(SpanSent())
    request.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="nothing")
    (row,) = decode_spans(request.SerializeToString(), is_json=False, context=CONTEXT).observations
    assert row.metadata["attributes"] == '{"nothing":""}'


def test_unknown_fields_are_ignored() -> None:
    unknown_field_100 = b"\xa2\x06\x03abc"
    decoded = decode_spans(to_protobuf([SpanSent()]) + unknown_field_100, is_json=False, context=CONTEXT)
    assert len(decoded.observations) == 1


def test_a_value_nested_as_deeply_as_protobuf_can_is_kept() -> None:
    value = AnyValue(string_value="deep")
    for _ in range(40):
        value = AnyValue(array_value=ArrayValue(values=[value]))
    request = _request(SpanSent())
    request.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="input", value=value)
    (row,) = decode_spans(request.SerializeToString(), is_json=False, context=CONTEXT).observations
    assert row.input == "[" * 40 + '"deep"' + "]" * 40
