"""An agency's own sign-in as it is reached: where to send a browser, and whom the provider vouches for afterwards."""

from collections.abc import Mapping
from typing import Any

import msgspec
from authlib.integrations.base_client import BaseApp, OAuthError
from authlib.integrations.base_client.sync_app import OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session

from interfaces.options import SingleSignOn

PATIENCE = 10.0
LEEWAY = 60
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""With a key of which the provider shows one half only; never with a shared secret, and never not at all."""


class NotVouched(Exception):
    """The provider vouched for nobody: it said so, did not answer, or answered what does not hold."""


class Started(msgspec.Struct, frozen=True):
    """Where the browser goes, and what the answer is held against."""

    address: str
    state: str
    nonce: str
    verifier: str


class Vouched(msgspec.Struct, frozen=True):
    """Whom the provider knows, under its own number, and how they proved it."""

    issuer: str
    subject: str
    strong: bool


class Provider(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]  # Authlib ships no types
    """Authlib's client of one agency's provider; what it learns of the provider it keeps while the hub runs."""

    client_cls = OAuth2Session

    def __init__(self, given: SingleSignOn, secret: str) -> None:
        super().__init__(
            None,
            name=given.agency,
            client_id=given.client_id,
            client_secret=secret or None,
            server_metadata_url=f"{given.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid", "code_challenge_method": "S256", "default_timeout": PATIENCE},
        )
        self.given = given

    def __repr__(self) -> str:
        return f"Provider({self.name})"

    def load_server_metadata(self) -> dict[str, Any]:
        """Raises: ValueError: for metadata of another issuer."""
        metadata: dict[str, Any] = super().load_server_metadata()
        if metadata.get("issuer") != self.given.issuer:
            self.server_metadata.clear()
            raise ValueError("another issuer")
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNED_BY]
        return metadata

    def started(self, back: str) -> Started:
        """Raises: NotVouched: when the provider cannot be reached, or is another than it should be."""
        try:
            made = self.create_authorization_url(back, acr_values=" ".join(self.given.mfa))
        except Exception as error:  # another's system: whatever comes of asking it comes to the same
            raise NotVouched from error
        return Started(made["url"], made["state"], made["nonce"], made["code_verifier"])

    def vouched(self, answer: Mapping[str, str], back: str, nonce: str, verifier: str) -> Vouched:
        """Exchange the code for a token, and hold the token against issuer, audience, time, nonce and keys.

        Raises:
            NotVouched
        """
        try:
            self._require_its_own(answer)
            token = self.fetch_access_token(back, code=answer["code"], code_verifier=verifier)
            claims = self.parse_id_token(token, nonce, claims_options=self._wanted(), leeway=LEEWAY)
            return Vouched(claims["iss"], _text(claims["sub"]), self._is_strong(claims))
        except Exception as error:  # another's system: whatever comes of asking it comes to the same
            raise NotVouched from error

    def _require_its_own(self, answer: Mapping[str, str]) -> None:
        """The answer says no error, and where it names its issuer it names this one (RFC 9207)."""
        if "error" in answer:
            raise OAuthError("refused")
        named = answer.get("iss")
        says = self.load_server_metadata().get("authorization_response_iss_parameter_supported") is True
        if (named is not None or says) and named != self.given.issuer:
            raise ValueError("another issuer")

    def _wanted(self) -> dict[str, dict[str, Any]]:
        return {
            "iss": {"essential": True, "value": self.given.issuer},
            "aud": {"essential": True, "value": self.given.client_id},
            "exp": {"essential": True},
            "nonce": {"essential": True},
        }

    def _is_strong(self, claims: Mapping[str, Any]) -> bool:
        """Whether a way that counts as more than one factor is among those the person proved themselves by."""
        methods = claims.get("amr")
        found = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
        return not found.isdisjoint(self.given.mfa) or claims.get("acr") in self.given.mfa


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise ValueError("no subject")
    return value
