"""A signed URL is good for what it was made for, until it expires, and for nothing else."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.errors import ForbiddenError
from spanwise_server.services.media.signed_urls import DownloadGrant, UploadGrant, UrlSigner

SIGNER = UrlSigner(b"k" * 32)
ID = "i" * 22
UPLOAD = UploadGrant("p", ID, b"h" * 32, 5, "image/png", 100)
DOWNLOAD = DownloadGrant("p", ID, 100)
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


def read_upload(token: str, *, media_id: str = ID, now: int = 99) -> UploadGrant:
    return SIGNER.read(token, UploadGrant, media_id=media_id, now=now)


@given(
    st.builds(
        UploadGrant, TEXT, st.just(ID), st.binary(min_size=32, max_size=32), st.integers(0, 2**53), TEXT, st.integers(1, 2**60)
    )
)
def test_a_grant_comes_back_as_it_was(grant: UploadGrant) -> None:
    token = SIGNER.token(grant)

    assert read_upload(token, now=grant.expires_at - 1) == grant
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")


def test_the_addresses() -> None:
    assert SIGNER.upload_url("http://h", UPLOAD) == f"http://h/api/public/media/upload/{ID}?token={SIGNER.token(UPLOAD)}"
    assert SIGNER.download_url("", DOWNLOAD) == f"/api/public/media/{ID}/content?token={SIGNER.token(DOWNLOAD)}"


def test_it_expires() -> None:
    token = SIGNER.token(UPLOAD)

    assert read_upload(token, now=99) == UPLOAD
    for now in (100, 101, 2**60):
        with pytest.raises(ForbiddenError, match="expired"):
            read_upload(token, now=now)


def test_one_kind_is_not_the_other() -> None:
    with pytest.raises(ForbiddenError, match="not valid"):
        read_upload(SIGNER.token(DOWNLOAD))
    with pytest.raises(ForbiddenError, match="not valid"):
        SIGNER.read(SIGNER.token(UPLOAD), DownloadGrant, media_id=ID, now=0)


@pytest.mark.parametrize("media_id", ["j" * 22, "", "../" + ID, ID + "/..", "\ud800", "é"])
def test_it_is_for_the_file_in_the_path(media_id: str) -> None:
    with pytest.raises(ForbiddenError, match="not valid"):
        read_upload(SIGNER.token(UPLOAD), media_id=media_id)


def test_another_installation_did_not_sign_it() -> None:
    with pytest.raises(ForbiddenError, match="not valid"):
        read_upload(UrlSigner(b"l" * 32).token(UPLOAD))


@given(st.data())
def test_no_change_to_a_token_goes_unnoticed(data: st.DataObject) -> None:
    token = SIGNER.token(UPLOAD)
    start = data.draw(st.integers(0, len(token)))
    stop = data.draw(st.integers(start, len(token)))
    changed = token[:start] + data.draw(st.text(max_size=5)) + token[stop:]
    if changed == token:
        return
    with pytest.raises(ForbiddenError, match="not valid"):
        read_upload(changed)


@given(st.text() | st.text(alphabet=string.ascii_letters + ".-_=", max_size=100))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    with pytest.raises(ForbiddenError, match="not valid"):
        read_upload(text)


def test_an_endless_token_is_not_looked_at() -> None:
    with pytest.raises(ForbiddenError, match="not valid"):
        read_upload("a" * 1_000_000 + ".b")
