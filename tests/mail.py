"""A mail server on this machine that keeps what it is given."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller

from interfaces.options import Mail


class Post:
    """What came, and to whom."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses:
            return "451 try again later"
        parsed: Message = BytesParser(policy=default).parsebytes(envelope.content)
        self.messages.append(cast(EmailMessage, parsed))
        return "250 taken"


@contextmanager
def a_mail_server() -> Iterator[tuple[Post, Mail]]:
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post, Mail(host="127.0.0.1", port=port, sender="hub@partnership.example", tls="none")
    finally:
        controller.stop()
