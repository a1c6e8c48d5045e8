"""An installation's metadata, opened by a command beside the running server or without one. The event store stays shut."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from spanwise_server.cli.configuration import load_settings
from spanwise_server.cli.console import print_error
from spanwise_server.domain.errors import ConfigurationError, SpanwiseError
from spanwise_server.services.api_keys import SecretHasher
from spanwise_server.services.provisioning import open_hasher
from spanwise_server.settings import Settings
from spanwise_server.storage.metadata.database import FILE_NAME, MetadataDatabase, default_url
from spanwise_server.storage.metadata.schema import HEAD, current_revision


@dataclass(frozen=True, slots=True)
class Installation:
    """What commands need of an installation."""

    database: MetadataDatabase
    hasher: SecretHasher


def with_installation(data_dir: Path | None, work: Callable[[Installation], Coroutine[Any, Any, None]]) -> None:
    """Run ``work`` on the installation and end the command; what is wrong is said on standard error, with exit code 1."""
    try:
        options: dict[str, Any] = {} if data_dir is None else {"data_dir": data_dir}
        with open_installation(load_settings(Settings, **options)) as installation:
            asyncio.run(work(installation))
    except SpanwiseError as error:
        print_error(error)
        raise typer.Exit(1) from None


@contextlib.contextmanager
def open_installation(settings: Settings) -> Iterator[Installation]:
    """Open the metadata of the installation that ``settings`` name.

    Raises:
        ConfigurationError: There is none, or it has not this version's shape.
    """
    if settings.database_url is None and not (settings.data_dir / FILE_NAME).is_file():
        raise ConfigurationError(
            f"There is no installation in {settings.data_dir.absolute()}.",
            hint="Run `spanwise serve` there once, or name the right directory with --data-dir.",
        )
    database = MetadataDatabase(settings.database_url or default_url(settings.data_dir))
    try:
        revision = database.read_now(current_revision)
        if revision != HEAD:
            raise ConfigurationError(
                f"The metadata database is at revision {revision}; this version needs {HEAD}.",
                hint="Start the server of this version once, or use the command of the version that runs.",
            )
        yield Installation(database, open_hasher(database, settings.data_dir))
    finally:
        database.close_now()
