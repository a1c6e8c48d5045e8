"""The three ``Export`` calls of OTLP/gRPC: who calls, then the bytes as they came to ``services.ingestion``.

They are declared as calls with a stream of requests, which is the same on the wire: so the caller is checked before the
message is read, as over HTTP, and a stranger cannot make the server buffer one.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from typing import Final, NoReturn

import grpc
import grpc.aio
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from spanwise_server.domain.accounts import KeyScope, OrganizationAccess, ProjectAccess
from spanwise_server.domain.errors import ForbiddenError, InvalidRequestError, OverloadedError, SpanwiseError
from spanwise_server.grpc_api.statuses import Refusal, refusal_of
from spanwise_server.ingest.decoded import IngestContext
from spanwise_server.services.container import Services

_SERVICE: Final = "opentelemetry.proto.collector.{signal}.v1.{name}Service"
_GZIP: Final = b"\x1f\x8b"
"""What a gzip stream begins with. No OTLP request does: as protobuf it would be a field of a kind that does not exist."""
_RECEIVE_SECONDS: Final = 60.0
_LONGEST_TEXT: Final = 100

_Context = grpc.aio.ServicerContext[bytes, bytes]
_Answer = Callable[[bytes, ProjectAccess, Mapping[str, str]], Awaitable[bytes]]

_logger = logging.getLogger("spanwise.grpc")


class Exports:
    """Answers the calls with the services of one server."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def handlers(self) -> tuple[grpc.GenericRpcHandler, ...]:
        """Return what a gRPC server is to be given."""
        calls: Mapping[tuple[str, str], _Answer] = {
            ("trace", "Trace"): self._traces,
            ("metrics", "Metrics"): self._metrics,
            ("logs", "Logs"): self._logs,
        }
        return tuple(
            grpc.method_handlers_generic_handler(
                _SERVICE.format(signal=signal, name=name),
                {"Export": grpc.stream_unary_rpc_method_handler(self._call(f"{name}Service/Export", answer))},
            )
            for (signal, name), answer in calls.items()
        )

    def _call(self, name: str, answer: _Answer) -> Callable[[AsyncIterator[bytes], _Context], Awaitable[bytes]]:
        async def handle(messages: AsyncIterator[bytes], context: _Context) -> bytes:
            started, outcome = time.perf_counter(), grpc.StatusCode.OK
            try:
                metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
                access = await self._authorize(metadata)
                return await answer(await _receive(messages), access, metadata)
            except SpanwiseError as error:
                refusal = refusal_of(error)
                outcome = refusal.code
                await _abort(context, refusal)
            except Exception:  # the last catch: whatever it is, the caller gets a status and the log the cause
                call_id = uuid.uuid4().hex
                outcome = grpc.StatusCode.INTERNAL
                _logger.exception("unhandled error call=%s call_id=%s", name, call_id)
                await _abort(context, Refusal(outcome, f"Internal server error (call {call_id})"))
            finally:
                _logger.debug("call=%s status=%s duration_ms=%.1f", name, outcome.name, (time.perf_counter() - started) * 1000)

        return handle

    async def _authorize(self, metadata: Mapping[str, str]) -> ProjectAccess:
        access = await self._services.authenticator.authenticate(metadata.get("authorization"))
        if isinstance(access, OrganizationAccess):
            raise ForbiddenError("Project ID not found for API token. Are you using an organization key?")
        if access.scope is KeyScope.SCORES:
            raise ForbiddenError("Access denied - insufficient permissions for this endpoint")
        return access

    async def _traces(self, message: bytes, access: ProjectAccess, metadata: Mapping[str, str]) -> bytes:
        decoded = await self._services.ingestion.spans(
            message, is_json=False, content_encoding=_encoding(message), context=self._context(access, metadata)
        )
        response = ExportTraceServiceResponse()
        if decoded.rejected_spans:
            response.partial_success.rejected_spans = decoded.rejected_spans
            response.partial_success.error_message = decoded.rejection
        return response.SerializeToString()

    async def _logs(self, message: bytes, access: ProjectAccess, metadata: Mapping[str, str]) -> bytes:
        """Keep what log records say of observations; all others are accepted and not kept."""
        await self._services.ingestion.logs(
            message, is_json=False, content_encoding=_encoding(message), context=self._context(access, metadata)
        )
        return ExportLogsServiceResponse().SerializeToString()

    async def _metrics(self, message: bytes, access: ProjectAccess, metadata: Mapping[str, str]) -> bytes:
        """Accept metrics so that clients that send every signal are not disturbed. Nothing is kept."""
        return ExportMetricsServiceResponse().SerializeToString()

    def _context(self, access: ProjectAccess, metadata: Mapping[str, str]) -> IngestContext:
        name, version = (metadata.get(f"x-langfuse-sdk-{part}", "")[:_LONGEST_TEXT] for part in ("name", "version"))
        return self._services.ingestion.context(access, sdk_name=name, sdk_version=version)


def _encoding(message: bytes) -> str:
    """Say how the message is compressed. The library's own decompression has no bound; it is off, and ingest's has one."""
    return "gzip" if message.startswith(_GZIP) else ""


async def _receive(messages: AsyncIterable[bytes]) -> bytes:
    """Return the one message of a call."""
    received: list[bytes] = []
    try:
        async with asyncio.timeout(_RECEIVE_SECONDS):
            async for message in messages:
                received.append(message)
                if len(received) > 1:
                    break
    except TimeoutError as error:
        raise OverloadedError("The message arrived too slowly.") from error
    if len(received) != 1:
        raise InvalidRequestError("A call must carry exactly one message.")
    return received[0]


async def _abort(context: _Context, refusal: Refusal) -> NoReturn:
    await context.abort(refusal.code, refusal.message, refusal.metadata)
