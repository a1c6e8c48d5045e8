"""The port is taken before anything slow is opened, and every refusal is explained."""

from __future__ import annotations

import socket

import pytest

from spanwise_server.cli.listening import is_reachable_by_others, listen, url_of
from spanwise_server.domain.errors import ConfigurationError


def test_a_free_port_is_taken_and_known() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert url_of(listener, "127.0.0.1") == f"http://127.0.0.1:{port}"
        assert url_of(listener, "0.0.0.0") == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=10).close()


def test_ipv6_addresses_are_bracketed() -> None:
    with listen("::1", 0) as listener:
        assert url_of(listener, "::1") == f"http://[::1]:{listener.getsockname()[1]}"


def test_a_taken_port_is_explained() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} on 127.0.0.1 is taken") as caught, listen("127.0.0.1", port):
            pass
    assert f"--port {port + 1}" in (caught.value.hint or "")


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_a_foreign_address_is_explained(host: str) -> None:
    with pytest.raises(ConfigurationError, match=host) as caught, listen(host, 0):
        pass
    assert "127.0.0.1" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("host", "reachable"),
    [
        ("127.0.0.1", False),
        ("127.8.9.1", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("10.0.0.1", True),
        ("example.org", True),
    ],
)
def test_what_others_can_reach(host: str, reachable: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert is_reachable_by_others(host) is reachable
