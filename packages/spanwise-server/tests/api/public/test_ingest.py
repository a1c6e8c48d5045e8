"""The doors telemetry comes in by: encodings, answers, credentials, and that what is acknowledged can be read."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse

from tests.accounts import ProjectWithKeys
from tools.capture_golden import GOLDEN

TRACES = "/api/public/otel/v1/traces"
BATCH = "/api/public/ingestion"
SCORES = "/api/public/scores"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PROTOBUF = {"content-type": "application/x-protobuf"}
GZIP = {"content-encoding": "gzip"}
JSON = {"content-type": "application/json"}
TIME = "2026-09-21T14:13:20.000Z"


def export(*span_ids: str) -> ExportTraceServiceRequest:
    """Return an OTLP request with one span an id (hex, may be of any length)."""
    request = ExportTraceServiceRequest()
    scope_spans = request.resource_spans.add().scope_spans.add()
    for span_id in span_ids:
        span = scope_spans.spans.add(name=f"span {span_id}", start_time_unix_nano=1_790_000_000_000_000_000)
        span.trace_id, span.span_id = bytes.fromhex(TRACE_ID), bytes.fromhex(span_id)
    return request


def json_export(*span_ids: str) -> dict[str, Any]:
    """Return the same as OTLP/JSON."""
    spans = [
        {"traceId": TRACE_ID, "spanId": span_id, "name": f"span {span_id}", "startTimeUnixNano": "1790000000000000000"}
        for span_id in span_ids
    ]
    return {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}


async def observation_ids(client: httpx.AsyncClient) -> set[str]:
    """Return what the very next read shows."""
    answer = await client.get("/api/public/v2/observations")
    return {row["id"] for row in answer.json()["data"]}


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
async def test_protobuf_is_answered_in_protobuf_and_readable(project_client: httpx.AsyncClient, *, compress: bool) -> None:
    """OTLP/HTTP: the answer has the encoding of the request."""
    body = export("00f067aa0ba902b7").SerializeToString()
    headers = PROTOBUF | ({"content-encoding": "gzip"} if compress else {})
    answer = await project_client.post(TRACES, content=gzip.compress(body) if compress else body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
    assert ExportTraceServiceResponse.FromString(answer.content) == ExportTraceServiceResponse()
    assert await observation_ids(project_client) == {"00f067aa0ba902b7"}


async def test_json_is_answered_in_json_and_readable(api: httpx.AsyncClient) -> None:
    """Likewise."""
    answer = await api.post(TRACES, json=json_export("00f067aa0ba902b7"))
    assert (answer.status_code, answer.json()) == (200, {})
    assert await observation_ids(api) == {"00f067aa0ba902b7"}


async def test_a_refused_span_is_named_and_its_neighbours_are_kept(
    api: httpx.AsyncClient, project_client: httpx.AsyncClient
) -> None:
    """Partial success, in both encodings."""
    answer = await api.post(TRACES, json=json_export("00f067aa0ba902b7", "beef"))
    partial = answer.json()["partialSuccess"]
    assert partial["rejectedSpans"] == "1"
    assert "spans[1]" in partial["errorMessage"]
    body = export("beef", "00f067aa0ba902b8").SerializeToString()
    binary = await project_client.post(TRACES, content=body, headers=PROTOBUF)
    decoded = ExportTraceServiceResponse.FromString(binary.content).partial_success
    assert decoded.rejected_spans == 1
    assert "spans[0]" in decoded.error_message
    assert await observation_ids(api) == {"00f067aa0ba902b7", "00f067aa0ba902b8"}


@pytest.mark.parametrize(
    ("headers", "content", "message"),
    [
        ({"content-type": "text/plain"}, b"x", "Invalid content type"),
        (PROTOBUF, b"\xff\xff\xff", "Failed to parse OTel Protobuf Trace"),
        (JSON, b"{", "Failed to parse OTel JSON Trace"),
        (PROTOBUF | {"content-encoding": "gzip"}, b"not gzip", "Failed to decompress request body"),
        (JSON | {"x-langfuse-ingestion-version": "5"}, b"{}", "x-langfuse-ingestion-version '5' is not supported"),
        (JSON | {"x-langfuse-ingestion-version": "x"}, b"{}", "x-langfuse-ingestion-version 'x' is not supported"),
    ],
)
async def test_what_cannot_be_read_is_a_400_that_says_why(
    api: httpx.AsyncClient, headers: dict[str, str], content: bytes, message: str
) -> None:
    """The messages are those clients of the Langfuse API know."""
    answer = await api.post(TRACES, content=content, headers=headers)
    assert answer.status_code == 400
    assert message in answer.text


@pytest.mark.parametrize("version", ["1", "4"])
async def test_known_ingestion_versions_pass(api: httpx.AsyncClient, version: str) -> None:
    """An empty request is a success, too."""
    answer = await api.post(TRACES, json={}, headers={"x-langfuse-ingestion-version": version})
    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize(
    ("path", "message"), [("metrics", ExportMetricsServiceResponse()), ("logs", ExportLogsServiceResponse())]
)
async def test_metrics_and_logs_are_accepted(project_client: httpx.AsyncClient, path: str, message: Any) -> None:
    """Exporters of every signal must not fill their logs with errors."""
    binary = await project_client.post(f"/api/public/otel/v1/{path}", content=b"", headers=PROTOBUF)
    assert (binary.status_code, binary.content) == (200, message.SerializeToString())
    text = await project_client.post(f"/api/public/otel/v1/{path}", json={})
    assert (text.status_code, text.json()) == (200, {})


def event(event_id: str, kind: str, **body: Any) -> dict[str, Any]:
    """Return one legacy event."""
    return {"id": event_id, "type": kind, "timestamp": TIME, "body": body}


async def test_a_batch_says_the_fate_of_every_event(api: httpx.AsyncClient) -> None:
    """207 always; the wrong event costs only itself, and the rest is readable."""
    batch = [
        event("e1", "trace-create", id="t", name="trace"),
        event("e2", "span-create", id="s", traceId="t", level="NOT A LEVEL"),
        event("e3", "generation-create", id="g", traceId="t", model="m"),
    ]
    answer = await api.post(BATCH, json={"batch": batch})
    assert answer.status_code == 207
    assert answer.json()["successes"] == [{"id": "e1", "status": 201}, {"id": "e3", "status": 201}]
    assert [(error["id"], error["status"]) for error in answer.json()["errors"]] == [("e2", 400)]
    trace = (await api.get("/api/public/traces/t")).json()
    assert (trace["name"], [row["id"] for row in trace["observations"]]) == ("trace", ["g"])


async def test_a_batch_with_an_error_that_is_sent_again_changes_nothing(api: httpx.AsyncClient) -> None:
    """As the SDK of generation 2 does after any error among the events."""
    batch = [
        event("e1", "trace-create", id="t", name="trace", tags=["b", "a"], metadata={"plan": {"tier": "pro"}}),
        event("e2", "generation-create", id="g", traceId="t", model="gpt-4o", usage={"input": 3, "output": 2}),
        event("e3", "generation-update", id="g", traceId="t", output="done"),
        event("e4", "score-create", id="s", traceId="t", name="quality", value=0.5),
        event("e5", "span-update", name="without an id"),
    ]
    answers, reads = [], []
    for _ in range(2):
        answers.append((await api.post(BATCH, json={"batch": batch})).json())
        trace = (await api.get("/api/public/traces/t")).json()
        for row in (trace, *trace["observations"], *trace["scores"]):
            row.pop("updatedAt")  # the time of the last write
        reads.append(trace)

    assert answers[0] == answers[1]
    assert [error["id"] for error in answers[0]["errors"]] == ["e5"]
    assert reads[0] == reads[1]
    assert ([row["output"] for row in reads[1]["observations"]], len(reads[1]["scores"])) == (["done"], 1)


async def test_an_envelope_without_a_batch_is_a_400(api: httpx.AsyncClient) -> None:
    """Only what is wrong with the whole request fails the whole request."""
    answer = await api.post(BATCH, json={"events": []})
    assert answer.status_code == 400
    assert answer.json()["message"] == "Invalid request data"


async def test_one_score_answers_with_its_id(api: httpx.AsyncClient) -> None:
    """And is readable at once."""
    answer = await api.post(SCORES, json={"traceId": "t", "name": "quality", "value": 0.5})
    assert answer.status_code == 200
    found = await api.get(f"/api/public/v2/scores/{answer.json()['id']}")
    assert found.json()["value"] == 0.5


async def test_an_array_of_scores_answers_with_counts(project_client: httpx.AsyncClient) -> None:
    """202 when all are accepted, 207 when some are."""
    good = {"id": "s1", "traceId": "t", "name": "quality", "value": 1}
    answer = await project_client.post(SCORES, json=[good])
    assert (answer.status_code, answer.json()) == (202, {"message": "Accepted"})
    mixed = await project_client.post(SCORES, json=[good | {"id": "s2"}, {"name": "no subject", "value": 1}])
    assert mixed.status_code == 207
    assert (mixed.json()["accepted"], mixed.json()["rejected"]) == (1, 1)
    assert mixed.json()["errors"][0]["message"].startswith("Score 1: ")
    found = await project_client.get("/api/public/v3/scores")
    assert {score["id"] for score in found.json()["data"]} == {"s1", "s2"}


async def test_a_public_key_alone_may_write_scores_only(client: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    """What a browser may hold."""
    headers = {"authorization": f"Bearer {project.keys.public_key}"}
    score = await client.post(SCORES, json={"traceId": "t", "name": "quality", "value": 1}, headers=headers)
    assert score.status_code == 200
    batch = [
        event("e1", "trace-create", id="t"),
        event("e2", "score-create", id="s", traceId="t", name="quality", value=1),
    ]
    answer = await client.post(BATCH, json={"batch": batch}, headers=headers)
    assert [entry["id"] for entry in answer.json()["successes"]] == ["e2"]
    assert [(entry["id"], entry["status"]) for entry in answer.json()["errors"]] == [("e1", 401)]
    refused = await client.post(TRACES, json={}, headers=headers)
    assert refused.status_code == 403


async def test_the_client_library_is_remembered_in_either_spelling(project_client: httpx.AsyncClient) -> None:
    """Proxies drop headers with underscores, old clients send nothing else."""
    for spelling, span_id in (("x-langfuse-sdk-name", "00f067aa0ba902b7"), ("x_langfuse_sdk_name", "00f067aa0ba902b8")):
        await project_client.post(TRACES, json=json_export(span_id), headers={spelling: "python"})
    where = json.dumps([{"type": "string", "column": "ingestionSdkName", "operator": "=", "value": "python"}])
    found = await project_client.get("/api/public/v2/observations", params={"filter": where})
    assert {row["id"] for row in found.json()["data"]} == {"00f067aa0ba902b7", "00f067aa0ba902b8"}


async def test_logs_of_claude_code_become_a_trace(project_client: httpx.AsyncClient) -> None:
    """Sent in two requests, the later half first, as exporters that retry do."""
    golden = GOLDEN / "claude-code-0.2.186-logs" / "logs.bin"
    sent = ExportLogsServiceRequest.FromString(golden.read_bytes())
    records = sent.resource_logs[0].scope_logs[0].log_records
    for half in (slice(len(records) // 2, None), slice(None, len(records) // 2)):
        part = ExportLogsServiceRequest()
        part.CopyFrom(sent)
        del part.resource_logs[1:]
        del part.resource_logs[0].scope_logs[0].log_records[:]
        part.resource_logs[0].scope_logs[0].log_records.extend(records[half])
        answer = await project_client.post(
            "/api/public/otel/v1/logs", content=gzip.compress(part.SerializeToString()), headers={**PROTOBUF, **GZIP}
        )
        assert (answer.status_code, answer.content) == (200, b"")
    trace = (await project_client.get("/api/public/traces/00000000000000000000000000000003")).json()
    assert (trace["name"], trace["input"], trace["output"]) == (
        "claude_code.interaction",
        "Weather in Zürich? 🌦",
        "Seven degrees.",
    )
    assert trace["sessionId"]
    assert trace["totalCost"] == pytest.approx(0.002734)
    assert sorted(row["type"] for row in trace["observations"]) == ["AGENT", "GENERATION", "GENERATION", "TOOL"]
    broken = await project_client.post("/api/public/otel/v1/logs", json={"resourceLogs": 3})
    assert broken.status_code == 400
