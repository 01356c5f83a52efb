"""What every test shares: nothing it does may leave this machine."""

import ipaddress
import sys
from typing import Any


class NetworkRefused(RuntimeError):
    """A test tried to reach something beyond loopback: give it a double, or a server of its own on 127.0.0.1."""


def refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Lets sockets reach loopback and local files only; as an audit hook it also sees what libraries do."""
    if event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host is not None and not is_loopback(host):
        raise NetworkRefused(host)


def is_loopback(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


sys.addaudithook(refuse_the_network)
