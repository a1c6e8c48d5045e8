"""``spanwise doctor``: what is wrong with an installation, running or stopped, here or elsewhere, and what to do."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spanwise_server.domain.errors import SpanwiseError
from spanwise_server.settings import ClientSettings, Settings

if TYPE_CHECKING:
    from spanwise_server.cli.findings import Finding


def doctor(
    url: Annotated[
        str | None, typer.Option(help="Address of the server. Default: the one that uses the data directory.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Data directory to look at. Default: spanwise-data")] = None,
) -> None:
    """Check an installation and say what to do. Exit code 1 if anything failed."""
    code = _run(url, data_dir)
    sys.stdout.flush()
    sys.stderr.flush()
    # As in `serve`: the in-process engine may have been opened to look at it.
    os._exit(code)


def _run(url: str | None, data_dir: Path | None) -> int:
    from spanwise_server.cli.configuration import load_settings
    from spanwise_server.cli.console import output, print_error
    from spanwise_server.cli.findings import Status, print_findings

    try:
        options: dict[str, Any] = {} if data_dir is None else {"data_dir": data_dir}
        settings, client = load_settings(Settings, **options), load_settings(ClientSettings)
        findings = _findings(settings, client, url, is_local_asked=data_dir is not None)
    except SpanwiseError as error:
        print_error(error)
        return 1
    print_findings(output(), findings)
    return int(any(finding.status is Status.FAILED for finding in findings))


def _findings(settings: Settings, client: ClientSettings, url: str | None, *, is_local_asked: bool) -> list[Finding]:
    from spanwise_server.cli.findings import failed, note
    from spanwise_server.cli.installation_checks import check_installation
    from spanwise_server.cli.server_checks import check_server
    from spanwise_server.storage.directory_lock import find_holder

    named = url or client.base_url or client.host
    holder = find_holder(settings.data_dir)
    findings: list[Finding] = []
    # Someone who asks about a server elsewhere need not have an installation here.
    if is_local_asked or named is None or settings.data_dir.is_dir():
        findings += check_installation(settings, holder)
    address = named or (holder.url if holder else None)
    if address is None:
        findings.append(note("Server", "not running", "Start it with `spanwise serve`."))
        return findings
    secret = client.secret_key.get_secret_value() if client.secret_key else None
    if bool(client.public_key) != bool(secret):
        missing = "LANGFUSE_PUBLIC_KEY" if secret else "LANGFUSE_SECRET_KEY"
        findings.append(failed("Credentials", "only one half of the key pair is set", f"Set {missing} too."))
    keys = (client.public_key, secret) if client.public_key and secret else None
    return [*findings, *check_server(address, keys)]
