"""A device with passkeys, made of nothing but a key: for what a real browser's authenticator cannot be made to do."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
ORIGIN, DOMAIN = "http://localhost", "localhost"


@dataclass
class Device:
    """Answers what a hub asks; `counter` is what it counts, `verified` whether it checked who holds it."""

    number: bytes = b"a passkey's id"
    counter: int = 1
    verified: bool = True
    origin: str = ORIGIN
    domain: str = DOMAIN
    handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def makes(self, asked: str) -> str:
        """What it answers when it is asked for a new passkey."""
        options = json.loads(asked)
        self.handle = options["user"]["id"]
        public = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (public.x, public.y))
        key = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        known = bytes(16) + struct.pack(">H", len(self.number)) + self.number + key
        made = {"fmt": "none", "attStmt": {}, "authData": self._said(WITH_KEY) + known}
        about = self._about("webauthn.create", options)
        return self._answer({"clientDataJSON": about, "attestationObject": encode_cbor(made)})

    def uses(self, asked: str) -> str:
        """What it answers when it is asked for a passkey it has; its counter goes on."""
        self.counter += 1
        said, about = self._said(0), self._about("webauthn.get", json.loads(asked))
        signature = self.key.sign(said + hashlib.sha256(about).digest(), ec.ECDSA(hashes.SHA256()))
        answer = {"clientDataJSON": about, "authenticatorData": said, "signature": signature}
        return self._answer(answer, userHandle=self.handle)

    def _said(self, more: int) -> bytes:
        flags = PRESENT | (VERIFIED if self.verified else 0) | more
        return hashlib.sha256(self.domain.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _about(self, kind: str, options: dict[str, Any]) -> bytes:
        about = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(about).encode()

    def _answer(self, response: dict[str, bytes], **more: str) -> str:
        number = bytes_to_base64url(self.number)
        told = {name: bytes_to_base64url(value) for name, value in response.items()} | more
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": told})


