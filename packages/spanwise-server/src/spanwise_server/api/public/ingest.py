"""The doors telemetry comes in by: OTLP, the legacy batch, scores.

Bodies are read here and handed to ``services.ingestion``; an answer of class 2xx means durable and readable.
"""

from __future__ import annotations

import functools
from typing import Any, Final

import msgspec
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.requests import Request
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.policies import BATCH_WRITE, PROJECT_KEY, SCORE_WRITE, RouteTable
from spanwise_server.api.request_bodies import documented_body
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response
from spanwise_server.api.schemas.ingestion import (
    IngestionBatch,
    IngestionResult,
    OtlpLogs,
    OtlpMetrics,
    OtlpTraceResult,
    OtlpTraces,
    ScoreAccepted,
    ScoreRequest,
    ScoresPartlyAccepted,
)
from spanwise_server.api.schemas.pages import Message
from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.ingest.decoded import DecodedSpans

routes = RouteTable("ingestion")

_PROTOBUF: Final = "application/x-protobuf"
_JSON: Final = "application/json"
_NEWEST_INGESTION_VERSION: Final = 4


_IN_PROTOBUF: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {_PROTOBUF: {"schema": {"type": "string", "format": "binary"}}}}
}
"""An answer is in the form of its request."""


def _otlp_body(json_form: type) -> dict[str, Any]:
    documented = documented_body(json_form)
    documented["requestBody"]["content"][_PROTOBUF] = {"schema": {"type": "string", "format": "binary"}}
    return documented


@routes.post(
    "/api/public/otel/v1/traces",
    PROJECT_KEY,
    response_model=OtlpTraceResult,
    responses=PUBLIC_ERRORS | _IN_PROTOBUF,
    summary="OTLP traces",
    openapi_extra=_otlp_body(OtlpTraces),
)
async def export_traces(request: Request, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Take an OTLP/HTTP trace export, protobuf or JSON, plain or compressed.

    Spans that cannot be kept are named in ``partialSuccess``, as the OTLP specification has it; all others are kept.
    """
    is_json = _is_json(request)
    _check_ingestion_version(request.headers.get("x-langfuse-ingestion-version"))
    context = services.ingestion.context(access, sdk_name=_sdk(request, "name"), sdk_version=_sdk(request, "version"))
    decoded = await services.ingestion.spans(
        await request.body(), is_json=is_json, content_encoding=_encoding(request), context=context
    )
    return _otlp_answer(decoded, is_json=is_json)


@routes.post(
    "/api/public/otel/v1/metrics",
    PROJECT_KEY,
    responses=_IN_PROTOBUF,
    summary="OTLP metrics, accepted and not kept",
    openapi_extra=_otlp_body(OtlpMetrics),
)
async def export_metrics(request: Request, access: ProjectAccessDep) -> Response:
    """Accept an OTLP metrics export so that clients that send every signal are not disturbed. Nothing is kept."""
    await request.body()
    return _empty_answer(ExportMetricsServiceResponse().SerializeToString(), is_json=_is_json(request))


@routes.post(
    "/api/public/otel/v1/logs",
    PROJECT_KEY,
    responses=PUBLIC_ERRORS | _IN_PROTOBUF,
    summary="OTLP logs",
    openapi_extra=_otlp_body(OtlpLogs),
)
async def export_logs(request: Request, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Take an OTLP logs export: sessions of Claude Code become traces. All other logs are accepted and not kept."""
    is_json = _is_json(request)
    context = services.ingestion.context(access, sdk_name=_sdk(request, "name"), sdk_version=_sdk(request, "version"))
    await services.ingestion.logs(await request.body(), is_json=is_json, content_encoding=_encoding(request), context=context)
    return _empty_answer(ExportLogsServiceResponse().SerializeToString(), is_json=is_json)


@routes.post(
    "/api/public/ingestion",
    BATCH_WRITE,
    response_model=IngestionResult,
    status_code=207,
    responses=PUBLIC_ERRORS,
    summary="Legacy batch",
    openapi_extra=documented_body(IngestionBatch),
)
async def ingest_batch(request: Request, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Take a batch of events. The answer is always 207; it says for each event whether it was kept.

    A score that violates its score config is kept without it, and marked; its entry among the successes says why.
    """
    context = services.ingestion.context(access, sdk_name=_sdk(request, "name"), sdk_version=_sdk(request, "version"))
    decoded = await services.ingestion.batch(await request.body(), content_encoding=_encoding(request), context=context)
    return json_response({"successes": decoded.successes, "errors": decoded.errors}, 207)


@routes.post(
    "/api/public/scores",
    SCORE_WRITE,
    response_model=ScoreAccepted,
    responses=PUBLIC_ERRORS
    | {
        202: {"model": Message, "description": "Every score of the array was accepted."},
        207: {"model": ScoresPartlyAccepted, "description": "Some scores of the array were refused."},
    },
    summary="Create or update scores",
    openapi_extra=documented_body(ScoreRequest | list[ScoreRequest]),
)
async def create_scores(request: Request, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Take one score (answer: its id) or an array of them (answer: how many were accepted).

    A score that violates its score config is refused, with the reason.
    """
    context = services.ingestion.context(access, sdk_name=_sdk(request, "name"), sdk_version=_sdk(request, "version"))
    decoded = await services.ingestion.scores(await request.body(), content_encoding=_encoding(request), context=context)
    if not decoded.is_array:
        return json_response({"id": decoded.ids[0]})
    if not decoded.errors:
        return json_response({"message": "Accepted"}, 202)
    errors = [{"message": message} for message in decoded.errors]
    return json_response({"accepted": len(decoded.ids), "rejected": len(errors), "errors": errors}, 207)


def _encoding(request: Request) -> str:
    return request.headers.get("content-encoding", "")


def _is_json(request: Request) -> bool:
    content_type = request.headers.get("content-type", "")
    if _PROTOBUF in content_type:
        return False
    if _JSON in content_type:
        return True
    raise InvalidRequestError("Invalid content type", hint=f"Send {_PROTOBUF} or {_JSON}.")


@functools.lru_cache(maxsize=16)
def _check_ingestion_version(version: str | None) -> None:
    """Version 4 announces spans that carry their trace's attributes themselves; we read both forms anyway."""
    if version is None:
        return
    if not version.isdecimal() or int(version) > _NEWEST_INGESTION_VERSION:
        raise InvalidRequestError(
            f"x-langfuse-ingestion-version {version[:20]!r} is not supported",
            hint=f"Send a number up to {_NEWEST_INGESTION_VERSION}, or leave the header out.",
        )


def _sdk(request: Request, part: str) -> str:
    # The oldest clients spell the header with underscores.
    return (request.headers.get(f"x-langfuse-sdk-{part}") or request.headers.get(f"x_langfuse_sdk_{part}") or "")[:100]


def _otlp_answer(decoded: DecodedSpans, *, is_json: bool) -> Response:
    if is_json:
        body: dict[str, object] = {}
        if decoded.rejected_spans:
            body["partialSuccess"] = {"rejectedSpans": str(decoded.rejected_spans), "errorMessage": decoded.rejection}
        return Response(msgspec.json.encode(body), media_type=_JSON)
    answer = ExportTraceServiceResponse()
    if decoded.rejected_spans:
        answer.partial_success.rejected_spans = decoded.rejected_spans
        answer.partial_success.error_message = decoded.rejection
    return Response(answer.SerializeToString(), media_type=_PROTOBUF)


def _empty_answer(protobuf: bytes, *, is_json: bool) -> Response:
    return Response(b"{}", media_type=_JSON) if is_json else Response(protobuf, media_type=_PROTOBUF)
