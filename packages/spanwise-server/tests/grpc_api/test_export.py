"""OTLP over gRPC: the same telemetry, the same limits, the same refusals as over HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import httpx
import pytest
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # its stubs lack the marker
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # as above
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter

from spanwise_server.domain.errors import OverloadedError
from spanwise_server.query.queries import TraceQuery
from spanwise_server.services.administration.api_keys import KeyRequest
from spanwise_server.services.container import Services
from tests.accounts import ProjectWithKeys
from tests.grpc_api.calls import Caller, basic
from tests.otlp_requests import SpanSent, json_request, json_span, to_protobuf

GOLDEN = Path(__file__).parent.parent / "golden"
SERVICES = {
    signal: f"/opentelemetry.proto.collector.{signal}.v1.{name}Service/Export"
    for signal, name in (("metrics", "Metrics"), ("logs", "Logs"))
}


def _span(**parts: Any) -> SpanSent:
    return SpanSent(trace_id=uuid.uuid4().hex, span_id=uuid.uuid4().hex[:16], **parts)


def _send_with_sdk(exporter: SpanExporter) -> str:
    """Make a span of the SDK's own in the way that applications do; return its trace id."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("my.agent").start_as_current_span("by-sdk", attributes={"user.id": "ada"}) as span:
        trace_id = f"{span.get_span_context().trace_id:032x}"
    provider.shutdown()
    return trace_id


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
async def test_the_sdks_exporter_is_served_and_its_span_can_be_read_at_once(
    caller: Caller, project: ProjectWithKeys, project_client: httpx.AsyncClient, compression: grpc.Compression
) -> None:
    exporter = OTLPSpanExporter(
        f"http://{caller.address}", headers={"authorization": basic(project)}, compression=compression, timeout=30
    )

    trace_id = await asyncio.to_thread(_send_with_sdk, exporter)

    trace = (await project_client.get(f"/api/public/traces/{trace_id}")).json()
    assert (trace["name"], trace["userId"]) == ("by-sdk", "ada")


async def test_both_doors_store_the_same(caller: Caller, project: ProjectWithKeys, project_client: httpx.AsyncClient) -> None:
    sent = _span(name="twice", attributes={"gen_ai.request.model": "gpt-4o", "text": "ü☃" * 50})
    body = to_protobuf([sent])
    assert (await caller(body, basic(project))).code is grpc.StatusCode.OK
    over_grpc = (await project_client.get(f"/api/public/observations/{sent.span_id}")).json()
    headers = {"Content-Type": "application/x-protobuf"}
    assert (await project_client.post("/api/public/otel/v1/traces", content=body, headers=headers)).status_code == 200
    over_http = (await project_client.get(f"/api/public/observations/{sent.span_id}")).json()

    volatile = {"createdAt", "updatedAt"}
    assert {key: over_grpc[key] for key in over_grpc.keys() - volatile} == {
        key: over_http[key] for key in over_http.keys() - volatile
    }
    assert over_grpc["model"] == "gpt-4o"


async def test_spans_that_cannot_be_kept_are_counted_and_the_others_kept(
    caller: Caller, project: ProjectWithKeys, services: Services
) -> None:
    good, bad = _span(), SpanSent(trace_id="00" * 16, span_id="11" * 8)

    answered = await caller(to_protobuf([good, bad]), basic(project))

    partial = ExportTraceServiceResponse.FromString(answered.body).partial_success
    assert partial.rejected_spans == 1
    assert "traceId is all zeros" in partial.error_message
    assert await services.events.get_observation(project.id, good.span_id)


@pytest.mark.parametrize("signal", SERVICES)
async def test_other_signals_are_accepted_from_who_has_a_key(caller: Caller, project: ProjectWithKeys, signal: str) -> None:
    assert (await caller(b"", basic(project), method=SERVICES[signal])).code is grpc.StatusCode.OK
    assert (await caller(b"", method=SERVICES[signal])).code is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("is_packed", [False, True])
async def test_logs_that_tell_of_observations_become_traces(
    caller: Caller, project: ProjectWithKeys, services: Services, *, is_packed: bool
) -> None:
    body = (GOLDEN / "claude-code-0.2.186-logs" / "logs.bin").read_bytes()

    answered = await caller(gzip.compress(body) if is_packed else body, basic(project), method=SERVICES["logs"])

    assert answered.code is grpc.StatusCode.OK
    assert await services.events.find_traces(TraceQuery(project_id=project.id))


async def test_the_sdks_other_exporters_are_content(caller: Caller, project: ProjectWithKeys) -> None:
    def send() -> list[str]:
        reader = InMemoryMetricReader()
        MeterProvider(metric_readers=[reader]).get_meter("m").create_counter("c").add(1)
        data = reader.get_metrics_data()
        assert data is not None
        headers = {"authorization": basic(project)}
        metrics = OTLPMetricExporter(f"http://{caller.address}", headers=headers)
        logs = OTLPLogExporter(f"http://{caller.address}", headers=headers)
        try:
            return [metrics.export(data).name, logs.export([]).name]
        finally:
            metrics.shutdown()
            logs.shutdown()

    assert await asyncio.to_thread(send) == ["SUCCESS", "SUCCESS"]


async def test_who_may_not_is_refused_before_the_message_is_read(
    caller: Caller, project: ProjectWithKeys, other_project: ProjectWithKeys, services: Services
) -> None:
    organization_id = (await services.projects.get(project.id)).organization.id
    made = await services.administration.api_keys.create_for_organization(organization_id, KeyRequest())
    # Larger than any message may be: were it read first, the answer would be another.
    message = bytes(3 << 20)
    mixed = f"Bearer {project.keys.public_key}:{other_project.keys.secret_key}"
    expected = {
        None: (grpc.StatusCode.UNAUTHENTICATED, "No authorization header"),
        "Basic ???": (grpc.StatusCode.UNAUTHENTICATED, "Invalid authorization header"),
        mixed: (grpc.StatusCode.UNAUTHENTICATED, "Invalid credentials."),
        f"Bearer {project.keys.public_key}": (grpc.StatusCode.PERMISSION_DENIED, "Access denied"),
        f"Bearer {made.key.public_key}:{made.secret_key}": (grpc.StatusCode.PERMISSION_DENIED, "organization key"),
    }

    for authorization, (code, text) in expected.items():
        answered = await caller(message, authorization)
        assert answered.code is code, authorization
        assert text in answered.message


async def test_what_is_no_request_is_an_invalid_argument(caller: Caller, project: ProjectWithKeys) -> None:
    as_json = json.dumps(json_request([json_span(_span())])).encode()
    for message in (as_json, b"\xff" * 100, gzip.compress(b"\xff" * 100), gzip.compress(to_protobuf([_span()]))[:-9]):
        answered = await caller(message, basic(project))
        assert answered.code is grpc.StatusCode.INVALID_ARGUMENT
        assert "Traceback" not in answered.message


async def test_a_message_that_is_too_large_is_refused_for_good(
    caller: Caller, project: ProjectWithKeys, services: Services
) -> None:
    large = await caller(bytes(3 << 20), basic(project))
    assert large.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "grpc-status-details-bin" not in large.trailing

    # A few hundred kilobytes that would be more than the server unpacks.
    bomb = await caller(gzip.compress(bytes(services.settings.max_decompressed_mib + 1 << 20), 9), basic(project))
    assert bomb.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "SPANWISE_MAX_DECOMPRESSED_MIB" in bomb.message


async def test_gzip_is_understood_and_other_compressions_named(
    caller: Caller, project: ProjectWithKeys, services: Services
) -> None:
    sent = _span(attributes={"text": "compressible " * 1000})
    packed = await caller(to_protobuf([sent]), basic(project), compression=grpc.Compression.Gzip)
    assert packed.code is grpc.StatusCode.OK
    assert await services.events.get_observation(project.id, sent.span_id)

    deflated = await caller(to_protobuf([sent]), basic(project), compression=grpc.Compression.Deflate)
    assert deflated.code is grpc.StatusCode.UNIMPLEMENTED


async def test_an_unknown_call_is_unimplemented(caller: Caller, project: ProjectWithKeys) -> None:
    answered = await caller(b"", basic(project), method="/opentelemetry.proto.collector.trace.v1.TraceService/Import")

    assert answered.code is grpc.StatusCode.UNIMPLEMENTED


async def test_two_messages_in_one_call_are_not_one_request(caller: Caller, project: ProjectWithKeys) -> None:
    for count in (0, 2):

        async def messages(count: int = count) -> AsyncIterator[bytes]:
            for _ in range(count):
                yield to_protobuf([_span()])

        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await caller.stream(messages(), basic(project))
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_an_overloaded_server_says_when_to_send_again(
    caller: Caller, project: ProjectWithKeys, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is being decoded already fills the bound: the state that a flood brings about, without the flood.
    monkeypatch.setattr(services.ingestion, "_decoding_bytes", 1 << 40)

    answered = await caller(to_protobuf([_span()]), basic(project))

    assert answered.code is grpc.StatusCode.UNAVAILABLE
    for_python = RetryInfo.FromString(answered.trailing["google.rpc.retryinfo-bin"])
    (detail,) = Status.FromString(answered.trailing["grpc-status-details-bin"]).details
    unpacked = RetryInfo()
    assert detail.Unpack(unpacked)
    assert unpacked.retry_delay.seconds == for_python.retry_delay.seconds == OverloadedError("").retry_after_seconds


async def test_a_fault_of_ours_tells_nothing_and_is_in_the_log(
    caller: Caller,
    project: ProjectWithKeys,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Not a number where one is needed: any bug would do.
    monkeypatch.setattr(services.ingestion, "_decoding_bytes", "broken")

    answered = await caller(to_protobuf([_span()]), basic(project))

    assert answered.code is grpc.StatusCode.INTERNAL
    assert "str" not in answered.message
    call_id = answered.message.rpartition(" ")[2].rstrip(")")
    assert any(call_id in record.getMessage() and record.exc_info for record in caplog.records)


async def test_no_credentials_are_logged(caller: Caller, project: ProjectWithKeys, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "spanwise.grpc")
    await caller(to_protobuf([_span()]), basic(project))

    assert "status=OK" in caplog.text
    assert basic(project).removeprefix("Basic ") not in caplog.text
    assert project.keys.secret_key not in caplog.text
