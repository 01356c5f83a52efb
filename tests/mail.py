"""A mail server on this machine that keeps what it is given; in the open, or behind a certificate made for a test."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, Literal, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from interfaces.options import Mail

USER, PASSWORD = "hub", "for mail in tests only"


class Post:
    """What came and to whom, whether under TLS, and whether whoever sent it had signed in."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.came: list[tuple[bool, bool]] = []
        self.refuses = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses:
            return "451 try again later"
        parsed: Message = BytesParser(policy=default).parsebytes(envelope.content)
        self.messages.append(cast(EmailMessage, parsed))
        self.came.append((server.transport.get_extra_info("cipher") is not None, bool(session.authenticated)))
        return "250 taken"

    def knows(self, server: Any, session: Any, envelope: Any, mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def a_mail_server(
    tls: Literal["none", "starttls", "implicit"] = "none", behind: ssl.SSLContext | None = None
) -> Iterator[tuple[Post, Mail]]:
    """Behind a certificate people sign in to it; where TLS is begun later, nothing is taken before."""
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kept: dict[str, Any] = {}
    if behind is not None:
        kept = {"authenticator": post.knows, "auth_require_tls": tls == "starttls"}
        kept |= {"ssl_context": behind} if tls == "implicit" else {"tls_context": behind, "require_starttls": True}
    controller = Controller(post, hostname="127.0.0.1", port=port, **kept)
    controller.start()
    try:
        user = USER if behind is not None else None
        yield post, Mail(host="127.0.0.1", port=port, sender="hub@partnership.example", tls=tls, user=user)
    finally:
        controller.stop()


def a_certificate(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """What a server shows under a name, and the file by which it is trusted: it vouches for itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    whose = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a mail server in a test")])
    address = name.replace(".", "").isdigit()
    shown = x509.IPAddress(ipaddress.ip_address(name)) if address else x509.DNSName(name)
    made = (
        x509.CertificateBuilder(whose, whose, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([shown]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / f"{name}.crt", folder / f"{name}.key"
    trusted.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted
