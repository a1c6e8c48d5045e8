"""``spanwise serve``: one process, one worker, from the first line printed to the last write flushed.

What is heavy is imported when the server starts, not when ``--help`` is asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from spanwise_server.domain.errors import SpanwiseError
from spanwise_server.settings import InitSettings, Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port; 0 picks a free one. Default: 3000")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Directory for everything the server keeps. Default: spanwise-data")
    ] = None,
    otlp_grpc_port: Annotated[
        int | None, typer.Option(help="TCP port for OTLP over gRPC, usually 4317. Default: no gRPC")
    ] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error. Default: info")] = None,
) -> None:
    """Start the server. Everything else is set by SPANWISE_* variables (docs/reference/settings.md)."""
    given: dict[str, Any] = {
        "host": host,
        "port": port,
        "data_dir": data_dir,
        "otlp_grpc_port": otlp_grpc_port,
        "log_level": log_level,
    }
    code = _run({name: value for name, value in given.items() if value is not None})
    sys.stdout.flush()
    sys.stderr.flush()
    # The in-process engine may crash in the interpreter's own clean-up; everything of ours is closed by now.
    os._exit(code)


def _run(options: dict[str, Any]) -> int:
    from spanwise_server.cli.configuration import load_settings
    from spanwise_server.cli.console import print_error
    from spanwise_server.cli.log_output import configure_logs

    try:
        settings, init = load_settings(Settings, **options), load_settings(InitSettings)
        configure_logs(settings.log_level)
        return _hold_and_serve(settings, init)
    except SpanwiseError as error:
        print_error(error)
        return 1


def _hold_and_serve(settings: Settings, init: InitSettings) -> int:
    import uvloop

    from spanwise_server.app import prepare_data_dir
    from spanwise_server.cli.listening import listen
    from spanwise_server.cli.server_process import ServerProcess
    from spanwise_server.storage.directory_lock import hold_directory

    # Whatever the server or the engine writes is for its owner only.
    os.umask(0o077)
    prepare_data_dir(settings)
    with hold_directory(settings.data_dir) as lock, listen(settings.host, settings.port) as listener:
        process = ServerProcess(settings, init, lock)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(process.run(listener))
