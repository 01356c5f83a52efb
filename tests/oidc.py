"""Agencies' own sign-ins on this machine: real providers, each on a free port, and a browser that goes there."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from authlib.deprecate import AuthlibDeprecationWarning
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from interfaces.options import SingleSignOn

with warnings.catch_warnings():
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)  # of the provider's own use of Authlib
    from oidc_provider_mock import run_server_in_thread

CLIENT, SECRET = "the-hub", "a-secret-for-tests"


@dataclass(frozen=True)
class AgencyProvider:
    """The provider of one agency."""

    agency: str
    issuer: str

    @property
    def settings(self) -> SingleSignOn:
        return SingleSignOn(agency=self.agency, issuer=self.issuer, client_id=CLIENT, mfa=("mfa",))

    def knows(self, subject: str, **claims: object) -> None:
        """What the provider says of somebody."""
        answer = requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=10)
        assert answer.status_code == 204, answer.text

    def signs_in(self, address: str, subject: str) -> str:
        """Somebody signs in there as this subject; the address the browser is sent back to."""
        assert address.startswith(self.issuer), address
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@contextmanager
def a_provider(agency: str) -> Iterator[AgencyProvider]:
    with run_server_in_thread(require_nonce=True) as server:
        yield AgencyProvider(agency, f"http://localhost:{server.server_port}")


def goes_back(client: FlaskClient, address: str) -> TestResponse:
    """The browser follows the way back to the hub."""
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")
