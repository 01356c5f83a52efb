"""Serves the hub of one folder on this machine."""

import errno
import socket
from collections.abc import Callable
from contextlib import closing

from waitress.server import create_server

from interfaces.bootstrap import Running, build_door, running
from interfaces.settings import OPTIONS, Settings, home_from_environment, read_existing
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 16 * 1024 * 1024


class DemoLeavesThisMachine(RuntimeError):
    """A demo store lets in whoever asks, so it is served on this machine only: use 127.0.0.1."""


class NotBehindHttps(RuntimeError):
    """Beyond this machine the hub is served behind https only; the message says what to put into hub.toml."""


class PortRefused(RuntimeError):
    """The port cannot be listened on; the message says which and what to do."""


def serve(settings: Settings, port: int, host: str = LOOPBACK, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until stopped; `ready` is called once the port is ours.

    Raises:
        DemoLeavesThisMachine: for a demo store on any other address than this machine's own.
        NotBehindHttps: beyond this machine without a public address of https.
        PortRefused: when something else listens on the port, or it is not ours to use.
    """
    if settings.demo_stands_at is not None and host != LOOPBACK:
        raise DemoLeavesThisMachine(f"A demo store is served on {LOOPBACK} only, not on {host}.")
    if host != LOOPBACK and not settings.web.origin:
        raise NotBehindHttps(
            f"To serve on {host}, put the address under which people reach the hub, behind https, into {OPTIONS}: "
            '[web] origin = "https://..."'
        )
    with _listening(host, port) as ours, running(settings) as started, started.worker(), door_of(started) as door:
        app = create_app(started.hub, settings, door)
        scheme = "https" if settings.web.origin else "http"
        server = create_server(
            app, sockets=[ours], ident=None, max_request_body_size=LARGEST_BODY, threads=8, url_scheme=scheme
        )
        ready()
        server.run()


def door_of(started: Running) -> closing[Door]:
    return closing(build_door(started.hub, started.settings))


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise PortRefused(f"Port {port} {why}; choose another with --port.") from None


def main(port: int = 8000) -> None:
    serve(read_existing(home_from_environment()), port)


if __name__ == "__main__":
    main()
