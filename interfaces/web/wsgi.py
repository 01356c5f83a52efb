"""Serves the hub of one folder on this machine."""

import waitress

from interfaces.bootstrap import build_hub
from interfaces.settings import Settings, home_from_environment, read_settings
from interfaces.web.app import create_app

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 16 * 1024 * 1024


class DemoLeavesThisMachine(RuntimeError):
    """A demo store lets in whoever asks, so it is served on this machine only: use 127.0.0.1."""


def serve(settings: Settings, port: int, host: str = LOOPBACK) -> None:
    """Serve until stopped.

    Raises:
        DemoLeavesThisMachine: for a demo store on any other address than this machine's own.
    """
    if settings.demo_stands_at is not None and host != LOOPBACK:
        raise DemoLeavesThisMachine(f"A demo store is served on {LOOPBACK} only, not on {host}.")
    hub = build_hub(settings)
    try:
        waitress.serve(
            create_app(hub, settings), host=host, port=port, ident=None, max_request_body_size=LARGEST_BODY, threads=8
        )
    finally:
        hub.close()


def main(port: int = 8000) -> None:
    serve(read_settings(home_from_environment()), port)


if __name__ == "__main__":
    main()
