"""Serves the hub of one folder on this machine."""

import errno
import socket
from collections.abc import Callable

from waitress.server import create_server

from interfaces.bootstrap import running
from interfaces.settings import Settings, home_from_environment, read_existing
from interfaces.web.app import create_app

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 16 * 1024 * 1024


class DemoLeavesThisMachine(RuntimeError):
    """A demo store lets in whoever asks, so it is served on this machine only: use 127.0.0.1."""


class PortRefused(RuntimeError):
    """The port cannot be listened on; the message says which and what to do."""


def serve(settings: Settings, port: int, host: str = LOOPBACK, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until stopped; `ready` is called once the port is ours.

    Raises:
        DemoLeavesThisMachine: for a demo store on any other address than this machine's own.
        PortRefused: when something else listens on the port, or it is not ours to use.
    """
    if settings.demo_stands_at is not None and host != LOOPBACK:
        raise DemoLeavesThisMachine(f"A demo store is served on {LOOPBACK} only, not on {host}.")
    with _listening(host, port) as ours, running(settings) as started, started.worker():
        app = create_app(started.hub, settings)
        server = create_server(app, sockets=[ours], ident=None, max_request_body_size=LARGEST_BODY, threads=8)
        ready()
        server.run()


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
