"""The browser application is served for its own addresses, cached as its names allow, and nothing beside it is."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from spanwise_server.web.assets import FILE_ROUTES, PAGE_ROUTES, WebApplication

INDEX = '<!doctype html><html><head><base href="/" /><script src="./theme.js"></script></head></html>'
SCRIPT = "export const answer = 42;\n" * 200


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "theme.js").write_text("small")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-abc123.js").write_text(SCRIPT)
    (folder / ".vite").mkdir()
    (folder / ".vite" / "manifest.json").write_text("{}")
    (folder / "assets" / "index-abc123.js.map").write_text("source")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "assets" / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


def _client(folder: Path, base_path: str = "/") -> httpx.AsyncClient:
    web = WebApplication(folder, base_path=base_path)
    routes = [Route(path, web.page) for path in PAGE_ROUTES] + [Route(path, web.file) for path in FILE_ROUTES]
    transport = httpx.ASGITransport(Starlette(routes=routes))
    return httpx.AsyncClient(transport=transport, base_url="http://x", headers={"Accept-Encoding": "identity"})


@pytest.mark.parametrize(
    "path", ["/", "/login", "/project/p", "/project/p/traces/a%2Fb", "/project/p/sessions/s", "/project/p/users/u", "/trace/t"]
)
async def test_every_address_of_the_application_opens_its_page(dist: Path, path: str) -> None:
    response = await _client(dist).get(path)

    assert (response.status_code, response.text) == (200, INDEX)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/nothing", "/admin/x", "/loginx", "/assets/nothing.js", "/index.html"])
async def test_other_addresses_are_not_found(dist: Path, path: str) -> None:
    assert (await _client(dist).get(path)).status_code == 404


async def test_hashed_files_are_kept_for_ever_and_others_asked_for_again(dist: Path) -> None:
    hashed, named = await _client(dist).get("/assets/index-abc123.js"), await _client(dist).get("/theme.js")

    assert (hashed.text, hashed.headers["cache-control"]) == (SCRIPT, "public, max-age=31536000, immutable")
    assert (named.text, named.headers["cache-control"]) == ("small", "no-cache")
    assert hashed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (await _client(dist).get("/favicon.svg")).headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("path", ["/", "/assets/index-abc123.js"])
async def test_what_the_browser_has_is_not_sent_again(dist: Path, path: str) -> None:
    client = _client(dist)
    tag = (await client.get(path)).headers["etag"]

    for known in (tag, f'"x", W/{tag}'):
        again = await client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_large_text_is_compressed_for_who_understands_it(dist: Path) -> None:
    client = _client(dist)
    async with client.stream("GET", "/assets/index-abc123.js", headers={"Accept-Encoding": "gzip, br"}) as response:
        raw = b"".join([part async for part in response.aiter_raw()])

    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(raw).decode() == SCRIPT
    assert "content-encoding" not in (await client.get("/theme.js", headers={"Accept-Encoding": "gzip"})).headers


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets//../../secret.txt",
        "/assets/link.txt",
        "/assets/%2fetc%2fpasswd",
        "/.vite%2fmanifest.json",
        "/assets/../.vite/manifest.json",
        "/assets/index-abc123.js.map",
        "/assets/index-abc123.js%00.txt",
        "/assets/..\\..\\secret.txt",
    ],
)
async def test_nothing_outside_the_build_is_served(dist: Path, path: str) -> None:
    transport = _client(dist)
    # Sent as it stands: a client library would tidy the path up first.
    request = transport.build_request("GET", "http://x/")
    request.url = request.url.copy_with(raw_path=path.encode())
    response = await transport.send(request)

    assert response.status_code == 404
    assert "secret" not in response.text


async def test_a_new_build_is_picked_up(dist: Path) -> None:
    client = _client(dist)
    await client.get("/")
    (dist / "index.html").write_text("<!doctype html>second")
    os.utime(dist / "index.html", ns=(1, 1))
    (dist / "assets" / "new.js").write_text("new")

    assert (await client.get("/")).text == "<!doctype html>second"
    assert (await client.get("/assets/new.js")).text == "new"


async def test_behind_a_path_prefix_the_page_knows_its_base(dist: Path) -> None:
    page = (await _client(dist, '/tools/"spanwise"/').get("/login")).text

    assert '<base href="/tools/&quot;spanwise&quot;/" />' in page


async def test_without_a_build_a_page_says_so_and_files_are_not_found(tmp_path: Path) -> None:
    client = _client(tmp_path / "missing")
    page = await client.get("/project/p/traces")

    assert page.status_code == 200
    assert "make web" in page.text
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert (await client.get("/theme.js")).status_code == 404
