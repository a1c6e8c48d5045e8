"""Rows of media files: links hold them, and what nothing links to goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.media import DatasetItemSubject, MediaField, MediaFile, MediaLink, TraceSubject, UploadReport
from spanwise_server.storage.metadata import media, projects
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.tables.media import media_files

ITEM = MediaLink(subject=DatasetItemSubject(dataset_id="d", item_id="i"), field=MediaField.EXPECTED_OUTPUT)


def trace_link(trace_id: str, observation_id: str | None = None) -> MediaLink:
    return MediaLink(subject=TraceSubject(trace_id=trace_id, observation_id=observation_id), field=MediaField.INPUT)


def file(media_id: str, project_id: str = "p") -> MediaFile:
    return MediaFile(
        project_id=project_id,
        id=media_id,
        sha256=b"h" * 32,
        content_type="image/png",
        content_length=3_000_000_000,
        created_at=5,
    )


@pytest.fixture
def database(database: MetadataDatabase) -> MetadataDatabase:
    """Return the database with projects ``p`` and ``q``, and a file ``m`` in each."""

    def work(connection: Connection) -> None:
        organization = Organization(id="o", name="o", created_at=1)
        projects.add_organization(connection, organization)
        for name in ("p", "q"):
            projects.add_project(connection, Project(id=name, organization=organization, name=name, created_at=2))
            media.add_media(connection, file("m", name))

    database.write_now(work)
    return database


@pytest.fixture
def run(database: MetadataDatabase) -> Callable[..., object]:
    """Return what calls a function with a connection in a transaction."""
    return lambda function, *arguments, **options: database.write_now(
        lambda connection: function(connection, *arguments, **options)
    )


def test_a_record_comes_back_and_only_in_its_project(run: Callable[..., object]) -> None:
    assert run(media.get_media, "p", "m") == file("m")
    assert run(media.get_media, "p", "other") is None
    assert run(media.get_media, "other", "m") is None
    assert run(media.find_media, "q", {"m", "other"}) == [file("m", "q")]
    assert run(media.find_media, "q", set()) == []


def test_the_same_record_twice_is_a_conflict(run: Callable[..., object]) -> None:
    with pytest.raises(ConflictError):
        run(media.add_media, file("m"))


def test_an_upload_is_marked_in_its_project(run: Callable[..., object]) -> None:
    assert run(media.mark_uploaded, "p", "m", content_type="image/gif", content_length=7, at=9)
    assert not run(media.mark_uploaded, "p", "other", content_type="image/gif", content_length=7, at=9)

    changed = run(media.get_media, "p", "m")
    assert isinstance(changed, MediaFile)
    assert (changed.content_type, changed.content_length, changed.uploaded_at) == ("image/gif", 7, 9)
    assert run(media.get_media, "q", "m") == file("m", "q")


def test_a_report_is_kept_and_decides_nothing(database: MetadataDatabase, run: Callable[..., object]) -> None:
    assert run(media.report_upload, "p", "m", UploadReport(http_status=500, error="broken", duration_ms=12))
    assert not run(media.report_upload, "p", "other", UploadReport(http_status=200, error=None, duration_ms=None))

    assert run(media.get_media, "p", "m") == file("m")
    reported = select(media_files).where(media_files.c.project_id == "p")
    row = database.read_now(lambda connection: connection.execute(reported).one())
    assert (row.upload_status, row.upload_error, row.upload_time_ms) == (500, "broken", 12)


def test_links_are_recorded_once_and_come_back(run: Callable[..., object]) -> None:
    for link in (trace_link("t"), trace_link("t", "o"), ITEM, trace_link("t")):
        run(media.ensure_link, "p", "m", link, at=1)

    found = run(media.find_links, "p", "m")
    assert isinstance(found, list)
    assert sorted(found, key=str) == sorted([trace_link("t"), trace_link("t", "o"), ITEM], key=str)
    assert run(media.find_links, "q", "m") == []


def test_a_file_stays_while_anything_links_to_it(run: Callable[..., object]) -> None:
    for link in (trace_link("t"), trace_link("u", "o"), ITEM):
        run(media.ensure_link, "p", "m", link, at=1)
    run(media.ensure_link, "q", "m", trace_link("t"), at=1)

    # No trace and no dataset is what the other kind of link has.
    assert run(media.delete_links_of_traces, "p", ["", "unknown"]) == set()
    assert run(media.delete_links_of_items, "p", "", None) == set()
    for delete, arguments, left in (
        (media.delete_links_of_traces, (["t"],), 2),
        (media.delete_links_of_items, ("d", ["i", "j"]), 1),
        (media.delete_links_of_traces, (["u"],), 0),
    ):
        assert run(delete, "p", *arguments) == {"m"}
        links = run(media.find_links, "p", "m")
        assert isinstance(links, list)
        assert len(links) == left
        assert run(media.delete_unreferenced, "p", {"m"}) == ([] if left else [file("m")])
    assert run(media.get_media, "p", "m") is None
    assert run(media.get_media, "q", "m") is not None


def test_a_whole_dataset_and_what_is_old(run: Callable[..., object]) -> None:
    run(media.ensure_link, "p", "m", ITEM, at=1)
    run(media.ensure_link, "p", "m", trace_link("old"), at=1)
    run(media.ensure_link, "p", "m", trace_link("new"), at=2)

    assert run(media.delete_links_of_traces_before, "p", 2) == {"m"}
    assert run(media.delete_links_of_items, "p", "d", None) == {"m"}
    assert run(media.find_links, "p", "m") == [trace_link("new")]


def test_more_ids_than_a_statement_takes(run: Callable[..., object]) -> None:
    run(media.ensure_link, "p", "m", trace_link("t1234"), at=1)
    many = [f"t{number}" for number in range(2000)]

    assert run(media.delete_links_of_traces, "p", many) == {"m"}
    assert run(media.delete_unreferenced, "p", {"m", *many}) == [file("m")]
