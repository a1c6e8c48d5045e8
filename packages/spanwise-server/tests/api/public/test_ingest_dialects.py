"""Captured requests of every producer through the door: stored, read back whole, and each call priced once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.golden_requests import CALLS
from tools.capture_golden import GOLDEN, spans_of

_TRACES = "/api/public/otel/v1/traces"
_PROTOBUF = {"content-type": "application/x-protobuf"}


async def _send(client: httpx.AsyncClient, folder: str, number: int) -> list[dict[str, Any]]:
    """Send a golden request under trace ids of its own, and read its traces."""
    request = ExportTraceServiceRequest.FromString((GOLDEN / folder / "request.bin").read_bytes())
    for span in spans_of(request):
        span.trace_id = number.to_bytes(8, "big") + span.trace_id[8:]
    answer = await client.post(_TRACES, content=request.SerializeToString(), headers=_PROTOBUF)
    assert (answer.status_code, answer.content) == (200, b"")
    found = [
        await client.get(f"/api/public/traces/{name}") for name in sorted({span.trace_id.hex() for span in spans_of(request)})
    ]
    assert {response.status_code for response in found} == {200}
    traces = [response.json() for response in found]
    assert sum(len(trace["observations"]) for trace in traces) == sum(1 for _ in spans_of(request))
    return traces


async def test_every_captured_request_is_kept_read_and_priced_once(project_client: httpx.AsyncClient) -> None:
    """At one price for whatever is read and one for whatever is written, each call costs the same, whoever told of it."""
    definition = {
        "modelName": "any",
        "matchPattern": r"(?i)^(openai/)?(gpt-5\.2|claude-opus-4-5|gemini-3-pro).*$",
        "unit": "TOKENS",
        "inputPrice": 1,
        "outputPrice": 100,
    }
    assert (await project_client.post("/api/public/models", json=definition)).status_code == 200
    for number, path in enumerate(sorted(GOLDEN.glob("*/request.bin")), start=1):
        folder = path.parent.name
        traces = await _send(project_client, folder, number)
        if folder in CALLS:
            assert sum(trace["totalCost"] for trace in traces) == pytest.approx(CALLS[folder] * (120 + 40 * 100)), folder
