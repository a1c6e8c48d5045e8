"""Media files on the wire: requests with their rules, and the shapes of answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, WithJsonSchema, model_validator
from typing_extensions import TypedDict

from spanwise_server.api.listing.parameters import Time
from spanwise_server.api.schemas.times import to_micros, to_millis
from spanwise_server.domain.media import (
    FIELDS_OF_ITEMS,
    FIELDS_OF_TRACES,
    DatasetItemSubject,
    MediaField,
    MediaFile,
    MediaLink,
    MediaSubject,
    TraceSubject,
    normalize_content_type,
    parse_sha256,
)
from spanwise_server.services.media.library import MediaDownload, UploadRequest

_LARGEST = 2**53
_ERROR_CHARACTERS = 2000


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character NUL")
    return text


def _absent_if_empty(value: Any) -> Any:
    return None if value == "" else value


_PlainId = Annotated[str, Field(max_length=1024), AfterValidator(_plain)]
_Id = Annotated[_PlainId | None, BeforeValidator(_absent_if_empty)]


class MediaUploadRequest(BaseModel):
    """A file that is about to be uploaded, and the one place that refers to it: a trace, or a dataset item."""

    traceId: Annotated[_Id, Field(description="The trace that refers to it.")] = None
    observationId: Annotated[_Id, Field(description="The observation of that trace; none for the trace itself.")] = None
    datasetId: Annotated[_Id, Field(description="The dataset whose item refers to it.")] = None
    datasetItemId: Annotated[_Id, Field(description="That item; it need not exist yet.")] = None
    contentType: Annotated[
        str, AfterValidator(normalize_content_type), Field(description="Any media type (RFC 9110).", examples=["image/png"])
    ]
    contentLength: Annotated[
        int, Field(ge=0, le=_LARGEST, description="Length in bytes; the server's limit is SPANWISE_MAX_MEDIA_BYTES.")
    ]
    sha256Hash: Annotated[
        bytes,
        BeforeValidator(lambda value: parse_sha256(value) if isinstance(value, str) else value),
        WithJsonSchema({"type": "string", "minLength": 44, "maxLength": 44}),
        Field(description="SHA-256 of the content in standard base64."),
    ]
    field: Annotated[MediaField, Field(description="`input`, `output` or `metadata`; of dataset items `expectedOutput` too.")]

    @model_validator(mode="after")
    def check_subject(self) -> MediaUploadRequest:
        """Let exactly one place refer to the file, by a field that it has."""
        is_item = self.datasetId is not None or self.datasetItemId is not None
        if is_item == (self.traceId is not None):
            raise ValueError("exactly one of traceId, or datasetId with datasetItemId, must be given")
        if is_item and (self.datasetId is None or self.datasetItemId is None):
            raise ValueError("datasetId and datasetItemId only work together")
        if is_item and self.observationId is not None:
            raise ValueError("observationId needs traceId")
        allowed = FIELDS_OF_ITEMS if is_item else FIELDS_OF_TRACES
        if self.field not in allowed:
            raise ValueError(f"field must be one of {', '.join(sorted(allowed))} here")
        return self

    def upload_request(self) -> UploadRequest:
        """Return what the service takes."""
        link = MediaLink(subject=self._subject(), field=self.field)
        return UploadRequest(
            sha256=self.sha256Hash, content_type=self.contentType, content_length=self.contentLength, link=link
        )

    def _subject(self) -> MediaSubject:
        if self.datasetId is not None and self.datasetItemId is not None:
            return DatasetItemSubject(dataset_id=self.datasetId, item_id=self.datasetItemId)
        return TraceSubject(trace_id=self.traceId or "", observation_id=self.observationId)


class MediaUploadReport(BaseModel):
    """How an upload went, as the client saw it."""

    uploadedAt: Annotated[Time, Field(description="When it ended.")]
    uploadHttpStatus: Annotated[int, Field(ge=0, le=999, description="Status that the upload was answered with.")]
    uploadHttpError: Annotated[
        str | None,
        # Whatever a client's library said; it is kept to be read, so it is cut and not refused.
        AfterValidator(lambda text: None if text is None else text.replace("\0", "")[:_ERROR_CHARACTERS]),
        Field(description="What went wrong."),
    ] = None
    uploadTimeMs: Annotated[int | None, Field(ge=0, le=_LARGEST, description="How long it took in milliseconds.")] = None


class MediaUploadUrl(TypedDict):
    """Where to upload."""

    mediaId: str
    uploadUrl: str | None


class Media(TypedDict):
    """A file and where to download it."""

    mediaId: str
    contentType: str
    contentLength: int
    uploadedAt: str
    url: str
    urlExpiry: str


class NativeMediaLink(TypedDict):
    """What refers to a file: a trace (and its observation), or a dataset's item."""

    trace_id: str | None
    observation_id: str | None
    dataset_id: str | None
    dataset_item_id: str | None
    field: str


class NativeMedia(TypedDict):
    """A file for the browser. ``url`` is relative to the address of the application."""

    id: str
    content_type: str
    content_length: int
    uploaded_at: str
    url: str
    url_expires_at: str
    links: list[NativeMediaLink]


def media_view(download: MediaDownload) -> Media:
    """Return the file as ``GET /api/public/media/{mediaId}`` shows it."""
    media = download.media
    return {
        "mediaId": media.id,
        "contentType": media.content_type,
        "contentLength": media.content_length,
        "uploadedAt": to_millis(_uploaded_at(media)),
        "url": download.url,
        "urlExpiry": to_millis(download.url_expires_at),
    }


def native_media(download: MediaDownload, links: list[MediaLink]) -> NativeMedia:
    """Return the file as the browser gets it."""
    media = download.media
    return {
        "id": media.id,
        "content_type": media.content_type,
        "content_length": media.content_length,
        "uploaded_at": to_micros(_uploaded_at(media)),
        "url": download.url.removeprefix("/"),
        "url_expires_at": to_micros(download.url_expires_at),
        "links": [_native_link(link) for link in links],
    }


def _native_link(link: MediaLink) -> NativeMediaLink:
    trace_id = observation_id = dataset_id = item_id = None
    match link.subject:
        case TraceSubject():
            trace_id, observation_id = link.subject.trace_id, link.subject.observation_id
        case DatasetItemSubject():
            dataset_id, item_id = link.subject.dataset_id, link.subject.item_id
    return {
        "trace_id": trace_id,
        "observation_id": observation_id,
        "dataset_id": dataset_id,
        "dataset_item_id": item_id,
        "field": link.field.value,
    }


def _uploaded_at(media: MediaFile) -> int:
    if media.uploaded_at is None:
        raise ValueError(f"{media.id} has not been uploaded")
    return media.uploaded_at
