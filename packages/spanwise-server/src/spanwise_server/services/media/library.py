"""Media files: who may upload what, what is here already, who refers to it, and when it goes.

Records are in the metadata database and bytes in a blob store. Bytes are put in place before the record says so, and the
record goes before its bytes, so that no record ever promises a file that is not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.errors import ConflictError, InvalidRequestError, Issue, NotFoundError, PayloadTooLargeError
from spanwise_server.domain.media import (
    DatasetItemSubject,
    MediaField,
    MediaFile,
    MediaLink,
    UploadReport,
    media_id_of,
    normalize_content_type,
    parse_sha256,
)
from spanwise_server.domain.observations import Micros
from spanwise_server.services.media.signed_urls import LIFE_MICROS, DownloadGrant, UploadGrant, UrlSigner
from spanwise_server.storage.blobs import BlobKey, BlobStore, OpenBlob
from spanwise_server.storage.metadata import media as media_rows
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

_UNKNOWN = "Media asset not found"
_PENDING = "Media not yet uploaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRequest:
    """A file that a client is about to upload, and what refers to it."""

    sha256: bytes
    content_type: str
    """Normalized."""
    content_length: int
    link: MediaLink


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTicket:
    """The answer to an ``UploadRequest``."""

    media_id: str
    upload_url: str | None
    """Where to ``PUT`` the file; none when it is here already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadClaims:
    """What the head of an upload says of its body; none for what it does not say."""

    content_type: str | None
    content_length: int | None
    sha256_base64: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaDownload:
    """A file with the address it can be had from, which needs no credentials and expires."""

    media: MediaFile
    url: str
    url_expires_at: Micros


class MediaLibrary:
    """The media files of all projects."""

    def __init__(
        self, database: MetadataDatabase, blobs: BlobStore, signer: UrlSigner, *, clock: Clock, max_bytes: int
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._signer = signer
        self._clock = clock
        self._max_bytes = max_bytes
        # Held while bytes and record change together. Without it a file could be deleted for a link that has just gone
        # while an upload of the same file declares it present.
        self._changing = asyncio.Lock()

    async def request_upload(self, project_id: str, request: UploadRequest, *, base_url: str) -> UploadTicket:
        """Record the file and what refers to it, and say where to upload it if it is not here yet.

        Raises:
            InvalidRequestError: It is too large, or its hash is that of a file with another length.
        """
        if request.content_length > self._max_bytes:
            raise _invalid("contentLength", f"is above the limit of {self._max_bytes} bytes", "too_big")
        media_id = media_id_of(request.sha256)
        known = await self._record_or_retry(project_id, media_id, request)
        key = BlobKey(project_id, request.sha256)
        is_here = known.uploaded_at is not None and await self._blobs.has(key, size_bytes=known.content_length)
        if is_here and known.content_type == request.content_type:
            return UploadTicket(media_id=media_id, upload_url=None)
        grant = UploadGrant(
            project_id=project_id,
            media_id=media_id,
            sha256=request.sha256,
            size_bytes=request.content_length,
            content_type=request.content_type,
            expires_at=self._clock() + LIFE_MICROS,
        )
        return UploadTicket(media_id=media_id, upload_url=self._signer.upload_url(base_url, grant))

    async def _record_or_retry(self, project_id: str, media_id: str, request: UploadRequest) -> MediaFile:
        def work(connection: MetadataTransaction) -> MediaFile:
            return self._record(connection, project_id, media_id, request)

        try:
            return await self._database.write(work)
        except ConflictError:  # two servers on one database; SDKs before 4 do not try again themselves
            return await self._database.write(work)

    def _record(self, connection: MetadataTransaction, project_id: str, media_id: str, request: UploadRequest) -> MediaFile:
        now = self._clock()
        known = media_rows.get_media(connection, project_id, media_id)
        if known is None:
            known = MediaFile(
                project_id=project_id,
                id=media_id,
                sha256=request.sha256,
                content_type=request.content_type,
                content_length=request.content_length,
                created_at=now,
            )
            media_rows.add_media(connection, known)
        elif known.sha256 != request.sha256:
            raise _invalid("sha256Hash", "begins like that of another file of the project, so both would have one id", "taken")
        elif known.uploaded_at is not None and known.content_length != request.content_length:
            raise _invalid("contentLength", f"is not that of the file with this hash, {known.content_length} bytes", "wrong")
        media_rows.ensure_link(connection, project_id, media_id, request.link, at=now)
        return known

    async def receive(self, media_id: str, token: str, claims: UploadClaims, chunks: AsyncIterable[bytes]) -> None:
        """Take an upload in. The same upload again changes nothing.

        Raises:
            ForbiddenError: The token is not good for it.
            InvalidRequestError, PayloadTooLargeError: It is not the file that was announced; nothing is kept.
            NotFoundError: What referred to the file has been deleted since.
        """
        grant = self._signer.read(token, UploadGrant, media_id=media_id, now=self._clock())
        _check_claims(claims, grant)
        await self._existing(grant.project_id, media_id)
        key = BlobKey(grant.project_id, grant.sha256)
        async with self._blobs.stage(key, chunks, size_bytes=grant.size_bytes) as staged, self._changing:
            await self._existing(grant.project_id, media_id)
            await staged.keep()
            uploaded_at = self._clock()
            is_known = await self._database.write(
                lambda connection: media_rows.mark_uploaded(
                    connection,
                    grant.project_id,
                    media_id,
                    content_type=grant.content_type,
                    content_length=grant.size_bytes,
                    at=uploaded_at,
                )
            )
            if not is_known:  # its project has been deleted meanwhile
                await self._blobs.delete(key)
                raise NotFoundError(_UNKNOWN)

    async def report(self, project_id: str, media_id: str, report: UploadReport) -> None:
        """Keep what a client says of its upload. Whether the file is here is known without it.

        Raises:
            NotFoundError: No upload of this file was asked for.
        """
        is_known = await self._database.write(
            lambda connection: media_rows.report_upload(connection, project_id, media_id, report)
        )
        if not is_known:
            raise NotFoundError(_UNKNOWN)

    async def get(self, project_id: str, media_id: str, *, base_url: str) -> MediaDownload:
        """Return the file and where to download it.

        Raises:
            NotFoundError: There is none, or it has not been uploaded yet.
        """
        media = await self._existing(project_id, media_id)
        if media.uploaded_at is None:
            raise NotFoundError(_PENDING, hint="Upload it to the uploadUrl of POST /api/public/media.")
        return self._download(media, base_url)

    async def links(self, project_id: str, media_id: str) -> list[MediaLink]:
        """Return what refers to the file, oldest first."""
        return await self._database.read(lambda connection: media_rows.find_links(connection, project_id, media_id))

    async def resolve(self, project_id: str, media_ids: Collection[str], *, base_url: str) -> Mapping[str, MediaDownload]:
        """Return those of the files that are here, by id."""
        if not media_ids:
            return {}
        found = await self._database.read(lambda connection: media_rows.find_media(connection, project_id, set(media_ids)))
        return {media.id: self._download(media, base_url) for media in found if media.uploaded_at is not None}

    async def open(self, media_id: str, token: str) -> tuple[MediaFile, OpenBlob]:
        """Return the file that a download URL stands for, open for reading; the caller closes it.

        Raises:
            ForbiddenError: The token is not good for it.
            NotFoundError: It has been deleted since.
        """
        grant = self._signer.read(token, DownloadGrant, media_id=media_id, now=self._clock())
        media = await self._existing(grant.project_id, media_id)
        blob = await self._blobs.open(BlobKey(grant.project_id, media.sha256))
        if blob is None:
            raise NotFoundError("The content of this media file is missing.", hint="Upload it again, or restore a backup.")
        return media, blob

    async def refer(self, project_id: str, subject: DatasetItemSubject, references: Iterable[tuple[str, MediaField]]) -> None:
        """Record that the item refers to files, by id; unknown ones are left out. A file stays while anything refers to it."""
        wanted = set(references)

        def work(connection: MetadataTransaction) -> None:
            now = self._clock()
            known = {media.id for media in media_rows.find_media(connection, project_id, {each for each, _ in wanted})}
            for media_id, field in sorted(wanted):
                if media_id in known:
                    media_rows.ensure_link(connection, project_id, media_id, MediaLink(subject=subject, field=field), at=now)

        if wanted:
            await self._database.write(work)

    async def forget_traces(self, project_id: str, trace_ids: Collection[str]) -> None:
        """Drop the links of deleted traces, and the files that nothing refers to any more."""
        await self._forget(project_id, lambda connection: media_rows.delete_links_of_traces(connection, project_id, trace_ids))

    async def forget_before(self, project_id: str, before: Micros) -> bool:
        """Do as ``forget_traces`` does for links made before this time; say whether there was a file to delete."""
        return await self._forget(
            project_id, lambda connection: media_rows.delete_links_of_traces_before(connection, project_id, before)
        )

    async def forget_items(self, project_id: str, dataset_id: str, item_ids: Collection[str] | None = None) -> None:
        """Drop the links of deleted dataset items (of the whole dataset for none), and the files left without any."""
        await self._forget(
            project_id,
            lambda connection: media_rows.delete_links_of_items(connection, project_id, dataset_id, item_ids),
        )

    async def delete_project(self, project_id: str) -> None:
        """Delete every file of a project whose records are gone already."""
        async with self._changing:
            await self._blobs.delete_project(project_id)

    async def _forget(self, project_id: str, delete_links: Callable[[MetadataTransaction], set[str]]) -> bool:
        """Delete links, and what nothing refers to any more; say whether there was a file to delete."""

        def work(connection: MetadataTransaction) -> list[MediaFile]:
            return media_rows.delete_unreferenced(connection, project_id, delete_links(connection))

        async with self._changing:
            unreferenced = await self._database.write(work)
            for media in unreferenced:
                await self._blobs.delete(BlobKey(project_id, media.sha256))
        return bool(unreferenced)

    async def _existing(self, project_id: str, media_id: str) -> MediaFile:
        media = await self._database.read(lambda connection: media_rows.get_media(connection, project_id, media_id))
        if media is None:
            raise NotFoundError(_UNKNOWN)
        return media

    def _download(self, media: MediaFile, base_url: str) -> MediaDownload:
        grant = DownloadGrant(media.project_id, media.id, self._clock() + LIFE_MICROS)
        return MediaDownload(media=media, url=self._signer.download_url(base_url, grant), url_expires_at=grant.expires_at)


def _check_claims(claims: UploadClaims, grant: UploadGrant) -> None:
    """Refuse by its head what would be refused after its body."""
    if claims.content_length is not None and claims.content_length != grant.size_bytes:
        message = f"The upload has {claims.content_length} bytes, but {grant.size_bytes} were announced."
        hint = "Ask for another upload URL with the right contentLength."
        raise (PayloadTooLargeError if claims.content_length > grant.size_bytes else InvalidRequestError)(message, hint=hint)
    if claims.content_type is not None and not _is_type(claims.content_type, grant.content_type):
        raise InvalidRequestError(
            f"The header Content-Type is not {grant.content_type}, which was announced.",
            hint="Send the type that the upload URL was asked for with.",
        )
    if claims.sha256_base64 is not None and not _is_digest(claims.sha256_base64, grant.sha256):
        raise InvalidRequestError(
            "The header x-amz-checksum-sha256 is not the hash that was announced.",
            hint="Send the file that sha256Hash was computed of, or ask for another upload URL.",
        )


def _is_type(text: str, content_type: str) -> bool:
    try:
        return normalize_content_type(text) == content_type
    except ValueError:
        return False


def _is_digest(text: str, sha256: bytes) -> bool:
    try:
        return parse_sha256(text) == sha256
    except ValueError:
        return False


def _invalid(field: str, message: str, code: str) -> InvalidRequestError:
    return InvalidRequestError(f"{field} {message}", issues=[Issue(f"{field} {message}", (field,), code)])
