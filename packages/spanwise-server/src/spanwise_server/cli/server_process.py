"""The life of the server's process: open, announce, serve, and on a signal finish, flush and close.

First signal: no new connections, requests under way are finished, accepted telemetry is in the store before it is
closed. Second signal: out at once; what was acknowledged is in the store already.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import uvicorn

from spanwise_server.app import create_app, open_services
from spanwise_server.cli.console import output, print_first_start, print_ready
from spanwise_server.cli.http_protocol import BoundedHttpProtocol
from spanwise_server.cli.listening import is_reachable_by_others, url_of
from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.services.container import Services
from spanwise_server.settings import InitSettings, Settings, quiet_grpc
from spanwise_server.storage.directory_lock import DirectoryLock

if TYPE_CHECKING:
    from spanwise_server.grpc_api.server import GrpcServer

_logger = logging.getLogger("spanwise.server")
_FORCED = 130
# Longer than the idle time of HTTP clients' connection pools, so that the client closes first and never meets a dead one.
_KEEP_ALIVE_SECONDS = 75
_FINISH_SECONDS = 30
_MOST_CONNECTIONS = 1000


class ServerProcess:
    """Runs one server until it is told to stop."""

    def __init__(self, settings: Settings, init: InitSettings, lock: DirectoryLock) -> None:
        self._settings = settings
        self._init = init
        self._lock = lock
        self._server: uvicorn.Server | None = None
        self._services: Services | None = None
        self._stopping = asyncio.Event()

    @property
    def _is_stopping(self) -> bool:
        return self._stopping.is_set()

    async def run(self, listener: socket.socket) -> int:
        """Serve on ``listener``; return the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop, number)
        async with AsyncExitStack() as stack:
            # Before the services, whose first start shows secrets once: no error may come after it.
            grpc_server = await stack.enter_async_context(_bound_grpc(self._settings))
            services = await stack.enter_async_context(open_services(self._settings, self._init))
            self._services = services
            if grpc_server:
                await stack.enter_async_context(grpc_server.serving(services, self._stopping))
            self._announce(services, url_of(listener, self._settings.host), grpc_server.address if grpc_server else None)
            self._server = _Server(_uvicorn_config(services))
            gc.collect()
            # What stands now stands for good; leaving it out of every collection saves a tenth of the work of decoding.
            gc.freeze()
            if not self._is_stopping:
                await self._server.serve(sockets=[listener])
            _logger.info("requests are finished, closing the stores")
        _logger.info("stopped")
        return 0

    def _announce(self, services: Services, listening: str, grpc_address: str | None) -> None:
        url = (self._settings.public_url or listening).rstrip("/")
        self._lock.record(listening)
        console = output()
        if services.first_start:
            print_first_start(console, services.first_start, url)
        print_ready(
            console,
            url=url,
            version=services.version,
            data_dir=str(self._settings.data_dir.resolve()),
            is_reachable=is_reachable_by_others(self._settings.host),
            grpc_address=grpc_address,
        )
        console.file.flush()

    def _stop(self, number: int) -> None:
        if self._is_stopping:
            _logger.warning("stopped at once by a second signal")
            os._exit(_FORCED)
        self._stopping.set()
        _logger.info("received %s, finishing what is under way; again to stop at once", signal.Signals(number).name)
        if self._services:
            self._services.readiness.is_shutting_down = True
        if self._server:
            self._server.should_exit = True


@contextlib.asynccontextmanager
async def _bound_grpc(settings: Settings) -> AsyncIterator[GrpcServer | None]:
    """Yield the gRPC server with its port taken, or none when it was not asked for.

    Raises:
        ConfigurationError: It cannot be had.
    """
    if settings.otlp_grpc_port is None:
        yield None
        return
    quiet_grpc()
    try:
        from spanwise_server.grpc_api.server import GrpcServer
    except ImportError as error:
        raise ConfigurationError(
            f"OTLP over gRPC needs a library that is not installed: {error.name}.",
            hint='Install it: pip install "spanwise-server[grpc]". Or leave SPANWISE_OTLP_GRPC_PORT unset; OTLP over HTTP needs nothing.',
        ) from error
    server = GrpcServer.bind(settings)
    try:
        yield server
    finally:
        await server.close()


class _Server(uvicorn.Server):
    """Uvicorn's server without its signal handling, which ends by killing the process before the stores are closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _uvicorn_config(services: Services) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(services),
        http=BoundedHttpProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_FINISH_SECONDS,
    )
