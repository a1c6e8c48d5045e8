"""An OTLP logs request, whole: encodings, limits, and which records are read."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from spanwise_server.domain.errors import InvalidRequestError, PayloadTooLargeError
from spanwise_server.ingest.decode.otlp_logs import decode_logs
from tests.otlp_requests import CONTEXT, LIMITS
from tools.capture_golden import GOLDEN

_BODY = (GOLDEN / "claude-code-0.2.186-logs" / "logs.bin").read_bytes()
_CONTEXT = msgspec.structs.replace(CONTEXT, limits=msgspec.structs.replace(LIMITS, max_attribute_bytes=100_000))


def _as_json() -> dict[str, Any]:
    return MessageToDict(ExportLogsServiceRequest.FromString(_BODY))


def test_both_encodings_say_the_same() -> None:
    binary = decode_logs(_BODY, is_json=False, context=_CONTEXT)
    text = decode_logs(json.dumps(_as_json()).encode(), is_json=True, context=_CONTEXT)
    assert text.observations == binary.observations
    assert text.partials == binary.partials
    assert binary.size_bytes > len(_BODY)


def test_records_of_other_scopes_are_passed_over() -> None:
    request = _as_json()
    for resource_logs in request["resourceLogs"]:
        for scope_logs in resource_logs["scopeLogs"]:
            scope_logs["scope"]["name"] = "my-agent"
    decoded = decode_logs(json.dumps(request).encode(), is_json=True, context=_CONTEXT)
    assert (decoded.observations, decoded.partials, decoded.size_bytes) == ([], [], 0)


def test_too_many_records_are_refused() -> None:
    few = msgspec.structs.replace(_CONTEXT, limits=msgspec.structs.replace(LIMITS, max_batch_events=3))
    with pytest.raises(PayloadTooLargeError, match="log records; at most 3"):
        decode_logs(_BODY, is_json=False, context=few)


@pytest.mark.parametrize(
    ("body", "is_json"),
    [
        (b"\xff\xff", False),
        (b"{", True),
        (b"[]", True),
        (b'{"resourceLogs": {}}', True),
        (b'{"resourceLogs": [{"scopeLogs": 3}]}', True),
    ],
)
def test_what_is_no_request_is_refused(body: bytes, *, is_json: bool) -> None:
    with pytest.raises(InvalidRequestError, match="Failed to parse OTel"):
        decode_logs(body, is_json=is_json, context=_CONTEXT)


@pytest.mark.parametrize("record", [{}, {"attributes": 3}, {"timeUnixNano": "soon", "traceId": 7, "attributes": [{}]}])
def test_odd_records_harm_nobody(record: dict[str, Any]) -> None:
    request = _as_json()
    request["resourceLogs"][0]["scopeLogs"][0]["logRecords"].append(record)
    text = decode_logs(json.dumps(request).encode(), is_json=True, context=_CONTEXT)
    assert len(text.observations) == len(decode_logs(_BODY, is_json=False, context=_CONTEXT).observations)
