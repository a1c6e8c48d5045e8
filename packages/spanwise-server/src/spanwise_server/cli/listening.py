"""Takes the port before anything slow is opened, so that a taken one is known at once."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
from collections.abc import Iterator

from spanwise_server.domain.errors import ConfigurationError

_BACKLOG = 1024


@contextlib.contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Bind and listen; connections wait until the server takes them.

    Raises:
        ConfigurationError: The address is taken, forbidden or none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise ConfigurationError(
            f"{host} is not an address to listen on: {error.strerror}.",
            hint="Use --host 127.0.0.1, or 0.0.0.0 for all addresses.",
        ) from error
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError as error:
            raise _refused(host, port, error) from error
        listener.setblocking(False)
        yield listener


def url_of(listener: socket.socket, host: str) -> str:
    """Return the address under which this machine reaches the listener."""
    port = listener.getsockname()[1]
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_reachable_by_others(host: str) -> bool:
    """Say whether ``host`` is anything but a loopback address."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _refused(host: str, port: int, error: OSError) -> ConfigurationError:
    match error.errno:
        case errno.EADDRINUSE:
            return ConfigurationError(
                f"Port {port} on {host} is taken by another program.",
                hint=f"Stop that program, or choose another port: --port {port + 1} (or SPANWISE_PORT); 0 picks a free one.",
            )
        case errno.EACCES:
            return ConfigurationError(
                f"Port {port} may not be used by this user.", hint="Choose a port above 1023 with --port."
            )
        case errno.EADDRNOTAVAIL:
            return ConfigurationError(
                f"{host} is no address of this machine.", hint="Use --host 127.0.0.1, or 0.0.0.0 for all."
            )
        case _:
            return ConfigurationError(f"Cannot listen on {host} port {port}: {error.strerror}.")
