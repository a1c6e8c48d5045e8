"""Media files that payloads refer to: what they are called, what may be said of them, and who refers to them. No I/O.

A file is known by the SHA-256 of its content. Its id is the beginning of that hash, because the Langfuse SDKs compute it
themselves and upload nothing under another.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum

from spanwise_server.domain.observations import Micros

MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{22}")
MAX_CONTENT_TYPE_LENGTH = 255
_DIGEST_BYTES = 32
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a token of the HTTP grammar (RFC 9110 §5.6.2), no secret
_PARAMETER = rf'[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"[^"\\\x00-\x1f\x7f-\U0010ffff]*")'
_CONTENT_TYPE = re.compile(rf"({_TOKEN}/{_TOKEN})((?:{_PARAMETER})*)")


class MediaField(StrEnum):
    """The part of a trace, an observation or a dataset item that holds the reference."""

    INPUT = "input"
    OUTPUT = "output"
    METADATA = "metadata"
    EXPECTED_OUTPUT = "expectedOutput"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSubject:
    """A trace, or one observation of it, that refers to a file. It need not exist yet."""

    trace_id: str
    observation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetItemSubject:
    """A dataset item that refers to a file. It need not exist yet."""

    dataset_id: str
    item_id: str


MediaSubject = TraceSubject | DatasetItemSubject

FIELDS_OF_TRACES = frozenset({MediaField.INPUT, MediaField.OUTPUT, MediaField.METADATA})
FIELDS_OF_ITEMS = frozenset({MediaField.INPUT, MediaField.EXPECTED_OUTPUT, MediaField.METADATA})


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLink:
    """That ``field`` of ``subject`` refers to a file."""

    subject: MediaSubject
    field: MediaField


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """What is known of a file of a project; its bytes are in the blob store once ``uploaded_at`` is set."""

    project_id: str
    id: str
    sha256: bytes
    content_type: str
    content_length: int
    """In bytes."""
    created_at: Micros
    uploaded_at: Micros | None = None
    """When the server had received and verified it; none while it has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadReport:
    """What a client says of its upload. It is kept for whoever looks into a failed one; it decides nothing."""

    http_status: int
    error: str | None
    duration_ms: int | None


def media_id_of(sha256: bytes) -> str:
    """Return the id of the file with this hash: the first 22 characters (132 bits) of its URL-safe base64."""
    return base64.urlsafe_b64encode(sha256)[:22].decode()


def parse_sha256(text: str) -> bytes:
    """Return the digest written in standard base64, 44 characters.

    Raises:
        ValueError: ``text`` is not such a digest.
    """
    try:
        digest = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        digest = b""
    # Compared with its own encoding: the last character has unused bits that must be zero, or one file had several names.
    if len(digest) != _DIGEST_BYTES or base64.b64encode(digest).decode() != text:
        raise ValueError("is not the standard base64 of a SHA-256 digest (44 characters)")
    return digest


def normalize_content_type(text: str) -> str:
    """Return a media type (RFC 9110 §8.3.1) in one spelling: type in lower case, no spaces around parameters.

    Raises:
        ValueError: ``text`` is not a media type, or is longer than 255 characters.
    """
    found = _CONTENT_TYPE.fullmatch(text.strip(" \t")) if len(text) <= MAX_CONTENT_TYPE_LENGTH else None
    if found is None:
        raise ValueError("is not a media type such as image/png or text/plain;charset=utf-8")
    return found[1].lower() + re.sub(r"[ \t]*;[ \t]*", ";", found[2])
