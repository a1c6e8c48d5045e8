"""What a client says of a file becomes what the service takes, and back."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from spanwise_server.api.schemas.media import MediaUploadReport, MediaUploadRequest, media_view, native_media
from spanwise_server.domain.media import DatasetItemSubject, MediaField, MediaFile, MediaLink, TraceSubject
from spanwise_server.services.media.library import MediaDownload
from tests.media_files import PNG, announcement

FILE = MediaFile(
    project_id="p", id="m", sha256=b"h" * 32, content_type="image/png", content_length=7, created_at=1, uploaded_at=1_500_000
)
DOWNLOAD = MediaDownload(media=FILE, url="/api/public/media/m/content?token=t", url_expires_at=3_601_500_000)


def test_a_request_names_its_file_and_its_subject() -> None:
    of_trace = MediaUploadRequest.model_validate(announcement(contentType="Image/PNG", observationId="")).upload_request()
    of_item = MediaUploadRequest.model_validate(
        announcement(traceId=None, datasetId="d", datasetItemId="i", field="expectedOutput")
    ).upload_request()

    assert (of_trace.sha256, of_trace.content_type, of_trace.content_length) == (
        hashlib.sha256(PNG).digest(),
        "image/png",
        len(PNG),
    )
    assert of_trace.link == MediaLink(subject=TraceSubject(trace_id="t"), field=MediaField.INPUT)
    assert of_item.link == MediaLink(subject=DatasetItemSubject(dataset_id="d", item_id="i"), field=MediaField.EXPECTED_OUTPUT)


def test_an_error_of_a_client_is_cut_to_what_is_worth_keeping() -> None:
    report = MediaUploadReport.model_validate(
        {"uploadedAt": "2026-11-20T10:00:00Z", "uploadHttpStatus": 500, "uploadHttpError": "\0" + "x" * 5000}
    )
    assert report.uploadHttpError == "x" * 2000


def test_the_shapes_of_answers() -> None:
    assert media_view(DOWNLOAD) == {
        "mediaId": "m",
        "contentType": "image/png",
        "contentLength": 7,
        "uploadedAt": "1970-01-01T00:00:01.500Z",
        "url": "/api/public/media/m/content?token=t",
        "urlExpiry": "1970-01-01T01:00:01.500Z",
    }
    link = MediaLink(subject=TraceSubject(trace_id="t", observation_id="o"), field=MediaField.OUTPUT)
    shown = native_media(DOWNLOAD, [link])
    assert (shown["url"], shown["uploaded_at"]) == ("api/public/media/m/content?token=t", "1970-01-01T00:00:01.500000Z")
    assert shown["links"] == [
        {"trace_id": "t", "observation_id": "o", "dataset_id": None, "dataset_item_id": None, "field": "output"}
    ]


def test_what_was_never_uploaded_is_never_shown() -> None:
    with pytest.raises(ValueError, match="has not been uploaded"):
        media_view(replace(DOWNLOAD, media=replace(FILE, uploaded_at=None)))
