"""Checks of the data directory, as ``spanwise doctor`` runs them; they change none of its data."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from spanwise_server.cli.findings import Finding, failed, note, ok
from spanwise_server.domain.errors import SpanwiseError
from spanwise_server.settings import Settings
from spanwise_server.storage.directory_lock import LockHolder, hold_directory
from spanwise_server.storage.events.clickhouse import ClickHouseEventStore
from spanwise_server.storage.events.engine import Engine, check_processor
from spanwise_server.storage.file_blobs import FOLDER_NAME as MEDIA_FOLDER
from spanwise_server.storage.file_blobs import INCOMING_FOLDER
from spanwise_server.storage.metadata.api_keys import count_api_keys
from spanwise_server.storage.metadata.database import FILE_NAME as DATABASE_FILE
from spanwise_server.storage.metadata.database import MetadataDatabase, default_url
from spanwise_server.storage.metadata.pepper import FILE_NAME as PEPPER_FILE
from spanwise_server.storage.metadata.pepper import FORMER_FILE_NAME as FORMER_PEPPER_FILE
from spanwise_server.storage.metadata.pepper import load_pepper
from spanwise_server.storage.metadata.schema import HEAD, REVISIONS, current_revision

_GIB = 1024**3
# Merges write the new part before they drop the old ones; with less than this the engine soon refuses writes.
_LEAST_FREE_BYTES = _GIB
_RESTORE = "Restore the data directory from a backup that kept its symbolic links (cp -a, tar); see the message for the cause."
_FEW_FREE_BYTES = 5 * _GIB


def check_installation(settings: Settings, holder: LockHolder | None) -> Iterator[Finding]:
    """Look at everything on this machine: processor, directory, disk, databases, keys."""
    yield from _check_engine_support(settings)
    if not settings.data_dir.is_dir():
        yield failed(
            "Data directory",
            f"{settings.data_dir.absolute()} does not exist",
            "Run `spanwise serve` there once, or name the right directory with --data-dir.",
        )
        return
    yield _check_permissions(settings.data_dir)
    yield _check_disk(settings.data_dir)
    yield _check_media(settings.data_dir / MEDIA_FOLDER)
    yield _check_lock(holder)
    yield from _check_metadata(settings)
    if holder is None:
        yield _check_events(settings)


def _check_engine_support(settings: Settings) -> Iterator[Finding]:
    if settings.events_url is not None:
        return
    if importlib.util.find_spec("chdb") is None:
        yield failed("Event engine", "the in-process engine is not installed", 'pip install "spanwise-server[embedded]"')
        return
    try:
        check_processor()
    except SpanwiseError as error:
        yield failed("Event engine", error.message, error.hint or "Use a ClickHouse server.")
    else:
        yield ok("Event engine", "installed, and this processor can run it")


def _check_permissions(data_dir: Path) -> Finding:
    name = "Data directory"
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        return failed(
            name, f"{data_dir.absolute()} cannot be read and written", f"Give this user access: chown -R $USER {data_dir}"
        )
    mode = stat.S_IMODE(data_dir.stat().st_mode)
    secret_files = [data_dir / DATABASE_FILE, data_dir / PEPPER_FILE, data_dir / FORMER_PEPPER_FILE]
    open_files = [path.name for path in secret_files if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_files:
        return failed(
            name, f"others may read {', '.join(open_files)}", f"chmod 600 {' '.join(str(data_dir / f) for f in open_files)}"
        )
    if mode & 0o077:
        return note(name, f"{data_dir.absolute()} is open to other users (mode {mode:o})", f"chmod 700 {data_dir}")
    return ok(name, str(data_dir.absolute()))


def _check_disk(data_dir: Path) -> Finding:
    free = shutil.disk_usage(data_dir).free
    detail = f"{free / _GIB:.1f} GiB free"
    if free < _LEAST_FREE_BYTES:
        return failed("Disk", detail, "Free at least 1 GiB: the event engine needs room to merge, and refuses writes without.")
    if free < _FEW_FREE_BYTES:
        return note("Disk", detail, "Plan for more room soon.")
    return ok("Disk", detail)


def _check_media(folder: Path) -> Finding:
    name = "Media files"
    if not folder.exists():
        return note(name, "the folder does not exist yet", "The next `spanwise serve` makes it.")
    needed = [folder, folder / INCOMING_FOLDER]
    if not all(path.is_dir() and os.access(path, os.R_OK | os.W_OK | os.X_OK) for path in needed):
        return failed(
            name,
            f"{folder.absolute()} is not a folder that can be read and written, so uploads are refused",
            f"Give this user access (chown -R $USER {folder}), or restore the folder from a backup.",
        )
    return ok(name, str(folder.absolute()))


def _check_lock(holder: LockHolder | None) -> Finding:
    if holder is None:
        return note("Server process", "none uses the directory")
    return ok("Server process", f"process {holder.pid}" + (f" at {holder.url}" if holder.url else ", still starting"))


def _check_metadata(settings: Settings) -> Iterator[Finding]:
    name = "Metadata database"
    if settings.database_url is None and not (settings.data_dir / DATABASE_FILE).exists():
        yield failed(
            name, f"{DATABASE_FILE} is missing", "Run `spanwise serve` once, or restore the data directory from a backup."
        )
        return
    try:
        database = MetadataDatabase(settings.database_url or default_url(settings.data_dir))
        try:
            revision = database.read_now(current_revision)
            yield _judge_revision(name, revision)
            if revision == HEAD:
                yield _check_keys(settings, database)
        finally:
            database.close_now()
    except (SpanwiseError, OSError) as error:
        reason = error.hint if isinstance(error, SpanwiseError) else error
        yield failed(name, f"cannot be read: {reason}", "Restore it from a backup, or check SPANWISE_DATABASE_URL.")


def _judge_revision(name: str, revision: str | None) -> Finding:
    if revision == HEAD:
        return ok(name, f"schema {revision}")
    if revision is None or revision in REVISIONS:
        return note(name, f"schema {revision or 'empty'}, this version has {HEAD}", "The next `spanwise serve` migrates it.")
    return failed(
        name, f"schema {revision} is newer than this version", "Install the version that wrote it, or restore an older backup."
    )


def _check_keys(settings: Settings, database: MetadataDatabase) -> Finding:
    count = database.read_now(count_api_keys)
    try:
        pepper = load_pepper(settings.data_dir)
    except SpanwiseError as error:
        return failed("API keys", error.message, error.hint or "")
    if count and pepper is None:
        return failed("API keys", f"{PEPPER_FILE} is missing, so no key can be verified", "Restore the file from a backup.")
    if not count:
        return failed(
            "API keys",
            "there are none",
            "Start the server with LANGFUSE_INIT_PROJECT_PUBLIC_KEY and LANGFUSE_INIT_PROJECT_SECRET_KEY set.",
        )
    return ok("API keys", f"{count} key pair{'s' if count > 1 else ''}")


def _check_events(settings: Settings) -> Finding:
    """Open the store of a stopped installation, ask for its tables and close it again."""
    name = "Event store"
    try:
        with hold_directory(settings.data_dir):
            engine = Engine.open(settings)
            try:
                health = _run(lambda: ClickHouseEventStore(engine, fsync=settings.fsync))
            finally:
                engine.close()
    except SpanwiseError as error:
        return failed(name, error.message, _RESTORE)
    if health:
        return failed(name, health, "Start the server once; it creates missing tables.")
    return ok(name, "opens and answers")


def _run(make_store: Callable[[], ClickHouseEventStore]) -> str:
    """Return what is wrong with the store, or nothing."""

    async def ask() -> str:
        health = await make_store().health()
        return "" if health.is_ready else health.detail

    return asyncio.run(ask())
