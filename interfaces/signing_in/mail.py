"""Sends a link by e-mail, or word of a reset; a message holds the partnership's name, and nothing of anybody."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import make_msgid

from interfaces.options import Mail

PATIENCE = 10.0
TEXT = """{partnership}

An account was set up for you, or was reset. Choose what you sign in with here:

{link}

The link works once, within 24 hours. If you did not expect this, tell your manager, and do not use it.
"""

WORD_OF_A_RESET = """{partnership}

The account with this address was reset, or goes on under another. What you signed in with opens nothing any more.

If you did not expect this, tell your manager at once. Nothing is to be done here: this message holds no link.
"""


class NotSent(RuntimeError):
    """The mail server did not take the message."""


def send_link(mail: Mail, password: str, *, to: str, link: str, partnership: str) -> None:
    """Raises: NotSent."""
    _send(mail, password, to=to, partnership=partnership, text=TEXT.format(partnership=partnership, link=link))


def send_word(mail: Mail, password: str, *, to: str, partnership: str) -> None:
    """Tell the address an account had that it was reset, in words only.

    Raises: NotSent.
    """
    _send(mail, password, to=to, partnership=partnership, text=WORD_OF_A_RESET.format(partnership=partnership))


def _send(mail: Mail, password: str, *, to: str, partnership: str, text: str) -> None:
    message = EmailMessage()
    try:
        message["Subject"] = f"Your account: {partnership}"
        message["From"], message["To"] = mail.sender, to
        message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2])
        message.set_content(text, cte="quoted-printable")
        with _connected(mail) as server:
            if mail.user:
                server.login(mail.user, password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotSent from error


def _connected(mail: Mail) -> smtplib.SMTP:
    """A connection that is checked against the machine's own authorities, unless mail stays on this network."""
    if mail.tls == "implicit":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE)
    if mail.tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server
