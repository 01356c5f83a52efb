"""Signs the heads of the proof log, and none that does not continue those signed before."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from interfaces.storage.verifying import (
    Head,
    NotGenuine,
    PublicKey,
    alone,
    check_grown,
    head_body,
    head_text,
    held_head,
    replace_file,
)


class WouldFork(RuntimeError):
    """A head that does not continue the last one signed is not signed. Stop, and have the store checked."""


class HeadSigner:
    """Signs heads, each a continuation of the one before; the newest is on disk before anybody is handed it."""

    def __init__(self, seed_path: Path, head_path: Path, origin: str) -> None:
        seed = seed_path.read_bytes()
        if len(seed) != 32:
            raise ValueError("the log's key must have 32 bytes")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = PublicKey(origin, self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        self._path = head_path
        self._newest: Head | None = None

    def __repr__(self) -> str:
        return f"HeadSigner({self.public_key.origin!r})"

    def newest(self) -> Head | None:
        """The newest head signed, as far as it is known here.

        Raises:
            NotGenuine: for a file that was changed.
        """
        self._newest = held_head(self._path, self.public_key, self._newest)
        return self._newest

    def sign(
        self, size: int, root: bytes, proof: Callable[[int], Sequence[bytes]], known: Head | None = None
    ) -> Head:
        """The signed head; `proof` gives the consistency proof from an older size, `known` is the log's own head.

        Raises:
            WouldFork: for a head that does not continue those signed before.
            NotGenuine: when the newest head signed can no longer be read.
        """
        origin = self.public_key.origin
        body = head_body(origin, size, root)
        new = Head(origin, size, root, body, "to be signed")
        with alone(self._path):
            newest = self.newest()
            for held in {known, newest}:
                self._check(held, new, proof)
            signed = replace(new, text=head_text(body, self.public_key, self._key.sign(body.encode())), kept="")
            if newest is None or newest.text != signed.text:
                replace_file(self._path, signed.text.encode())
                self._newest = replace(signed, kept=self._path.name)
        return signed

    @staticmethod
    def _check(held: Head | None, new: Head, proof: Callable[[int], Sequence[bytes]]) -> None:
        if held is None:
            return
        try:
            check_grown(held, new, proof(held.size) if 0 < held.size < new.size else ())
        except NotGenuine as error:
            raise WouldFork(str(error)) from error
