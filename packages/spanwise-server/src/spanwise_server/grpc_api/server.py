"""The gRPC server: its port, its limits, its end. What it answers is ``export``'s part."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import grpc
import grpc.aio

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.grpc_api.export import Exports
from spanwise_server.services.container import Services
from spanwise_server.settings import Settings

_MIB = 1024 * 1024
_FINISH_SECONDS = 30.0
_MOST_CALLS = 1000
_IDENTITY_AND_GZIP = 0b101
"""Bits of the library's compression algorithms. Deflate is left out: unlike gzip it does not show in the bytes."""


class GrpcServer:
    """A server on a port. ``bind`` it early, so that a taken port is known before anything else is done."""

    def __init__(self, server: grpc.aio.Server, address: str) -> None:
        self._server = server
        self.address = address

    @classmethod
    def bind(cls, settings: Settings) -> Self:
        """Take the port that ``settings`` name, on the running event loop.

        Raises:
            ConfigurationError: It is taken, or the TLS files cannot be used.
        """
        server = grpc.aio.server(options=_options(settings), maximum_concurrent_rpcs=_MOST_CALLS)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        credentials = _credentials(settings)
        try:
            wanted = f"{host}:{settings.otlp_grpc_port}"
            port = server.add_secure_port(wanted, credentials) if credentials else server.add_insecure_port(wanted)
        except RuntimeError as error:
            raise _refused(settings, is_secure=credentials is not None) from error
        return cls(server, f"{host}:{port}")

    @contextlib.asynccontextmanager
    async def serving(self, services: Services, stopping: asyncio.Event) -> AsyncIterator[None]:
        """Answer calls until ``stopping`` is set or the context is left, and finish those under way before that ends."""
        self._server.add_generic_rpc_handlers(Exports(services).handlers())
        await self._server.start()
        end = asyncio.create_task(self._stop(stopping), name="grpc-stop")
        try:
            yield
        finally:
            stopping.set()
            await end

    async def _stop(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        await self._server.stop(_FINISH_SECONDS)

    async def close(self) -> None:
        """Give the port back; needed only if it never came to serving."""
        await self._server.stop(None)


def _options(settings: Settings) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", settings.max_body_mib * _MIB),
        # Compressed messages come through as they are: the library would inflate them without a limit.
        ("grpc.per_message_decompression", 0),
        ("grpc.compression_enabled_algorithms_bitset", _IDENTITY_AND_GZIP),
        # A second server on the port must fail, not share it.
        ("grpc.so_reuseport", 0),
        ("grpc.max_concurrent_streams", 100),
        ("grpc.max_connection_idle_ms", 300_000),
        ("grpc.server_handshake_timeout_ms", 20_000),
    ]


def _credentials(settings: Settings) -> grpc.ServerCredentials | None:
    cert, key = settings.otlp_grpc_tls_cert, settings.otlp_grpc_tls_key
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        given, missing = ("CERT", "KEY") if cert else ("KEY", "CERT")
        raise ConfigurationError(
            f"SPANWISE_OTLP_GRPC_TLS_{given} is set, but SPANWISE_OTLP_GRPC_TLS_{missing} is not.",
            hint="Set both, or neither for clear text.",
        )
    return grpc.ssl_server_credentials([(_read(key), _read(cert))])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error.strerror}.", hint="Set SPANWISE_OTLP_GRPC_TLS_CERT and …_KEY to PEM files."
        ) from error


def _refused(settings: Settings, *, is_secure: bool) -> ConfigurationError:
    hints = ["Choose another port with --otlp-grpc-port (or SPANWISE_OTLP_GRPC_PORT); 0 picks a free one."]
    if is_secure:
        hints.append("If the port is free, the TLS files do not hold a certificate and its private key in PEM form.")
    return ConfigurationError(
        f"Cannot listen for gRPC on {settings.host} port {settings.otlp_grpc_port}.", hint=" ".join(hints)
    )
