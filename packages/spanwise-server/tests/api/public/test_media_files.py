"""Upload and download: what is taken, what is refused, and that nothing of a file can harm who looks at it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from spanwise_server.domain.media import media_id_of
from tests.media_files import MEDIA, NO_AUTH, PNG, announce, download_path, local, upload

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("/api/v1/me")</script></svg>'
TEXT = b"0123456789"


def stored(data_dir: Path, content: bytes) -> list[Path]:
    """Return the files of the server that have this content, or are on their way."""
    return [*(data_dir / "media").rglob(hashlib.sha256(content).hexdigest()), *(data_dir / "media" / "incoming").iterdir()]


async def put(client: httpx.AsyncClient, url: str, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    return await client.put(local(url), content=content, headers=headers)


@pytest.mark.parametrize(
    ("content", "headers", "status", "message"),
    [
        (PNG[:-1], {}, 400, "announced"),
        (PNG + b"x", {}, 413, "announced"),
        (PNG[:-1] + b"x", {}, 400, "SHA-256"),
        (PNG, {"content-type": "text/html"}, 400, "Content-Type"),
        (PNG, {"x-amz-checksum-sha256": "A" * 44}, 400, "x-amz-checksum-sha256"),
        (PNG, {"content-encoding": "gzip"}, 400, "compressed"),
        (b"", {}, 400, "announced"),
    ],
)
async def test_another_file_is_refused_and_leaves_nothing(
    api: httpx.AsyncClient,
    client: httpx.AsyncClient,
    data_dir: Path,
    content: bytes,
    headers: dict[str, str],
    status: int,
    message: str,
) -> None:
    url = (await announce(api)).json()["uploadUrl"]
    already = len(stored(data_dir, PNG))

    response = await put(client, url, content, **headers)

    assert response.status_code == status, response.text
    assert message in response.json()["message"]
    assert (await api.get(f"{MEDIA}/{media_id_of(hashlib.sha256(PNG).digest())}")).status_code == 404
    assert len(stored(data_dir, PNG)) == already


async def test_a_body_of_unknown_length_is_counted(api: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    url = (await announce(api)).json()["uploadUrl"]
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1000

    response = await put(client, url, endless())
    assert response.status_code == 413
    assert sent < 100

    async def parts() -> AsyncIterator[bytes]:
        yield PNG[:10]
        yield PNG[10:]

    assert (await put(client, url, parts())).status_code == 200
    assert (await put(client, url, PNG)).status_code == 200  # again is no error


async def test_a_length_beyond_every_limit_is_refused_by_the_head(client: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    url = (await announce(api)).json()["uploadUrl"]
    for length in ("1000000001", "9" * 30):
        headers = {"content-length": length, "expect": "100-continue"}
        response = await client.put(local(url), content=b"x", headers=headers)
        assert response.status_code == 413
        assert "SPANWISE_MAX_MEDIA_BYTES" in response.json()["hint"]


async def test_only_the_signed_url_works(api: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    url = local((await announce(api)).json()["uploadUrl"])
    path, _, token = url.partition("?token=")
    other = f"{MEDIA}/upload/{'x' * 22}"
    for target in (path, f"{path}?token=", f"{path}?token={token[:-1]}", f"{path}?token=x{token}", f"{other}?token={token}"):
        refused = await client.put(target, content=PNG)
        assert refused.status_code == 403, target
        assert refused.json()["error"] == "ForbiddenError"
    # A key does not stand in for the token either.
    assert (await api.put(path, content=PNG)).status_code == 403
    assert (await client.put(url, content=PNG)).status_code == 200

    download = await download_path(api, media_id_of(hashlib.sha256(PNG).digest()))
    assert (await client.get(download)).status_code == 200
    assert (await client.get(f"{download[:-1]}")).status_code == 403
    assert (await client.get(f"{download.partition('?')[0]}?token={token}")).status_code == 403
    assert (await client.put(f"{path}?token={download.partition('=')[2]}", content=PNG)).status_code == 403


@pytest.mark.parametrize("path", ["..%2f..%2fmetadata.sqlite3", "%2e%2e", "x" * 5000, "%00", "é"])
async def test_paths_lead_nowhere(client: httpx.AsyncClient, path: str) -> None:
    for method, url in (("PUT", f"{MEDIA}/upload/{path}?token=a.b"), ("GET", f"{MEDIA}/{path}/content?token=a.b")):
        response = await client.request(method, url, content=b"x" if method == "PUT" else None)
        assert response.status_code in (403, 404), response.text


@pytest.mark.parametrize(
    ("content_type", "disposition"),
    [
        ("image/png", "inline"),
        ("audio/mpeg", "inline"),
        ("video/mp4", "inline"),
        ("text/plain;charset=utf-8", "inline"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
        ("application/xhtml+xml", "attachment"),
        ("text/xml", "attachment"),
        ("application/javascript", "attachment"),
        ("application/pdf", "attachment"),
        ("application/octet-stream", "attachment"),
    ],
)
async def test_nothing_that_could_run_is_shown(
    api: httpx.AsyncClient, client: httpx.AsyncClient, content_type: str, disposition: str
) -> None:
    media_id = await upload(api, SVG, contentType=content_type)

    response = await client.get(await download_path(api, media_id))

    assert (response.status_code, response.content) == (200, SVG)
    assert response.headers["content-type"] == content_type
    assert response.headers["content-disposition"] == disposition
    assert response.headers["x-content-type-options"] == "nosniff"
    policy = response.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert response.headers["cache-control"].startswith("private")


@pytest.mark.parametrize(
    ("header", "status", "content", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=5-", 206, b"56789", "bytes 5-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("BYTES = 1-1", 206, b"1", "bytes 1-1/10"),
        ("bytes=0-", 200, TEXT, None),
        ("bytes=-99", 200, TEXT, None),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        # What is not one range of bytes is ignored (RFC 9110 §14.2).
        ("bytes=0-1,3-4", 200, TEXT, None),
        ("bytes=5-3", 200, TEXT, None),
        ("bytes=-", 200, TEXT, None),
        ("items=0-1", 200, TEXT, None),
        ("bytes=" + "9" * 400 + "-", 200, TEXT, None),
        ("", 200, TEXT, None),
    ],
)
async def test_players_ask_for_parts(
    api: httpx.AsyncClient, client: httpx.AsyncClient, header: str, status: int, content: bytes, content_range: str | None
) -> None:
    path = await download_path(api, await upload(api, TEXT, contentType="audio/mpeg"))

    response = await client.get(path, headers={"Range": header})

    assert (response.status_code, response.content) == (status, content)
    assert response.headers.get("content-range") == content_range
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["content-length"] == str(len(content))


async def test_versions(api: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    path = await download_path(api, await upload(api, TEXT))
    tag = (await client.get(path)).headers["etag"]

    assert (await client.get(path, headers={"If-None-Match": tag})).status_code == 304
    assert (await client.get(path, headers={"If-None-Match": '"other"'})).content == TEXT
    ranged = {"Range": "bytes=0-1"}
    assert (await client.get(path, headers={**ranged, "If-Range": tag})).content == b"01"
    assert (await client.get(path, headers={**ranged, "If-Range": '"other"'})).content == TEXT


async def test_an_empty_file_and_the_head_alone(api: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    empty = await client.get(await download_path(api, await upload(api, b"")))
    assert (empty.status_code, empty.content, empty.headers["content-length"]) == (200, b"", "0")

    head = await client.head(await download_path(api, await upload(api, TEXT)))
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "10")


async def test_large_files_pass_where_other_bodies_may_not(
    api: httpx.AsyncClient, client: httpx.AsyncClient, data_dir: Path
) -> None:
    content = bytes(range(256)) * (70 * 4096)  # 70 MiB, above the limit of other bodies
    media_id = await upload(api, content, contentType="video/mp4")

    received = 0
    async with client.stream("GET", await download_path(api, media_id)) as response:
        async for part in response.aiter_raw():
            received += len(part)
    assert received == len(content)
    assert (await client.put("/api/public/media/", content=content)).status_code == 413
    assert (await api.request("DELETE", "/api/public/traces", json={"traceIds": ["t"]})).status_code == 200
    assert stored(data_dir, content) == []


async def test_credentials_are_neither_needed_nor_in_the_way(api: httpx.AsyncClient) -> None:
    path = await download_path(api, await upload(api))

    assert (await api.get(path, auth=NO_AUTH)).content == PNG
