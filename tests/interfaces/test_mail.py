"""Links go out to a real mail server under TLS, held against the machine's authorities; never in the open instead."""

from pathlib import Path
from ssl import SSLContext

import msgspec
import pytest

from interfaces.options import Mail
from interfaces.signing_in.mail import NotSent, send_link
from tests.mail import PASSWORD, a_certificate, a_mail_server

LINK = "https://hub.example/enrol/0123456789abcdef"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[SSLContext, Path]:
    """A certificate for this machine."""
    return a_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(own: tuple[SSLContext, Path], monkeypatch: pytest.MonkeyPatch) -> SSLContext:
    """That certificate, where the machine trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(own[1]))
    return own[0]


def sends(mail: Mail, password: str = PASSWORD) -> None:
    send_link(mail, password, to="priya@agency.example", link=LINK, partnership="The partnership")


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_link_goes_out_under_tls(tls, trusted: SSLContext) -> None:
    """Signed in as the hub, which it does only once nobody can listen."""
    with a_mail_server(tls, trusted) as (post, mail):
        sends(mail)

    (message,) = post.messages
    assert [(True, True)] == post.came
    assert ("hub@partnership.example", "priya@agency.example") == (message["From"], message["To"])
    assert LINK in message.get_content()
    assert "Your account: The partnership" == message["Subject"]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_that_nobody_vouches_for_gets_nothing(tls, own: tuple[SSLContext, Path]) -> None:
    """The machine's authorities do not know it: it may be anybody."""
    with a_mail_server(tls, own[0]) as (post, mail), pytest.raises(NotSent):
        sends(mail)

    assert [] == post.messages


def test_a_server_of_another_name_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is vouched for, as another."""
    other, trusted = a_certificate(tmp_path, "mail.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with a_mail_server("starttls", other) as (post, mail), pytest.raises(NotSent):
        sends(mail)

    assert [] == post.messages


@pytest.mark.parametrize("wanted", ["starttls", "implicit"])
def test_where_there_is_no_tls_nothing_goes_out_in_the_open(wanted) -> None:
    """Whoever sits between could have taken the offer away."""
    with a_mail_server() as (post, mail), pytest.raises(NotSent):
        sends(msgspec.structs.replace(mail, tls=wanted, user="hub"))

    assert [] == post.messages


def test_a_wrong_password_is_no_mail_sent(trusted: SSLContext) -> None:
    """The page then says that the server did not take it."""
    with a_mail_server("starttls", trusted) as (post, mail), pytest.raises(NotSent):
        sends(mail, "another")

    assert [] == post.messages


def test_an_address_that_cannot_be_is_no_mail_sent() -> None:
    """Nothing is smuggled into the head of a message, whatever stood before."""
    to = "priya@agency.example\r\nBcc: all@agency.example"
    with a_mail_server() as (post, mail), pytest.raises(NotSent):
        send_link(mail, "", to=to, link=LINK, partnership="The partnership")

    assert [] == post.messages
