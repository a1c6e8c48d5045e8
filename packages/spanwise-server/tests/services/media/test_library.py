"""The life of a media file: announced, uploaded, shared, and gone with the last thing that refers to it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from spanwise_server.domain.errors import ForbiddenError, InvalidRequestError, NotFoundError, PayloadTooLargeError
from spanwise_server.domain.media import DatasetItemSubject, MediaField, MediaLink, TraceSubject, UploadReport, media_id_of
from spanwise_server.services.media.library import MediaLibrary, UploadClaims, UploadRequest
from spanwise_server.services.media.signed_urls import LIFE_MICROS, UrlSigner
from spanwise_server.storage.file_blobs import FileBlobStore
from spanwise_server.storage.metadata.database import MetadataDatabase

CONTENT = b"the content of a picture"
DIGEST = hashlib.sha256(CONTENT).digest()
ID = media_id_of(DIGEST)
NOTHING_CLAIMED = UploadClaims(content_type=None, content_length=None, sha256_base64=None)
ITEM = DatasetItemSubject(dataset_id="d", item_id="i")


class Clock:
    """Time that a test sets, in microseconds."""

    now = 1_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(database: MetadataDatabase, tmp_path: Path, clock: Clock) -> MediaLibrary:
    blobs = FileBlobStore.prepare(tmp_path, fsync=False)
    return MediaLibrary(database, blobs, UrlSigner(b"k" * 32), clock=clock, max_bytes=1000)


def wanted(
    trace_id: str = "t", content: bytes = CONTENT, content_type: str = "image/png", length: int | None = None
) -> UploadRequest:
    return UploadRequest(
        sha256=hashlib.sha256(content).digest(),
        content_type=content_type,
        content_length=len(content) if length is None else length,
        link=MediaLink(subject=TraceSubject(trace_id=trace_id), field=MediaField.INPUT),
    )


async def announce(library: MediaLibrary, request: UploadRequest) -> str | None:
    """Ask for an upload and return the token of its URL, or none when the file is there."""
    ticket = await library.request_upload("p", request, base_url="http://h")
    return None if ticket.upload_url is None else parse_qs(urlsplit(ticket.upload_url).query)["token"][0]


async def body(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 7):
        yield content[start : start + 7]


async def upload(library: MediaLibrary, request: UploadRequest, content: bytes = CONTENT) -> None:
    token = await announce(library, request)
    assert token is not None
    await library.receive(media_id_of(request.sha256), token, NOTHING_CLAIMED, body(content))


async def read(library: MediaLibrary, media_id: str = ID) -> bytes:
    download = await library.get("p", media_id, base_url="")
    _, blob = await library.open(media_id, parse_qs(urlsplit(download.url).query)["token"][0])
    try:
        return b"".join([chunk async for chunk in blob.chunks(0, blob.size_bytes)])
    finally:
        await blob.close()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_announced_uploaded_and_read(library: MediaLibrary, clock: Clock) -> None:
    with pytest.raises(NotFoundError, match="Media asset not found"):
        await library.get("p", ID, base_url="")
    token = await announce(library, wanted())
    assert token is not None
    with pytest.raises(NotFoundError, match="Media not yet uploaded"):
        await library.get("p", ID, base_url="")

    clock.now += 5
    await library.receive(ID, token, NOTHING_CLAIMED, body(CONTENT))

    download = await library.get("p", ID, base_url="https://h/prefix")
    assert (download.media.content_type, download.media.content_length) == ("image/png", len(CONTENT))
    assert download.media.uploaded_at == 1_005
    assert download.url_expires_at == 1_005 + LIFE_MICROS
    assert download.url.startswith(f"https://h/prefix/api/public/media/{ID}/content?token=")
    assert await read(library) == CONTENT


async def test_what_is_there_is_not_uploaded_again(library: MediaLibrary) -> None:
    await upload(library, wanted())

    assert await announce(library, wanted("another trace")) is None
    subjects = [link.subject for link in await library.links("p", ID)]
    assert subjects == [TraceSubject(trace_id="another trace"), TraceSubject(trace_id="t")]


async def test_an_upload_may_be_repeated(library: MediaLibrary, tmp_path: Path) -> None:
    first, second = await announce(library, wanted()), await announce(library, wanted("u"))
    for token in (first, second, first):
        await library.receive(ID, token or "", NOTHING_CLAIMED, body(CONTENT))

    assert await read(library) == CONTENT
    assert len(files(tmp_path)) == 1


async def test_many_upload_the_same_at_once(library: MediaLibrary, tmp_path: Path) -> None:
    await asyncio.gather(*(upload(library, wanted(f"t{number}")) for number in range(8)))

    assert await read(library) == CONTENT
    assert len(files(tmp_path)) == 1
    assert len(await library.links("p", ID)) == 8


async def test_another_type_is_uploaded_again_and_taken_over(library: MediaLibrary) -> None:
    await upload(library, wanted())
    await upload(library, wanted(content_type="image/webp"))

    assert (await library.get("p", ID, base_url="")).media.content_type == "image/webp"


async def test_a_lost_file_is_asked_for_again(library: MediaLibrary, tmp_path: Path) -> None:
    await upload(library, wanted())
    stored = files(tmp_path)[0]
    stored.unlink()

    with pytest.raises(NotFoundError, match="missing"):
        await read(library)
    await upload(library, wanted())
    assert await read(library) == CONTENT


async def test_a_project_does_not_see_anothers_file(library: MediaLibrary) -> None:
    await upload(library, wanted())

    with pytest.raises(NotFoundError):
        await library.get("q", ID, base_url="")
    with pytest.raises(NotFoundError):
        await library.report("q", ID, UploadReport(http_status=200, error=None, duration_ms=1))
    assert await library.resolve("q", [ID], base_url="") == {}


async def test_lengths_that_cannot_be_are_refused(library: MediaLibrary) -> None:
    with pytest.raises(InvalidRequestError, match="contentLength is above the limit of 1000 bytes"):
        await announce(library, wanted(length=1001))
    # Before the file is there anybody may be wrong about it; afterwards its length is known.
    assert await announce(library, wanted(length=999)) is not None
    await upload(library, wanted())
    with pytest.raises(InvalidRequestError, match=f"{len(CONTENT)} bytes"):
        await announce(library, wanted(length=999))


async def test_a_hash_that_begins_like_anothers_is_refused(library: MediaLibrary) -> None:
    await announce(library, wanted())
    alike = UploadRequest(
        sha256=DIGEST[:-1] + bytes([DIGEST[-1] ^ 1]), content_type="image/png", content_length=3, link=wanted().link
    )
    with pytest.raises(InvalidRequestError, match="one id"):
        await announce(library, alike)


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"content_length": len(CONTENT) - 1}, InvalidRequestError),
        ({"content_length": len(CONTENT) + 1}, PayloadTooLargeError),
        ({"content_type": "image/gif"}, InvalidRequestError),
        ({"content_type": "image/png\r\nX: y"}, InvalidRequestError),
        ({"sha256_base64": base64.b64encode(bytes(32)).decode()}, InvalidRequestError),
        ({"sha256_base64": "nonsense"}, InvalidRequestError),
    ],
)
async def test_a_head_that_contradicts_is_refused_before_the_body(
    library: MediaLibrary, claims: dict[str, object], error: type[Exception]
) -> None:
    token = await announce(library, wanted())

    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    said: dict[str, object] = {"content_type": None, "content_length": None, "sha256_base64": None, **claims}
    with pytest.raises(error):
        await library.receive(ID, token or "", UploadClaims(**said), never())  # type: ignore[arg-type]  # of each its own type


async def test_a_head_that_agrees_is_fine(library: MediaLibrary) -> None:
    token = await announce(library, wanted())
    claims = UploadClaims(
        content_type="Image/PNG", content_length=len(CONTENT), sha256_base64=base64.b64encode(DIGEST).decode()
    )
    await library.receive(ID, token or "", claims, body(CONTENT))

    assert await read(library) == CONTENT


@pytest.mark.parametrize("content", [b"x" * len(CONTENT), CONTENT[:-1], CONTENT + b"x"])
async def test_another_body_leaves_nothing(library: MediaLibrary, tmp_path: Path, content: bytes) -> None:
    with pytest.raises((InvalidRequestError, PayloadTooLargeError)):
        await upload(library, wanted(), content)

    assert files(tmp_path) == []
    with pytest.raises(NotFoundError, match="not yet uploaded"):
        await library.get("p", ID, base_url="")


async def test_urls_expire(library: MediaLibrary, clock: Clock) -> None:
    late = await announce(library, wanted())
    await upload(library, wanted("u"))
    download = await library.get("p", ID, base_url="")
    clock.now += LIFE_MICROS

    with pytest.raises(ForbiddenError, match="expired"):
        await library.receive(ID, late or "", NOTHING_CLAIMED, body(CONTENT))
    with pytest.raises(ForbiddenError, match="expired"):
        await library.open(ID, parse_qs(urlsplit(download.url).query)["token"][0])


async def test_a_report_changes_nothing_about_what_is_there(library: MediaLibrary) -> None:
    await announce(library, wanted())
    await library.report("p", ID, UploadReport(http_status=200, error=None, duration_ms=1))
    with pytest.raises(NotFoundError, match="not yet uploaded"):
        await library.get("p", ID, base_url="")

    await upload(library, wanted())
    await library.report("p", ID, UploadReport(http_status=503, error="connection lost", duration_ms=1))
    assert await read(library) == CONTENT


async def test_a_file_goes_with_the_last_trace(library: MediaLibrary, tmp_path: Path) -> None:
    await upload(library, wanted("t"))
    assert await announce(library, wanted("u")) is None

    await library.forget_traces("p", ["t", "unknown"])
    assert await read(library) == CONTENT
    await library.forget_traces("q", ["u"])
    await library.forget_traces("p", ["u"])
    with pytest.raises(NotFoundError, match="not found"):
        await library.get("p", ID, base_url="")
    assert files(tmp_path) == []


async def test_an_upload_that_comes_after_the_deletion_leaves_nothing(library: MediaLibrary, tmp_path: Path) -> None:
    token = await announce(library, wanted())

    async def deleted_meanwhile() -> AsyncIterator[bytes]:
        yield CONTENT[:5]
        await library.forget_traces("p", ["t"])
        yield CONTENT[5:]

    with pytest.raises(NotFoundError):
        await library.receive(ID, token or "", NOTHING_CLAIMED, deleted_meanwhile())
    with pytest.raises(NotFoundError):
        await library.receive(ID, token or "", NOTHING_CLAIMED, body(CONTENT))
    assert files(tmp_path) == []


async def test_uploads_and_deletions_at_once_never_leave_a_record_without_its_file(library: MediaLibrary) -> None:
    for _ in range(10):
        await asyncio.gather(upload(library, wanted()), library.forget_traces("p", ["t"]), return_exceptions=True)
        found = await library.resolve("p", [ID], base_url="")
        assert not found or await read(library) == CONTENT


async def test_a_dataset_item_holds_a_file_as_well(library: MediaLibrary, tmp_path: Path) -> None:
    await upload(library, wanted())
    await library.refer("p", ITEM, [(ID, MediaField.INPUT), (ID, MediaField.EXPECTED_OUTPUT), ("unknown", MediaField.INPUT)])
    await library.refer("p", ITEM, [])
    await library.forget_traces("p", ["t"])

    assert [link.subject for link in await library.links("p", ID)] == [ITEM, ITEM]
    await library.forget_items("p", "d", ["other"])
    assert await read(library) == CONTENT
    await library.forget_items("p", "d")
    assert files(tmp_path) == []


async def test_retention_takes_what_only_old_traces_refer_to(library: MediaLibrary, clock: Clock) -> None:
    await upload(library, wanted())
    other = b"shared with a newer trace"
    await upload(library, wanted(content=other), other)
    clock.now += 10
    await announce(library, wanted("new", content=other))

    assert await library.forget_before("p", clock.now)
    assert not await library.forget_before("p", clock.now)
    assert set(await library.resolve("p", [ID, media_id_of(hashlib.sha256(other).digest())], base_url="")) == {
        media_id_of(hashlib.sha256(other).digest())
    }


async def test_resolving_answers_for_what_is_there(library: MediaLibrary) -> None:
    await upload(library, wanted())
    await announce(library, wanted(content=b"pending"))
    pending = media_id_of(hashlib.sha256(b"pending").digest())

    found = await library.resolve("p", [ID, ID, pending, "unknown"], base_url="http://h")
    assert list(found) == [ID]
    assert found[ID].url.startswith("http://h/")
    assert await library.resolve("p", [], base_url="http://h") == {}


async def test_a_project_is_emptied(library: MediaLibrary, tmp_path: Path) -> None:
    await upload(library, wanted())
    await library.delete_project("q")
    assert len(files(tmp_path)) == 1

    await library.delete_project("p")
    assert files(tmp_path) == []
