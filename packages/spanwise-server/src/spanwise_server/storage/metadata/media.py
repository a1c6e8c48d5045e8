"""Rows of media files and of what refers to them. The bytes are elsewhere (``storage.blobs``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.media import (
    DatasetItemSubject,
    MediaField,
    MediaFile,
    MediaLink,
    MediaSubject,
    TraceSubject,
    UploadReport,
)
from spanwise_server.domain.observations import Micros
from spanwise_server.storage.metadata.tables.media import media_files, media_links

_CHUNK = 500
"""Values in one IN list, below every database's bound on parameters."""


def get_media(connection: Connection, project_id: str, media_id: str) -> MediaFile | None:
    """Return the file's record, or none."""
    statement = select(media_files).where(media_files.c.project_id == project_id, media_files.c.id == media_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _media_of(row)


def find_media(connection: Connection, project_id: str, media_ids: Collection[str]) -> list[MediaFile]:
    """Return the records of those ids that exist, in no order."""
    found: list[MediaFile] = []
    for ids in _chunks(sorted(media_ids)):
        statement = select(media_files).where(media_files.c.project_id == project_id, media_files.c.id.in_(ids))
        found += map(_media_of, connection.execute(statement))
    return found


def add_media(connection: Connection, media: MediaFile) -> None:
    """Insert the record; its project exists already.

    Raises:
        ConflictError: Another server has just inserted it; the same transaction may be run again.
    """
    _insert(
        connection,
        media_files,
        {
            "project_id": media.project_id,
            "id": media.id,
            "sha256": media.sha256,
            "content_type": media.content_type,
            "content_length": media.content_length,
            "created_at": media.created_at,
            "uploaded_at": media.uploaded_at,
        },
    )


def mark_uploaded(
    connection: Connection, project_id: str, media_id: str, *, content_type: str, content_length: int, at: Micros
) -> bool:
    """Record that the file is in the store, with this type and length; say whether there still is a record of it."""
    statement = update(media_files).where(media_files.c.project_id == project_id, media_files.c.id == media_id)
    values = {"content_type": content_type, "content_length": content_length, "uploaded_at": at}
    return connection.execute(statement.values(**values, upload_status=200, upload_error=None)).rowcount > 0


def report_upload(connection: Connection, project_id: str, media_id: str, report: UploadReport) -> bool:
    """Keep what the client says of its upload; say whether there is a record of the file."""
    statement = update(media_files).where(media_files.c.project_id == project_id, media_files.c.id == media_id)
    done = connection.execute(
        statement.values(upload_status=report.http_status, upload_error=report.error, upload_time_ms=report.duration_ms)
    )
    return done.rowcount > 0


def ensure_link(connection: Connection, project_id: str, media_id: str, link: MediaLink, *, at: Micros) -> None:
    """Record the link unless it is there already; raises as ``add_media``."""
    values = {"project_id": project_id, "media_id": media_id, **_subject_values(link.subject), "field": link.field.value}
    same = [media_links.c[name] == value for name, value in values.items()]
    if connection.execute(select(media_links.c.field).where(*same)).first() is None:
        _insert(connection, media_links, {**values, "created_at": at})


def find_links(connection: Connection, project_id: str, media_id: str) -> list[MediaLink]:
    """Return what refers to the file, oldest first."""
    of_media = (media_links.c.project_id == project_id, media_links.c.media_id == media_id)
    order = (media_links.c.created_at, media_links.c.trace_id, media_links.c.observation_id, media_links.c.field)
    return [
        MediaLink(
            subject=DatasetItemSubject(dataset_id=row.dataset_id, item_id=row.dataset_item_id)
            if row.dataset_item_id
            else TraceSubject(trace_id=row.trace_id, observation_id=row.observation_id or None),
            field=MediaField(row.field),
        )
        for row in connection.execute(select(media_links).where(*of_media).order_by(*order))
    ]


def delete_links_of_traces(connection: Connection, project_id: str, trace_ids: Collection[str]) -> set[str]:
    """Delete the links of the traces and their observations; return the ids of the files they referred to."""
    released: set[str] = set()
    # An empty id stands for "no trace" and must never select the links of dataset items.
    for ids in _chunks(sorted(filter(None, trace_ids))):
        released |= _delete_links(connection, media_links.c.project_id == project_id, media_links.c.trace_id.in_(ids))
    return released


def delete_links_of_traces_before(connection: Connection, project_id: str, before: Micros) -> set[str]:
    """Delete the links of traces that are older; return the ids of the files they referred to."""
    of_old_traces = (media_links.c.project_id == project_id, media_links.c.trace_id != "", media_links.c.created_at < before)
    return _delete_links(connection, *of_old_traces)


def delete_links_of_items(
    connection: Connection, project_id: str, dataset_id: str, item_ids: Collection[str] | None
) -> set[str]:
    """Delete the links of the dataset's items, of all of them for none; return the ids of the files they referred to."""
    of_dataset = (media_links.c.project_id == project_id, media_links.c.dataset_id == dataset_id)
    if not dataset_id:
        return set()
    if item_ids is None:
        return _delete_links(connection, *of_dataset)
    released: set[str] = set()
    for ids in _chunks(sorted(item_ids)):
        released |= _delete_links(connection, *of_dataset, media_links.c.dataset_item_id.in_(ids))
    return released


def delete_unreferenced(connection: Connection, project_id: str, media_ids: Collection[str]) -> list[MediaFile]:
    """Delete the records of those files that nothing refers to any more, and return them."""
    deleted: list[MediaFile] = []
    for ids in _chunks(sorted(media_ids)):
        linked = select(media_links.c.media_id).where(
            media_links.c.project_id == project_id, media_links.c.media_id == media_files.c.id
        )
        unlinked = (media_files.c.project_id == project_id, media_files.c.id.in_(ids), ~linked.exists())
        found = [_media_of(row) for row in connection.execute(select(media_files).where(*unlinked))]
        if found:
            gone = [media.id for media in found]
            connection.execute(delete(media_files).where(media_files.c.project_id == project_id, media_files.c.id.in_(gone)))
        deleted += found
    return deleted


def _insert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    try:
        connection.execute(insert(table).values(**values))
    except IntegrityError as error:
        raise ConflictError("The media file was recorded by another request just now.", hint="Send it again.") from error


def _delete_links(connection: Connection, *conditions: Any) -> set[str]:
    released = set(connection.execute(select(media_links.c.media_id).where(*conditions)).scalars())
    if released:
        connection.execute(delete(media_links).where(*conditions))
    return released


def _subject_values(subject: MediaSubject) -> dict[str, str]:
    values = {"trace_id": "", "observation_id": "", "dataset_id": "", "dataset_item_id": ""}
    match subject:
        case TraceSubject():
            return values | {"trace_id": subject.trace_id, "observation_id": subject.observation_id or ""}
        case DatasetItemSubject():
            return values | {"dataset_id": subject.dataset_id, "dataset_item_id": subject.item_id}


def _media_of(row: Row[Any]) -> MediaFile:
    return MediaFile(
        project_id=row.project_id,
        id=row.id,
        sha256=bytes(row.sha256),
        content_type=row.content_type,
        content_length=row.content_length,
        created_at=row.created_at,
        uploaded_at=row.uploaded_at,
    )


def _chunks(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]
