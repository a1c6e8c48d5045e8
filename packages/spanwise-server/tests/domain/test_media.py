"""Names and types of media files: one spelling for each, and nothing else gets through."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.media import MEDIA_ID, media_id_of, normalize_content_type, parse_sha256


@given(st.binary(max_size=100))
def test_the_id_is_what_the_sdks_compute_themselves(content: bytes) -> None:
    digest = hashlib.sha256(content).digest()
    text = base64.b64encode(digest).decode()

    assert media_id_of(digest) == text.replace("+", "-").replace("/", "_")[:22]
    assert MEDIA_ID.fullmatch(media_id_of(digest))
    assert parse_sha256(text) == digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 43,
        "A" * 44,
        base64.b64encode(bytes(31)).decode(),
        base64.b64encode(bytes(33)).decode(),
        base64.urlsafe_b64encode(b"\xff" * 32).decode(),
        "é" * 44,
        "\ud800" * 44,
        hashlib.sha256(b"").hexdigest(),
        base64.b64encode(bytes(32)).decode() + "\n",
        # The same digest with other unused bits: base64 that decodes, but is no encoding.
        base64.b64encode(bytes(32)).decode()[:-2] + "B=",
    ],
)
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        parse_sha256(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("image/png", "image/png"),
        ("Image/PNG", "image/png"),
        (" text/plain ; charset=UTF-8 ", "text/plain;charset=UTF-8"),
        ('multipart/x; a="b c"; d=e', 'multipart/x;a="b c";d=e'),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",) * 2,
        ("image/svg+xml", "image/svg+xml"),
    ],
)
def test_a_media_type_has_one_spelling(text: str, expected: str) -> None:
    assert normalize_content_type(text.strip()) == expected.strip()
    assert normalize_content_type(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "image",
        "image/",
        "/png",
        "image/png/x",
        "image/png\r\nSet-Cookie: a=b",
        "image/png\n",
        "image/png\0",
        "image/p ng",
        "image/pñg",
        "text/plain;charset",
        'text/plain;a="b\r\nc"',
        'text/plain;a="\ud800"',
        "image/" + "x" * 250,
    ],
)
def test_what_is_no_media_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="media type"):
        normalize_content_type(text)


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=300) | st.from_regex(r"[a-z]+/[a-z+]+(;[a-z]+=.*)?", fullmatch=True)
)
def test_whatever_gets_through_is_safe_in_a_header(text: str) -> None:
    try:
        normalized = normalize_content_type(text)
    except ValueError:
        return
    assert re.fullmatch(r"[\x20-\x7e\t]+", normalized)
    assert len(normalized) <= 255
    assert normalize_content_type(normalized) == normalized
