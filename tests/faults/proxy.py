"""A network between the hub and its database that can lose things."""

import selectors
import socket
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self


class Proxy:
    """Passes bytes between clients on a loopback port and a server, as long as it is told to."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.silent = False
        self.answers_to_lose = 0
        self._peers: dict[socket.socket, socket.socket] = {}
        self._servers: set[socket.socket] = set()
        self._over = False
        self._thread = Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._thread.join()
        for one in (*self._peers, self._listening):
            one.close()

    def dsn(self, given: str) -> str:
        """A connection string that goes through here instead."""
        return given.replace(f"port={self._server_port}", f"port={self.port}")

    def _run(self) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._listening, selectors.EVENT_READ)
            while not self._over:
                for key, _ in waiting.select(timeout=0.02):
                    if self.silent:
                        continue
                    if key.fileobj is self._listening:
                        self._accept(waiting)
                    elif key.fileobj in self._peers:
                        self._pass_on(key.fileobj, waiting)    # type: ignore[arg-type]

    def _accept(self, waiting: selectors.BaseSelector) -> None:
        client = self._listening.accept()[0]
        server = socket.create_connection(("127.0.0.1", self._server_port))
        self._servers.add(server)
        self._peers |= {client: server, server: client}
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(one, selectors.EVENT_READ)

    def _pass_on(self, source: socket.socket, waiting: selectors.BaseSelector) -> None:
        data = b""
        with suppress(ConnectionError):
            data = source.recv(65536)
        if data and source in self._servers and self.answers_to_lose:
            self.answers_to_lose -= 1
            data = b""
        if data:
            with suppress(ConnectionError):
                self._peers[source].sendall(data)
            return
        for one in (source, self._peers[source]):
            waiting.unregister(one)
            del self._peers[one]
            self._servers.discard(one)
            one.close()
