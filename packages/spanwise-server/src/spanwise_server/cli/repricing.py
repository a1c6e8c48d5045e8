"""The run of ``spanwise models reprice``: by the server if one runs, else on the stores themselves. Prints as it goes."""

from __future__ import annotations

import asyncio
import base64
import http.client
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from spanwise_server.api.listing.parameters import parse_time
from spanwise_server.cli.configuration import load_settings
from spanwise_server.cli.console import print_error
from spanwise_server.cli.server_checks import Server
from spanwise_server.domain.errors import ConfigurationError, SpanwiseError, StoreUnavailableError
from spanwise_server.domain.observations import Micros
from spanwise_server.services.pricing.repricing import RepriceSelection, RepriceStep
from spanwise_server.settings import ClientSettings, InitSettings, Settings
from spanwise_server.storage.directory_lock import LockHolder, find_holder, hold_directory


@dataclass(frozen=True, slots=True, kw_only=True)
class RepriceOptions:
    """What was asked for, as text."""

    project: str
    since: str | None = None
    until: str | None = None
    model: str | None = None
    resume: str | None = None
    dry_run: bool = False


Step = Callable[[str | None], Awaitable[RepriceStep]]
"""Runs the step that begins at a cursor."""


def run_repricing(options: RepriceOptions, data_dir: Path | None) -> int:
    """Run to the end and return the exit code."""
    try:
        settings = load_settings(Settings, **({} if data_dir is None else {"data_dir": data_dir}))
        _time(options.since, "--since"), _time(options.until, "--until")
        holder = find_holder(settings.data_dir)
        if holder is not None:
            asyncio.run(_loop(options, _steps_of_server(options, holder)))
        else:
            if not settings.data_dir.is_dir():
                raise ConfigurationError(f"There is no installation in {settings.data_dir}.", hint="Name it with --data-dir.")
            os.umask(0o077)
            with hold_directory(settings.data_dir):
                asyncio.run(_on_stores(options, settings))
    except SpanwiseError as error:
        print_error(error)
        return 1
    return 0


async def _loop(options: RepriceOptions, step: Step) -> None:
    total, cursor = RepriceStep(), options.resume
    while True:
        total = total.plus(await step(cursor))
        cursor = total.cursor
        if cursor is None:
            break
        print(
            f"{total.examined} observations so far, {total.changed} changed; to go on from here: --resume {cursor}", flush=True
        )
    word = "would change" if options.dry_run else "changed"
    print(f"{total.examined} observations examined, {total.changed} {word}.")
    print(f"Cost before  {_usd(total.old_total)} USD")
    print(f"Cost now     {_usd(total.new_total)} USD" + (" (not written: --dry-run)" if options.dry_run else ""))


async def _on_stores(options: RepriceOptions, settings: Settings) -> None:
    from spanwise_server.app import open_services

    selection = RepriceSelection(
        project_id=options.project,
        since=_time(options.since, "--since"),
        until=_time(options.until, "--until"),
        model=options.model,
    )
    async with open_services(settings, InitSettings()) as services:
        await services.projects.get(options.project)
        await _loop(options, lambda cursor: services.repricing.step(selection, cursor=cursor, dry_run=options.dry_run))


def _steps_of_server(options: RepriceOptions, holder: LockHolder) -> Step:
    client = load_settings(ClientSettings)
    secret = client.secret_key.get_secret_value() if client.secret_key else None
    if holder.url is None or not client.public_key or not secret:
        raise ConfigurationError(
            "The server is running and keeps the event store open.",
            hint="Set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY to a key pair of the project, or stop the server first.",
        )
    basic = base64.b64encode(f"{client.public_key}:{secret}".encode()).decode()
    server = Server(holder.url, f"Basic {basic}")
    body: dict[str, Any] = {"since": options.since, "until": options.until, "model": options.model}

    async def step(cursor: str | None) -> RepriceStep:
        path = f"/api/v1/projects/{options.project}/repricing"
        try:
            answer = server.request("POST", path, {**body, "cursor": cursor, "dry_run": options.dry_run})
        except (OSError, http.client.HTTPException) as error:
            raise StoreUnavailableError(f"The server at {holder.url} does not answer: {error}.") from error
        if answer.status != 200:
            said = answer.body.get("message") if isinstance(answer.body, dict) else None
            raise ConfigurationError(f"The server refused: {said or answer.status}.")
        return RepriceStep(
            examined=answer.body["examined"],
            changed=answer.body["changed"],
            old_total=Decimal(answer.body["old_total_usd"]),
            new_total=Decimal(answer.body["new_total_usd"]),
            cursor=answer.body["cursor"],
        )

    return step


def _time(text: str | None, option: str) -> Micros | None:
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise ConfigurationError(f"{option}: {error}.") from error


def _usd(amount: Decimal) -> str:
    return f"{amount:f}"
