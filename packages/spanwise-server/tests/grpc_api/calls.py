"""Calls a gRPC server with bytes as they are."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio

from tests.accounts import ProjectWithKeys

TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


def basic(project: ProjectWithKeys) -> str:
    """Return what stands in the metadata of a caller of this project."""
    keys = project.keys
    return "Basic " + base64.b64encode(f"{keys.public_key}:{keys.secret_key}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Answered:
    """How a call ended."""

    code: grpc.StatusCode
    message: str = ""
    body: bytes = b""
    trailing: Any = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """Sends bytes as they are to one server."""

    address: str
    certificate: bytes | None = None
    """Of the server, when it speaks TLS."""

    async def __call__(
        self,
        message: bytes,
        authorization: str | None = None,
        *,
        method: str = TRACES,
        compression: grpc.Compression | None = None,
    ) -> Answered:
        """Make one call."""
        metadata = [("authorization", authorization)] if authorization else []
        async with self._channel() as channel:
            export: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
            call = export(message, metadata=metadata, compression=compression, timeout=60)
            try:
                return Answered(grpc.StatusCode.OK, body=await call)
            except grpc.aio.AioRpcError as error:
                return Answered(error.code(), error.details() or "", trailing=dict(error.trailing_metadata() or ()))

    async def stream(self, messages: AsyncIterable[bytes], authorization: str) -> bytes:
        """Make one call with as many messages as there are."""
        async with self._channel() as channel:
            export: grpc.aio.StreamUnaryMultiCallable[bytes, bytes] = channel.stream_unary(TRACES)
            return await export(aiter(messages), metadata=[("authorization", authorization)], timeout=60)

    def _channel(self) -> grpc.aio.Channel:
        if self.certificate is not None:
            return grpc.aio.secure_channel(self.address, grpc.ssl_channel_credentials(self.certificate))
        return grpc.aio.insecure_channel(self.address, options=[("grpc.max_send_message_length", -1)])
