"""Links name the address that the caller used, and never one that is none."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from spanwise_server.api.addresses import base_url_of
from spanwise_server.domain.errors import InvalidRequestError


def request(headers: Mapping[str, str], *, public_url: str | None = None, scheme: str = "http") -> Request:
    services = SimpleNamespace(settings=SimpleNamespace(public_url=public_url))
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "scheme": scheme,
        "path": "/x",
        "query_string": b"",
        "server": ("127.0.0.1", 3000),
        "headers": [(name.encode(), value.encode("utf-8", "surrogatepass")) for name, value in headers.items()],
        "app": SimpleNamespace(state=SimpleNamespace(services=services)),
    }
    return Request(scope)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"host": "h"}, "http://h"),
        ({"host": "h.example:3000"}, "http://h.example:3000"),
        ({"host": "[::1]:3000"}, "http://[::1]:3000"),
        ({"host": "h", "x-forwarded-proto": "https"}, "https://h"),
        ({"host": "h", "x-forwarded-proto": "HTTPS, http"}, "https://h"),
        ({"host": "h", "x-forwarded-host": "proxy.example"}, "http://proxy.example"),
        ({"host": "h", "x-forwarded-host": "outer.example, inner"}, "http://outer.example"),
        ({"host": "h", "x-forwarded-prefix": "/spanwise/"}, "http://h/spanwise"),
        ({"x-forwarded-host": "proxy"}, "http://proxy"),
        # What could be anything else is ignored.
        ({"host": "h", "x-forwarded-host": "evil/path"}, "http://h"),
        ({"host": "h", "x-forwarded-host": "user@evil"}, "http://h"),
        ({"host": "h", "x-forwarded-host": "evil?x"}, "http://h"),
        ({"host": "h", "x-forwarded-host": "evil\r\nx: y"}, "http://h"),
        ({"host": "h", "x-forwarded-proto": "javascript"}, "http://h"),
        ({"host": "h", "x-forwarded-prefix": "//evil"}, "http://h"),
        ({"host": "h", "x-forwarded-prefix": "/a/../b"}, "http://h"),
        ({"host": "h", "x-forwarded-prefix": "/a?b"}, "http://h"),
    ],
)
def test_the_address_is_the_callers(headers: Mapping[str, str], expected: str) -> None:
    assert base_url_of(request(headers)) == expected


def test_the_setting_wins() -> None:
    headers = {"host": "h", "x-forwarded-host": "other", "x-forwarded-proto": "https"}

    assert base_url_of(request(headers, public_url="https://public.example/spanwise/")) == "https://public.example/spanwise"


@pytest.mark.parametrize("headers", [{}, {"host": ""}, {"host": "a b"}, {"host": "a/b"}, {"host": "a@b"}, {"host": "é"}])
def test_without_a_usable_host_there_is_no_address(headers: Mapping[str, str]) -> None:
    with pytest.raises(InvalidRequestError, match="Host"):
        base_url_of(request(headers))


@given(
    st.dictionaries(
        st.sampled_from(["host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix"]),
        st.text(max_size=60) | st.from_regex(r"[a-z.:/@\[\]-]{1,20}", fullmatch=True),
    )
)
def test_whatever_is_sent_the_address_is_one_of_a_server(headers: Mapping[str, str]) -> None:
    try:
        base = base_url_of(request(headers))
    except InvalidRequestError:
        return
    parts = urlsplit(base + "/api")
    assert parts.scheme in ("http", "https")
    assert parts.netloc
    assert "@" not in parts.netloc
    assert not parts.query
    assert not parts.fragment
    assert base.isascii()
    assert base.isprintable()
